package desktop

import (
	"context"
	"errors"
	"sync"
	"time"

	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// player drives a timeline and moves the shown frame at the playback speed. A second
// branch follows. Methods may be called from any goroutine.
type player struct {
	cancel     context.CancelFunc
	done       sync.WaitGroup
	paths      func() string      // of new traces
	replay     *timeline.Timeline // re-drives a trace, nil for none
	wake       chan struct{}      // wakes the driving goroutine
	wakeBranch chan struct{}      // wakes the goroutine of the second branch

	mu          sync.Mutex
	tape        *timeline.Timeline
	other       *timeline.Timeline // second branch, nil for none
	saved       map[*timeline.Timeline]*timeline.Recording
	playClock   playClock // at the shown frame
	playing     bool
	steps       int // requested single steps
	seekAhead   seekAhead
	pendingLen  int // number of frames after the current step, 0 if there is no step in progress
	speed       float64
	manualInput *vehicle.Command
	err         error
}

// newPlayer starts driving a timeline. The drive is recorded into files that paths
// names. With replay set, it is recorded only after a takeover.
func newPlayer(t *timeline.Timeline, paths func() string, replay bool) *player {
	ctx, cancel := context.WithCancel(context.Background())
	p := &player{tape: t, paths: paths, cancel: cancel, speed: 1, playing: true, wake: make(chan struct{}, 1), wakeBranch: make(chan struct{}, 1),
		saved: make(map[*timeline.Timeline]*timeline.Recording), seekAhead: seekAhead{to: -1}}
	if replay {
		p.replay = t
	}
	p.done.Go(func() { p.drive(ctx) })
	p.done.Go(func() { p.driveBranch(ctx) })
	return p
}

// close stops driving and completes the traces.
func (p *player) close() (err error) {
	p.cancel()
	p.done.Wait()
	for _, r := range p.saved {
		err = errors.Join(err, r.Close())
	}
	return err
}

// record saves a step of a timeline. It creates the file if there is none.
func (p *player) record(t *timeline.Timeline, byHand bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.saved[t]
	if r == nil && (t != p.replay || byHand) {
		r = timeline.Record(t, p.paths())
		p.saved[t] = r
	}
	if r != nil {
		r.Tick()
	}
}

// saveErr returns the error of saving the drive.
func (p *player) saveErr() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.saved[p.tape]; r != nil {
		return r.Err()
	}
	return nil
}

// signal signals c without blocking.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// set changes the player and wakes its goroutines.
func (p *player) set(change func()) {
	p.mu.Lock()
	change()
	p.mu.Unlock()
	signal(p.wake)
	signal(p.wakeBranch)
}

// view is what the window shows of the player.
type view struct {
	tape, other *timeline.Timeline
	at          int
	playing     bool
	speed       float64
	manual      bool
	err         error
	seekAhead   seekAhead
}

func (p *player) now() view {
	p.mu.Lock()
	defer p.mu.Unlock()
	return view{p.tape, p.other, p.playClock.at, p.playing, p.speed, p.manualInput != nil, p.err, p.seekAhead}
}

// moment returns the shown time, in decisions, with a fraction.
func (p *player) moment() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.playClock.moment(time.Now(), p.period(), p.playing)
}

// period returns the real time between decisions at the playback speed.
func (p *player) period() time.Duration {
	return time.Duration(float64(clock.DriverPeriod) * clock.Step / p.speed * float64(time.Second))
}

// drive makes decisions one after another, each when it is due.
func (p *player) drive(ctx context.Context) {
	due, before := time.Now(), time.Duration(0)
	for ctx.Err() == nil {
		p.mu.Lock()
		period := p.period()
		idle, single, simulateAhead := !p.playing && p.steps == 0, !p.playing && p.steps > 0, p.seekAhead.active()
		p.mu.Unlock()
		if left := time.Until(due); left > 0 && before > 0 && period != before { // the speed has changed
			due = time.Now().Add(time.Duration(share(left, before) * float64(period)))
		}
		before = period
		switch {
		case simulateAhead:
			p.simulateAhead(ctx)
			due = time.Now()
		case idle:
			if !pause(ctx, p.wake, time.Hour) {
				return
			}
			due = time.Now().Add(period) // the previous decision applies until then
		case single:
			p.advance(ctx)
			due = time.Now()
		case time.Until(due) > 0:
			pause(ctx, p.wake, time.Until(due))
		default:
			p.advance(ctx)
			// If it is late it does not catch up.
			due = due.Add(period)
			if late := time.Now().Add(-period); due.Before(late) {
				due = late
			}
		}
	}
}

