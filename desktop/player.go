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
	flow    flow // at the frame that is looked at
	playing bool
	steps   int // single steps that were asked for
	ahead   ahead
	making  int // frames that there are when the step under way is done, 0 for none
	speed   float64
	hands   *vehicle.Command
	err     error
}

// newPlayer begins to drive a tape. What is driven is recorded into files that paths
// names; what replay drives again is not, unless hands take the wheel.
func newPlayer(t *tape.Tape, paths func() string, replay bool) *player {
	ctx, cancel := context.WithCancel(context.Background())
	p := &player{tape: t, paths: paths, cancel: cancel, speed: 1, playing: true, wake: make(chan struct{}, 1), chase: make(chan struct{}, 1),
		saved: make(map[*tape.Tape]*tape.Recording), ahead: ahead{to: -1}}
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
	ahead       ahead
}

// now returns what there is to show.
func (p *player) now() view {
	p.mu.Lock()
	defer p.mu.Unlock()
	return view{p.tape, p.other, p.flow.at, p.playing, p.speed, p.hands != nil, p.err, p.ahead}
}

// moment returns the time that is shown now, in decisions and parts of them.
func (p *player) moment() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.flow.moment(time.Now(), p.period(), p.playing)
}

// period returns the time from one decision to the next, as it is shown.
func (p *player) period() time.Duration {
	return time.Duration(float64(clock.DriverPeriod) * clock.Step / p.speed * float64(time.Second))
}

// drive makes one decision after the other, each when it is due.
func (p *player) drive(ctx context.Context) {
	due, before := time.Now(), time.Duration(0)
	for ctx.Err() == nil {
		p.mu.Lock()
		period := p.period()
		idle, single, hurry := !p.playing && p.steps == 0, !p.playing && p.steps > 0, p.ahead.under()
		p.mu.Unlock()
		if left := time.Until(due); left > 0 && before > 0 && period != before { // at another speed now
			due = time.Now().Add(time.Duration(share(left, before) * float64(period)))
		}
		before = period
		switch {
		case hurry:
			p.hurry(ctx)
			due = time.Now()
		case idle:
			if !pause(ctx, p.wake, time.Hour) {
				return
			}
			due = time.Now().Add(period) // until then goes on what was decided
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
	t, other, hands, at, n := p.tape, p.other, p.hands, p.flow.at, p.tape.Len()
	p.steps = max(0, p.steps-1)
	if at < n-1 {
		p.mu.Unlock()
		remind(t, at+1)
		remind(other, at+1)
		p.arrived(t, at, at+1, true, nil)
		return
	}
	p.making = n + 1
	p.mu.Unlock()
	nudge(p.chase)
	more, err := t.Step(ctx, hands)
	p.record(t, hands != nil)
	t.Verdict() // it is known then when the window asks, which does not have to wait
	p.arrived(t, at, max(0, t.Len()-1), more, err)
}

// remind has a tape remember a frame: who draws it does not have to wait.
func remind(t *tape.Tape, at int) {
	if t != nil {
		t.Frame(at)
	}
}

// arrived looks at the next frame after one that was looked at, unless somebody went
// elsewhere meanwhile, and takes the result of the step that made it.
func (p *player) arrived(t *tape.Tape, from, at int, more bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making = 0
	if p.tape != t { // another future was chosen meanwhile
		return
	}
	if p.flow.at == from {
		p.flow.arrive(at, time.Now(), p.period(), p.slack())
	}
	if !more {
		p.playing, p.steps = false, 0
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		p.err = err
	}
}

// slack is the time that a second future gets to come as far as the first has, so that
// both can be shown at the same moment.
func (p *player) slack() time.Duration {
	if p.other == nil || p.other.Over() || p.other.Len() > p.tape.Len() {
		return 0
	}
	return p.period()
}

// seek looks at a frame and stops there. One that is not simulated yet is driven to at
// full speed, unless a human has control; see ahead.
func (p *player) seek(at int) {
	p.set(func() {
		p.playing, p.steps = false, 0
		n := p.tape.Len()
		if at = min(at, p.lastFrame()); at >= n && !p.tape.Over() && p.hands == nil {
			if !p.ahead.under() {
				p.ahead.from = n
			}
			p.ahead.to = at
			return
		}
		p.ahead.to = -1
		p.flow.hold(max(0, min(at, n-1)), time.Now())
	})
}

// newest looks at the last frame there is, or the last one of the trace that is driven
// again, and stops there.
func (p *player) newest() {
	p.mu.Lock()
	last := max(p.tape.Len(), p.tape.Recorded()) - 1
	p.mu.Unlock()
	p.seek(last)
}

// toggle plays or pauses. At the end of a drive that is over it begins to look again.
func (p *player) toggle() {
	p.set(func() {
		if p.ahead.under() {
			p.stopAhead()
			return
		}
		if p.playing {
			p.rest()
			return
		}
		if p.tape.Over() && p.flow.at >= p.tape.Len()-1 {
			p.flow.at = 0
		}
		p.play()
	})
}

// play lets time go on. The caller holds mu, as in set.
func (p *player) play() {
	if !p.playing {
		p.playing = true
		p.flow.hold(p.flow.at, time.Now())
	}
}

// rest lets time stop at the next decision: never does it go back for that. The caller
// holds mu, as in set.
func (p *player) rest() {
	if p.playing && p.making == 0 && p.flow.due(time.Now()) {
		p.steps = 1
	}
	p.playing = false
}

// step looks at the next frame and stops there.
func (p *player) step() {
	p.set(func() {
		p.stopAhead()
		p.playing, p.steps = false, p.steps+1
		p.flow.begin = time.Time{} // at once
	})
}

// pace lets time go at another speed.
func (p *player) pace(speed float64) {
	p.set(func() {
		before := p.period()
		p.speed = speed
		p.flow.pace(time.Now(), before, p.period())
	})
}

// takeErr returns what went wrong since the last call.
func (p *player) takeErr() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.err
	p.err = nil
	return err
}
