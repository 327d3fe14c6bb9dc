package roadloop_test

import (
	"context"
	"strings"
	"testing"

	"roadloop"
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/scenarios/drivetest"
	"roadloop/sim/sensor"
)

// sceneless perceives no scene.
type sceneless struct{ perception.Perceiver }

func (sceneless) Perceive(context.Context, *sensor.Observation) (*perception.Scene, error) {
	return nil, nil
}

// planless plans nothing.
type planless struct{ planning.Planner }

func (planless) Plan(context.Context, *perception.Scene, []planning.Forecast) (*planning.Plan, error) {
	return nil, nil
}

// A layer of a user that returns nil without an error is named.
func TestLayerWithoutResult(t *testing.T) {
	c := drivetest.Short(t, "straight", 1, 1).Drive
	for want, change := range map[string]func(*roadloop.Stack){
		"at 0.00 s: perceiving: roadloop_test.sceneless returned no scene": func(s *roadloop.Stack) { s.Perceiver = sceneless{s.Perceiver} },
		"at 0.00 s: planning: roadloop_test.planless returned no plan":     func(s *roadloop.Stack) { s.Planner = planless{s.Planner} },
	} {
		stack, err := roadloop.NewStack(&c, oracle.NewPerceiver(&c.Rig))
		if err != nil {
			t.Fatal(err)
		}
		change(stack)
		_, err = roadloop.Drive(t.Context(), &c, stack, func(*roadloop.Step) bool { return true })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
