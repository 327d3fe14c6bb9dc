package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roadloop"
	"roadloop/planning/refdriver"
	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
)

// Preventability says whether a case is preventable: whether a reference driver, or the stack with
// ground truth, passes it.
type Preventability struct {
	Preventable bool
	// By names the driver that passes the case: a reference driver, ByGroundTruth, or
	// ByScenario if the file decides. It is "" for an unpreventable case.
	By string
	// Why explains the decision in a few words.
	Why string
}

// Values of Preventability.By other than names of reference drivers.
const (
	ByScenario    = "scenario"                // the scenario's field preventable decides
	ByGroundTruth = "stack with ground truth" // the stack with ground truth passes
)

// Preventable labels a case. The reference drivers of UN R157 (cc, fsm, rss, reg157) and
// then the stack with ground truth drive the case in the same world, until one of them
// passes. The reference drivers perceive all road users that no vehicle occludes, without
// errors. A reference driver passes if it has no at-fault collision. The stack with
// ground truth also passes if its verdict is passed. The scenario's field preventable
// overrides all of them.
func Preventable(ctx context.Context, c *scenarios.Case) (Preventability, error) {
	p, err := Compile(c)
	if err != nil {
		return Preventability{}, err
	}
	return p.preventable(ctx, knownDrives{})
}

// knownDrives are drives of a case that need not be repeated for its label.
type knownDrives struct {
	expert *metrics.DriveLog // by the stack with ground truth; nil if not driven
	// referenceLog is a drive by a reference driver with ground truth; reference is nil if
	// there is none.
	reference    refdriver.Model
	referenceLog *metrics.DriveLog
}

// preventable labels the case of a plan. It drives what is not known and what the label
// depends on.
func (p *Spec) preventable(ctx context.Context, known knownDrives) (Preventability, error) {
	if f := &p.Case.Sections.Preventable; f.Is != nil {
		return labelOf(f), nil
	}
	var crashes []string
	for _, m := range refdriver.Models() {
		crash, err := p.referenceCrash(ctx, m, known)
		switch {
		case err != nil:
			return Preventability{}, fmt.Errorf("labeling with the %s driver: %w", m.Name(), err)
		case crash == nil:
			return Preventability{Preventable: true, By: m.Name(), Why: m.Name() + " gets through"}, nil
		}
		crashes = append(crashes, fmt.Sprintf("%s hits %s at %.2f s", m.Name(), crash.Name, crash.Time))
	}
	expert := known.expert
	if expert == nil {
		var err error
		if expert, err = driveExpert(ctx, p); err != nil {
			return Preventability{}, fmt.Errorf("labeling with the %s: %w", ByGroundTruth, err)
		}
	}
	crash := p.failsAtFault(expert)
	if crash == nil {
		return Preventability{Preventable: true, By: ByGroundTruth, Why: "the " + ByGroundTruth + " gets through"}, nil
	}
	return Preventability{Why: fmt.Sprintf("%s, and the %s hits %s at %.2f s", strings.Join(crashes, ", "), ByGroundTruth, crash.Name, crash.Time)}, nil
}

// failsAtFault returns the first at-fault collision of a drive that fails. It returns nil
// for a drive that passes or has no such collision.
func (p *Spec) failsAtFault(l *metrics.DriveLog) *metrics.Collision {
	v, set := p.Examine(l)
	if v.Passed {
		return nil
	}
	return firstAtFault(set.Collisions)
}

// firstAtFault returns the first collision for which the ego is at fault, or nil.
func firstAtFault(collisions []metrics.Collision) *metrics.Collision {
	if i := slices.IndexFunc(collisions, func(c metrics.Collision) bool { return c.AtFault }); i >= 0 {
		return &collisions[i]
	}
	return nil
}

// referenceCrash returns the first at-fault collision of a reference driver, or nil. It drives
// the case unless a known drive decides: one with such a collision, or one of the whole time.
func (p *Spec) referenceCrash(ctx context.Context, m refdriver.Model, known knownDrives) (*metrics.Collision, error) {
	if known.reference == m {
		l := known.referenceLog
		if crash := firstAtFault(metrics.Collisions(l)); crash != nil || l.Steps[len(l.Steps)-1].Time >= p.Drive.Duration {
			return crash, nil
		}
	}
	drive := p.Drive
	drive.Blind = true
	d, err := roadloop.NewReference(&drive, newUnoccluded(), m)
	if err != nil {
		return nil, err
	}
	rec := metrics.NewRecorder(&drive, p.Names, p.FirstTraffic)
	var crash *metrics.Collision
	_, err = roadloop.Drive(ctx, &drive, d, func(now *roadloop.Step) bool {
		rec.Record(now, nil)
		crash = firstAtFault(metrics.Collisions(rec.Log()))
		return crash == nil
	})
	return crash, err
}

// labelOf returns the label that the scenario sets.
func labelOf(c *scenarios.PreventableSection) Preventability {
	l := Preventability{Preventable: *c.Is, Why: c.Because}
	if l.Why == "" {
		l.Why = "the scenario says so"
	}
	if l.Preventable {
		l.By = ByScenario
	}
	return l
}
