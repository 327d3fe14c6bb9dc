package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roadloop"
	"roadloop/planning/careful"
	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
)

// Label says whether a case is preventable: whether a known driver gets through it.
type Label struct {
	Preventable bool
	// By names the driver that gets through: a reference driver, ByGroundTruth, or
	// ByScenario where the file decides; "" for an unpreventable case.
	By string
	// Why says in a few words what decided.
	Why string
}

// Values of Label.By that name no reference driver.
const (
	ByScenario    = "scenario"                // the scenario's field preventable decides
	ByGroundTruth = "stack with ground truth" // the stack under ground truth gets through
)

// Preventable labels a case. The known drivers drive it in its very world, one after
// the other until one gets through: the reference drivers of UN R157 (cc, fsm, rss,
// reg157), which see all that no car hides and know it exactly, and the stack with
// ground truth. A reference driver gets through without a collision at fault; the
// stack with ground truth also where its verdict is passed. The scenario's field
// preventable overrules them all.
func Preventable(ctx context.Context, c *Case) (Label, error) {
	p, err := c.Compile()
	if err != nil {
		return Label{}, err
	}
	return p.preventable(ctx, nil)
}

// preventable labels the case of a plan. expert is the drive of the stack with ground
// truth; where it is nil, that drive is made if the label depends on it.
func (p *Plan) preventable(ctx context.Context, expert *record.Log) (Label, error) {
	if f := p.Case.file.Preventable; f.Is != nil {
		return f.label(), nil
	}
	var crashes []string
	for _, m := range careful.Models() {
		crash, err := p.crash(ctx, m)
		switch {
		case err != nil:
			return Label{}, fmt.Errorf("labeling with the %s driver: %w", m.Name(), err)
		case crash == nil:
			return Label{Preventable: true, By: m.Name(), Why: m.Name() + " gets through"}, nil
		}
		crashes = append(crashes, fmt.Sprintf("%s hits %s at %.2f s", m.Name(), crash.Name, crash.Time))
	}
	if expert == nil {
		var err error
		if expert, err = driveExpert(ctx, p); err != nil {
			return Label{}, fmt.Errorf("labeling with the %s: %w", ByGroundTruth, err)
		}
	}
	crash := p.failsAtFault(expert)
	if crash == nil {
		return Label{Preventable: true, By: ByGroundTruth, Why: "the " + ByGroundTruth + " gets through"}, nil
	}
	return Label{Why: fmt.Sprintf("%s, and the %s hits %s at %.2f s", strings.Join(crashes, ", "), ByGroundTruth, crash.Name, crash.Time)}, nil
}

// failsAtFault returns the first collision at fault in a drive that fails, nil for a
// drive that passes or has none.
func (p *Plan) failsAtFault(l *record.Log) *measure.Collision {
	v, set := p.Examine(l)
	if v.Passed {
		return nil
	}
	for i := range set.Collisions {
		if c := &set.Collisions[i]; c.AtFault {
			return c
		}
	}
	return nil
}

// crash lets a careful driver drive the case and returns its first collision at
// fault, nil for none.
func (p *Plan) crash(ctx context.Context, m careful.Model) (*measure.Collision, error) {
	drive := p.Drive
	drive.Blind = true
	d, err := roadloop.NewReference(&drive, newUnoccluded(), m)
	if err != nil {
		return nil, err
	}
	rec := record.New(&drive, p.Names, p.Traffic)
	var crash *measure.Collision
	_, err = roadloop.Drive(ctx, &drive, d, func(now *roadloop.Step) bool {
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
		l.By = ByScenario
	}
	return l
}
