package desktop

import (
	"context"
	"time"

	"roadloop/scenarios/tape"
)

// follow drives the second future as far as the first has come.
func (p *player) follow(ctx context.Context) {
	for ctx.Err() == nil {
		other, n := p.behind()
		if other == nil || other.Over() || other.Len() >= n {
			pause(ctx, p.chase, time.Hour)
			continue
		}
		if _, err := other.Step(ctx, nil); err != nil && ctx.Err() == nil {
			p.set(func() { p.err = err })
		}
		other.Verdict() // as in advance
	}
}

// behind returns the second future, nil for none, and how many frames it is to have: as
// many as the first has or is about to have.
func (p *player) behind() (other *tape.Tape, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.other, max(p.tape.Len(), p.flow.at+1, p.making)
}

// fork makes the future of the frame that is looked at, and one with changes beside
// it: the second is the one that is driven from now on where lead is set, and
// otherwise the one that it is compared with.
func (p *player) fork(lead bool, changes ...tape.Change) error {
	v := p.now()
	f, err := v.tape.Fork(context.Background(), v.at, changes...)
	if err != nil {
		return err
	}
	p.set(func() {
		p.stopAhead()
		if lead {
			p.other, p.tape = p.tape, f
			p.flow.hold(max(0, f.Len()-1), time.Now())
		} else {
			p.other = f
		}
	})
	return nil
}

// swap lets the second future be the first.
func (p *player) swap() {
	p.set(func() {
		if p.other != nil {
			p.stopAhead()
			p.tape, p.other = p.other, p.tape
			if last := max(0, p.tape.Len()-1); p.flow.at > last {
				p.flow.hold(last, time.Now())
			}
		}
	})
}

// drop forgets the second future.
func (p *player) drop() { p.set(func() { p.other = nil }) }
