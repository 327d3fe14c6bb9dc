package scenarios

import (
	"context"
	"fmt"
	"slices"

	"roadloop"
	"roadloop/planning/careful"
	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
	"roadloop/sim"
	"roadloop/sim/rig"
)

// Label says whether a careful driver gets through a case without a collision for
// which it is to blame.
type Label struct {
	Preventable bool
	// By names the model that gets through, or is "scenario" where the file decides;
	// "" for an unpreventable case.
	By string
	// Why says in a few words what decided.
	Why string
}

// byFile is Label.By where the scenario's field preventable decides.
const byFile = "scenario"

// Preventable labels a case. The competent and careful human driver of UN R157 and
// the Fuzzy Safety Model drive it, in its very world: they see all that is not
// hidden behind a car and know it exactly. A case that either of them gets through
// is preventable. The scenario's field preventable overrules them.
func Preventable(ctx context.Context, c *Case) (Label, error) {
	p, err := c.Compile()
	if err != nil {
		return Label{}, err
	}
	return p.preventable(ctx)
}

func (p *Plan) preventable(ctx context.Context) (Label, error) {
	if f := p.Case.file.Preventable; f.Is != nil {
		return f.label(), nil
	}
	var crashes []string
	for _, m := range []careful.Model{careful.NewHuman(), careful.NewFSM()} {
		crash, err := p.crash(ctx, m)
		switch {
		case err != nil:
			return Label{}, fmt.Errorf("labeling with the %s driver: %w", m.Name(), err)
		case crash == nil:
			return Label{Preventable: true, By: m.Name(), Why: m.Name() + " gets through"}, nil
		}
		crashes = append(crashes, fmt.Sprintf("%s hits %s at %.2f s", m.Name(), crash.Name, crash.Time))
	}
	return Label{Why: fmt.Sprintf("%s, and %s", crashes[0], crashes[1])}, nil
}

// crash lets a careful driver drive the case and returns its first collision at
// fault, nil for none.
func (p *Plan) crash(ctx context.Context, m careful.Model) (*measure.Collision, error) {
	drive := p.Drive
	drive.Rig = rig.Off()
	rec := record.New(&drive, p.Names, p.Traffic)
	var crash *measure.Collision
	_, err := roadloop.Drive(ctx, &drive, func(w *sim.World) (roadloop.Driver, error) {
		return roadloop.NewReference(&drive, &roadloop.Sight{Perceiver: roadloop.NewOracle(w)}, m)
	}, func(now *roadloop.Moment) bool {
		rec.Watch(now, nil)
		collisions := measure.Collisions(rec.Log())
		if i := slices.IndexFunc(collisions, func(c measure.Collision) bool { return c.AtFault }); i >= 0 {
			crash = &collisions[i]
		}
		return crash == nil
	})
	return crash, err
}

// claimFile is what a scenario says of itself: true or false, or that with a
// reason.
type claimFile struct {
	Is      *bool  `yaml:"is"`
	Because string `yaml:"because"`
}

// label returns the claim as a label.
func (c *claimFile) label() Label {
	l := Label{Preventable: *c.Is, Why: c.Because}
	if l.Why == "" {
		l.Why = "the scenario says so"
	}
	if l.Preventable {
		l.By = byFile
	}
	return l
}
