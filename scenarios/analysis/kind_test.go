package analysis

import (
	"testing"

	"roadloop/scenarios/runner"
)

// A reduction keeps the code and the actor, but not the text and the number of a vehicle of
// a flow.
func TestKindOfFailure(t *testing.T) {
	p := &runner.Spec{Names: []string{"ego", "lead", "car 1", "car 2", "stream 1", "stream 2"}, FirstTraffic: 4}
	failure := func(code runner.Code, actor, message string) runner.Failure {
		return runner.Failure{Code: code, Actor: actor, Message: message}
	}
	collision := failure(runner.CodeCollision, "lead", "collision with lead at 5.22 s")
	for _, c := range []struct {
		a, b runner.Failure
		same bool
	}{
		{collision, failure(runner.CodeCollision, "lead", "the ego hits lead"), true},
		{collision, failure(runner.CodeCollision, "car 1", "collision with lead at 5.22 s"), false},
		{collision, failure(runner.CodeClearance, "lead", "collision with lead at 5.22 s"), false},
		{failure(runner.CodeCollision, "car 1", ""), failure(runner.CodeCollision, "car 2", ""), false},
		{failure(runner.CodeCollision, "stream 1", ""), failure(runner.CodeCollision, "stream 2", ""), true},
		{failure(runner.CodeCollision, "stream 1", ""), failure(runner.CodeCollision, "car 1", ""), false},
		{failure("max-speed", "", "drove 85 km/h"), failure("mean-speed", "", "drove 85 km/h"), false},
		{failure("off-road", "", "left the road at 1.49 s"), failure("off-road", "", "left the road at 2.00 s"), true},
	} {
		if got := kindOf(p, c.a) == kindOf(p, c.b); got != c.same {
			t.Errorf("%+v and %+v: same kind is %v", c.a, c.b, got)
		}
	}
}
