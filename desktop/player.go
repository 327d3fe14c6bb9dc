package desktop

import (
	"context"
	"errors"
	"sync"
	"time"

	"roadloop/scenarios/tape"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// player drives a tape and moves the place that is looked at, at a pace of its own,
// and lets a second future keep up. Its methods are for any goroutine.
type player struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	paths  func() string // of new recordings
	replay *tape.Tape    // that drives a trace again, nil for none
	wake   chan struct{} // of the goroutine that drives
	chase  chan struct{} // of the one that drives the second future

	mu      sync.Mutex
	tape    *tape.Tape
	other   *tape.Tape // a second future, nil for none
	saved   map[*tape.Tape]*tape.Recording
	at      int // the frame that is looked at
	playing bool
	steps   int // single steps that were asked for
	speed   float64
	hands   *vehicle.Command
	err     error
}

// newPlayer begins to drive a tape. What is driven is recorded into files that paths
// names; what replay drives again is not, unless hands take the wheel.
func newPlayer(t *tape.Tape, paths func() string, replay bool) *player {
	ctx, cancel := context.WithCancel(context.Background())
	p := &player{tape: t, paths: paths, cancel: cancel, speed: 1, playing: true, wake: make(chan struct{}, 1), chase: make(chan struct{}, 1),
		saved: make(map[*tape.Tape]*tape.Recording)}
	if replay {
		p.replay = t
	}
	p.done.Go(func() { p.drive(ctx) })
	p.done.Go(func() { p.follow(ctx) })
	return p
}

// close stops driving and saves the ends of the recordings.
func (p *player) close() (err error) {
	p.cancel()
	p.done.Wait()
	for _, r := range p.saved {
		err = errors.Join(err, r.Close())
	}
	return err
}

// record saves a step of a tape, for which it begins a file if there is none.
func (p *player) record(t *tape.Tape, byHand bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.saved[t]
	if r == nil && (t != p.replay || byHand) {
		r = tape.Record(t, p.paths())
		p.saved[t] = r
	}
	if r != nil {
		r.Tick()
	}
}

// saveErr returns what is wrong with saving the drive, nil for nothing.
func (p *player) saveErr() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.saved[p.tape]; r != nil {
		return r.Err()
	}
	return nil
}

// nudge wakes a goroutine that waits, or lets it not wait next time.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// set changes the player and lets its goroutines see that.
func (p *player) set(change func()) {
	p.mu.Lock()
	change()
	p.mu.Unlock()
	nudge(p.wake)
	nudge(p.chase)
}

// view is what the window shows of the player.
type view struct {
	tape, other *tape.Tape
	at          int
	playing     bool
	speed       float64
	manual      bool
	err         error
}

// now returns what there is to show.
func (p *player) now() view {
	p.mu.Lock()
	defer p.mu.Unlock()
	return view{p.tape, p.other, p.at, p.playing, p.speed, p.hands != nil, p.err}
}

// drive makes one decision after the other, each when it is due.
func (p *player) drive(ctx context.Context) {
	due := time.Now()
	for ctx.Err() == nil {
		p.mu.Lock()
		period := time.Duration(float64(clock.DriverPeriod) * clock.Step / p.speed * float64(time.Second))
		idle, single := !p.playing && p.steps == 0, !p.playing && p.steps > 0
		p.mu.Unlock()
		switch {
		case idle:
			if !pause(ctx, p.wake, time.Hour) {
				return
			}
			due = time.Now()
		case single:
			p.advance(ctx)
			due = time.Now()
		case time.Until(due) > 0:
			pause(ctx, p.wake, time.Until(due))
		default:
			p.advance(ctx)
			// Who is late does not hurry to catch up.
			due = due.Add(period)
			if late := time.Now().Add(-period); due.Before(late) {
				due = late
			}
		}
	}
}

// pause waits for a time or until it is woken; it reports whether to go on.
func pause(ctx context.Context, wake chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-wake:
	case <-ctx.Done():
		return false
	}
	return true
}

// advance looks at the next frame, which it drives first where there is none yet.
func (p *player) advance(ctx context.Context) {
	p.mu.Lock()
	t, hands, last := p.tape, p.hands, p.at >= p.tape.Len()-1
	p.steps = max(0, p.steps-1)
	if !last {
		p.at++
	}
	p.mu.Unlock()
	if last {
		more, err := t.Step(ctx, hands)
		p.record(t, hands != nil)
		p.arrived(t, more, err)
	}
	nudge(p.chase)
}

// arrived takes the result of a step.
func (p *player) arrived(t *tape.Tape, more bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tape != t { // another future was chosen meanwhile
		return
	}
	p.at = max(0, t.Len()-1)
	if !more {
		p.playing, p.steps = false, 0
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		p.err = err
	}
}

// seek looks at a frame and stops there.
func (p *player) seek(at int) {
	p.set(func() {
		p.playing, p.steps = false, 0
		p.at = max(0, min(at, p.tape.Len()-1))
	})
}

// toggle plays or pauses. At the end of a drive that is over it begins to look again.
func (p *player) toggle() {
	p.set(func() {
		p.playing = !p.playing
		if p.playing && p.tape.Over() && p.at >= p.tape.Len()-1 {
			p.at = 0
		}
	})
}

// step looks at the next frame and stops there.
func (p *player) step() {
	p.set(func() { p.playing, p.steps = false, p.steps+1 })
}

// takeErr returns what went wrong since the last call.
func (p *player) takeErr() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.err
	p.err = nil
	return err
}
