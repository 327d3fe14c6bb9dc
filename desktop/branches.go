package desktop

import (
	"context"
	"time"

	"roadloop/scenarios/timeline"
)

// driveBranch drives the second branch up to the length of the first.
func (p *player) driveBranch(ctx context.Context) {
	for ctx.Err() == nil {
		other, n := p.behind()
		if other == nil || other.Over() || other.Len() >= n {
			pause(ctx, p.wakeBranch, time.Hour)
			continue
		}
		if _, err := other.Step(ctx, nil); err != nil && ctx.Err() == nil {
			p.set(func() { p.err = err })
		}
		other.Verdict() // as in advance
	}
}

// behind returns the second branch, nil for none, and the number of frames that it
// should have: as many as the first has or is about to have.
func (p *player) behind() (other *timeline.Timeline, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.other, max(p.tape.Len(), p.playClock.at+1, p.pendingLen)
}

// fork creates a branch at the shown frame, with changes. With lead set, the new branch
// becomes the one that is driven; otherwise it is the other one.
func (p *player) fork(lead bool, changes ...timeline.Change) error {
	v := p.now()
	f, err := v.tape.Fork(context.Background(), v.at, changes...)
	if err != nil {
		return err
	}
	p.set(func() {
		p.stopAhead()
		if lead {
			p.other, p.tape = p.tape, f
			p.playClock.hold(max(0, f.Len()-1), time.Now())
		} else {
			p.other = f
		}
	})
	return nil
}

// swap exchanges the branches.
func (p *player) swap() {
	p.set(func() {
		if p.other != nil {
			p.stopAhead()
			p.tape, p.other = p.other, p.tape
			if last := max(0, p.tape.Len()-1); p.playClock.at > last {
				p.playClock.hold(last, time.Now())
			}
		}
	})
}

// drop deletes the second branch.
func (p *player) drop() { p.set(func() { p.other = nil }) }