// pause waits for a time or a wake-up. It reports whether to continue.
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

// advance shows the next frame. It simulates the frame first if necessary.
func (p *player) advance(ctx context.Context) {
	p.mu.Lock()
	t, other, manualInput, at, n := p.tape, p.other, p.manualInput, p.playClock.at, p.tape.Len()
	p.steps = max(0, p.steps-1)
	if at < n-1 {
		p.mu.Unlock()
		preload(t, at+1)
		preload(other, at+1)
		p.arrived(t, at, at+1, true, nil)
		return
	}
	p.pendingLen = n + 1
	p.mu.Unlock()
	signal(p.wakeBranch)
	more, err := t.Step(ctx, manualInput)
	p.record(t, manualInput != nil)
	t.Verdict() // computed here, so that the window does not wait for it
	p.arrived(t, at, max(0, t.Len()-1), more, err)
}

// preload preloads a frame, so that drawing does not wait for it.
func preload(t *timeline.Timeline, at int) {
	if t != nil {
		t.StepAt(at)
	}
}

// arrived shows the next frame after a shown one, unless another one was selected
// meanwhile, and stores the result of the step.
func (p *player) arrived(t *timeline.Timeline, from, at int, more bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pendingLen = 0
	if p.tape != t { // the branches were swapped meanwhile
		return
	}
	if p.playClock.at == from {
		p.playClock.arrive(at, time.Now(), p.period(), p.slack())
	}
	if !more {
		p.playing, p.steps = false, 0
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		p.err = err
	}
}

// slack is the time that a second branch gets to reach the first, so that both are
// shown at the same time.
func (p *player) slack() time.Duration {
	if p.other == nil || p.other.Over() || p.other.Len() > p.tape.Len() {
		return 0
	}
	return p.period()
}

// seek shows a frame and pauses. A frame that is not simulated yet is simulated at full
// speed, unless a human has control; see ahead.
func (p *player) seek(at int) {
	p.set(func() {
		p.playing, p.steps = false, 0
		n := p.tape.Len()
		if at = min(at, p.lastFrame()); at >= n && !p.tape.Over() && p.manualInput == nil {
			if !p.seekAhead.active() {
				p.seekAhead.from = n
			}
			p.seekAhead.to = at
			return
		}
		p.seekAhead.to = -1
		p.playClock.hold(max(0, min(at, n-1)), time.Now())
	})
}

// newest shows the last frame, or the last frame of a re-driven trace, and pauses.
func (p *player) newest() {
	p.mu.Lock()
	last := max(p.tape.Len(), p.tape.Recorded()) - 1
	p.mu.Unlock()
	p.seek(last)
}

// toggle plays or pauses. At the end of a finished drive it plays from the start.
func (p *player) toggle() {
	p.set(func() {
		if p.seekAhead.active() {
			p.stopAhead()
			return
		}
		if p.playing {
			p.rest()
			return
		}
		if p.tape.Over() && p.playClock.at >= p.tape.Len()-1 {
			p.playClock.at = 0
		}
		p.play()
	})
}

// play starts playback. The caller holds mu, as in set.
func (p *player) play() {
	if !p.playing {
		p.playing = true
		p.playClock.hold(p.playClock.at, time.Now())
	}
}

// rest pauses at the next decision, never an earlier one. The caller holds mu, as in
// set.
func (p *player) rest() {
	if p.playing && p.pendingLen == 0 && p.playClock.due(time.Now()) {
		p.steps = 1
	}
	p.playing = false
}

// step shows the next frame and pauses.
func (p *player) step() {
	p.set(func() {
		p.stopAhead()
		p.playing, p.steps = false, p.steps+1
		p.playClock.begin = time.Time{} // immediately
	})
}

// setSpeed changes the playback speed.
func (p *player) setSpeed(speed float64) {
	p.set(func() {
		before := p.period()
		p.speed = speed
		p.playClock.rescale(time.Now(), before, p.period())
	})
}

// takeErr returns and clears the error of the drive.
func (p *player) takeErr() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.err
	p.err = nil
	return err
}
