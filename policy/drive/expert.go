package drive

import (
	"fmt"

	"roadloop/policy"
)

var _ policy.Expert = (*Env)(nil)

// Forks of the live world, in which the expert tries its drivers.
const (
	forkTime = 2.5 // s
	// worthIt is the advantage in progress for which the expert prefers a driver to one before
	// it in the list, m.
	worthIt = 3.0
)

// forkDrivers are the baselines that the expert tries, the most comfortable one first.
func forkDrivers() []string { return []string{CarFollowing, LaneFollowing} }

// Expert writes the action that the best driver takes now: each baseline drives a fork of the
// world for some seconds, from the present state. The best is one without infraction, and
// of these the first in the list unless another one gets notably farther in comfort. Optional
// lane changes are none of the expert's: a camera to the front does not show whether they
// are safe. The episode does not change.
func (e *Env) Expert(action []float32) error {
	if e.episode == nil || e.done {
		return fmt.Errorf("drive: expert outside of an episode")
	}
	var best outcome
	for i, name := range forkDrivers() {
		f := e.fork()
		b, err := NewBaseline(name)
		if err != nil {
			return err
		}
		b.begin(f)
		b.changed = f.decision
		o, err := f.attempt(b)
		if err != nil {
			return err
		}
		if i == 0 || o.better(&best) {
			best = o
		}
	}
	copy(action, best.action)
	return nil
}

// outcome is what a driver reached in a fork.
type outcome struct {
	action   []float32 // the first one
	safe     bool      // no infraction that ends the episode
	until    int       // decisions until that infraction
	progress float64   // m, comfortable and legal ones alone count fully
}

// better reports whether o is better than one that comes first in the list.
func (o *outcome) better(than *outcome) bool {
	switch {
	case o.safe != than.safe:
		return o.safe
	case !o.safe:
		return o.until > than.until
	}
	return o.progress > than.progress+worthIt
}

// fork returns a copy of the environment, without cameras. Stepping it does not change e.
func (e *Env) fork() *Env {
	f := *e
	episode, course := *e.episode, *e.course
	episode.world, episode.course = e.world.Clone(), &course
	f.episode, f.view, f.shown, f.guides = &episode, view{}, nil, nil
	f.last = append([]float32(nil), e.last...)
	f.near.look(f.world, f.course, f.view.places) // refers to road users of the fork
	f.horizon = e.decision + int(forkTime*e.task.config.Rate)
	return &f
}

// attempt drives a fork until its horizon or an end.
func (e *Env) attempt(b *Baseline) (outcome, error) {
	o := outcome{safe: true, action: make([]float32, len(e.last))}
	a := make([]float32, len(e.last))
	for k := 0; !e.done; k++ {
		b.Act(e, a)
		if k == 0 {
			copy(o.action, a)
		}
		r, err := e.Step(a)
		if err != nil {
			return o, fmt.Errorf("drive: expert: %w", err)
		}
		o.progress += r.Reward * e.course.total
		o.until = k
		o.safe = !r.Terminated || e.succeeded
	}
	return o, nil
}
