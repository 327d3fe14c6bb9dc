package desktop

import (
	"context"
	"time"

	"roadloop/scenarios/tape"
)

// follow drives the second future as far as the first has come.
func (p *player) follow(ctx context.Context) {
	for ctx.Err() == nil {
		v := p.now()
		if v.other == nil || v.other.Over() || v.other.Len() >= max(v.tape.Len(), v.at+1) {
			pause(ctx, p.chase, time.Hour)
			continue
		}
		if _, err := v.other.Step(ctx, nil); err != nil && ctx.Err() == nil {
			p.set(func() { p.err = err })
		}
	}
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
		if lead {
			p.other, p.tape = p.tape, f
			p.at = max(0, f.Len()-1)
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
			p.tape, p.other = p.other, p.tape
			p.at = max(0, min(p.at, p.tape.Len()-1))
		}
	})
}

// drop forgets the second future.
func (p *player) drop() { p.set(func() { p.other = nil }) }
