package drive

import (
	"context"
	"errors"
	"fmt"
	"math"

	"roadloop/policy"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Env is an environment of a task, a policy.Env. It is not safe for concurrent use.
type Env struct {
	task *Task
	// specification is that of the task, with the measures of this environment.
	specification policy.Spec
	weights       [numTerms]Term
	pilot         pilot
	view          view
	shown         *camera // of Render
	guides        map[string]*Baseline

	*episode
	seed         uint64
	allowedTerms [numTerms]bool // infractions that the scenario allows
	front        float64        // distance from the rear axle to the front bumper, m
	decision     int
	horizon      int
	best         float64 // farthest progress, m
	standing     int     // decisions without motion
	moving       int     // decisions since the last one without motion
	comfort      comfort
	near         scan
	last         []float32         // action
	step         [numTerms]float64 // quantities of the last step
	totals       [numTerms]float64 // of the episode
	speeds       float64           // sum over the decisions, m/s
	succeeded    bool
	truncated    bool
	done         bool

	recording, scored bool
	recorder          recorder
}

var (
	_ policy.Env      = (*Env)(nil)
	_ policy.Renderer = (*Env)(nil)
)

// newEnv returns an environment of a task. It must be reset before its first step.
func newEnv(t *Task) *Env {
	c := &t.config
	e := &Env{task: t, specification: t.spec, weights: c.Reward.weights(), last: make([]float32, t.spec.Action.Size())}
	e.pilot.control, e.pilot.car = c.Control, vehicle.BMW320i()
	e.pilot.step = max(1, min(5, 5/c.Rate))
	e.comfort.window = max(1, min(maxComfortWindow, int(math.Round(comfortTime*c.Rate))))
	e.comfort.dt = float64(e.comfort.window) / c.Rate
	e.view.init(c)
	return e
}

// Spec returns the description of the task.
func (e *Env) Spec() *policy.Spec { return &e.specification }

// SkipObservations makes the environment take no camera frames and perceive no scenes from the
// next reset on: Observe writes nothing. Episodes are the same.
func (e *Env) SkipObservations() { e.view.unused, e.view.places = true, false }

// World returns the world of the episode; the caller must not change it. It is nil before
// the first reset.
func (e *Env) World() *sim.World {
	if e.episode == nil {
		return nil
	}
	return e.world
}

// Reset begins the episode of a seed.
func (e *Env) Reset(seed uint64) error {
	next, err := e.task.draw(seed)
	if err != nil {
		return err
	}
	return e.begin(next, seed)
}

// begin begins an episode.
func (e *Env) begin(next *episode, seed uint64) error {
	e.enter(next, seed)
	if e.recording {
		e.recorder.begin(e)
	}
	return e.view.begin(e)
}

// enter is begin without camera frames.
func (e *Env) enter(next *episode, seed uint64) {
	e.episode, e.seed = next, seed
	ego := e.world.Ego()
	e.front = ego.Shape.RearToCenter + ego.Shape.Length/2
	e.course.begin(&ego.State, e.front)
	e.decision, e.standing, e.best, e.speeds = 0, 0, 0, 0
	e.moving = e.task.spec.Horizon
	e.succeeded, e.truncated, e.done = false, false, false
	e.horizon = min(e.task.spec.Horizon, int(math.Ceil(e.time*e.task.config.Rate)))
	e.step, e.totals = [numTerms]float64{}, [numTerms]float64{}
	e.allowedTerms = [numTerms]bool{}
	for kind, ok := range e.allowed {
		if t, known := infraction(kind); known && t != collision {
			e.allowedTerms[t] = ok
		}
	}
	clear(e.last)
	e.comfort.begin(&ego.State)
	e.pilot.begin(e)
	e.near.look(e.world, e.course, e.view.places)
}

// infraction returns the term of an event.
func infraction(k sim.EventKind) (t term, ok bool) {
	switch k {
	case sim.Collision:
		return collision, true
	case sim.RedLight:
		return redLight, true
	case sim.StopSign:
		return stopSign, true
	case sim.OffRoad:
		return offRoad, true
	case sim.WrongWay:
		return wrongWay, true
	case sim.LaneDeparture:
		return laneDeparture, true
	case sim.Stranded:
		return stranded, true
	}
	return 0, false
}

// Step applies an action and advances the world to the next decision, or to the first
// infraction that ends the episode.
func (e *Env) Step(action []float32) (policy.Result, error) {
	switch {
	case e.episode == nil:
		return policy.Result{}, errors.New("drive: step before the first reset")
	case e.done:
		return policy.Result{}, errors.New("drive: step after the end of the episode")
	}
	if err := e.task.spec.Action.Check(action); err != nil {
		return policy.Result{}, fmt.Errorf("drive: %w", err)
	}
	copy(e.last, action)
	e.pilot.apply(e, action)
	return e.proceed(context.Background(), nil)
}

// proceed advances the world to the next decision, or to the first infraction that ends the
// episode, and judges that. by drives in place of the pilot, if it is not nil.
func (e *Env) proceed(ctx context.Context, by *guest) (policy.Result, error) {
	e.step = [numTerms]float64{}
	if err := e.advance(ctx, by); err != nil {
		e.done = true
		return policy.Result{}, err
	}
	e.assess()
	r := policy.Result{}
	r.Reward, r.Terminated = rate(&e.weights, &e.step)
	for i, q := range e.step {
		e.totals[i] += q
	}
	r.Terminated = r.Terminated || e.succeeded
	r.Truncated = !r.Terminated && (e.step[blocked] > 0 || e.decision >= e.horizon)
	e.truncated, e.done = r.Truncated, r.Done()
	if e.recorder.log != nil && e.done && (len(e.recorder.events) > 0 || e.recorder.last < e.world.Time()) {
		e.recorder.record(e.world, e.pilot.command, nil)
	}
	e.view.advance(e)
	return r, nil
}

// advance moves the world to the next decision. It stops early at an infraction that ends
// the episode.
func (e *Env) advance(ctx context.Context, by *guest) (err error) {
	ticks := e.task.config.period()
	var cmd vehicle.Command
	for k := range ticks {
		switch {
		case k%clock.DriverPeriod != 0:
		case by != nil:
			if cmd, err = by.decide(ctx, e.world); err != nil {
				return err
			}
			if k == 0 {
				by.did = e.note(cmd)
			}
		default:
			cmd = e.command(k == 0)
		}
		recorded := e.recorder.log != nil
		if recorded && e.world.Time()%clock.DriverPeriod == 0 {
			e.recorder.record(e.world, cmd, e.pilot.planned())
		}
		events := e.world.Step(cmd)
		if e.view.perceived != nil && !e.view.unused {
			if err := e.view.perceived.sample(ctx, e.world); err != nil {
				return fmt.Errorf("drive: at %v: %w", e.world.Time(), err)
			}
		}
		if recorded {
			e.recorder.events = append(e.recorder.events, events...)
		}
		if by != nil {
			by.sensors.Sample(e.world)
		}
		for _, ev := range events {
			if t, ok := infraction(ev.Kind); ok && !e.allowedTerms[t] {
				e.step[t] = 1
				if e.weights[t].Terminate {
					return nil
				}
			}
		}
	}
	return nil
}

// command returns the command of the pilot for the next 50 ms. decided reports whether an
// action was applied now.
func (e *Env) command(decided bool) vehicle.Command {
	if !decided && e.pilot.control == Meta {
		e.locate()
	}
	return e.pilot.drive(e)
}

// locate finds the ego on the course.
func (e *Env) locate() {
	e.pilot.lane += e.course.locate(&e.world.Ego().State, e.front)
}

// follow finds the ego and the road users near it at a decision.
func (e *Env) follow() {
	e.locate()
	e.near.look(e.world, e.course, e.view.places)
}

// Bounds of the measures.
const (
	tolerance = 1.0 // m/s above the speed limit that are no speeding
	standsAt  = .3  // m/s below which the ego stands
)

// assess fills in the quantities of the step.
func (e *Env) assess() {
	s := &e.world.Ego().State
	e.decision++
	e.follow()
	q := &e.step
	q[elapsed] = 1 / e.task.config.Rate
	if e.course.astray() {
		q[deviation] = 1
	}
	if p := min(e.course.progress(), e.course.total); p > e.best && q[deviation] == 0 {
		q[progress], e.best = (p-e.best)/e.course.total, p
	}
	if s.Speed > e.course.here.Limit+tolerance {
		q[speeding] = 1
	}
	if !e.comfort.observe(s) {
		q[discomfort] = 1
	}
	if e.near.timeToCollision < tooCloseTime {
		q[tooClose] = 1
	}
	e.speeds += s.Speed
	e.standing++
	e.moving++
	if s.Speed > standsAt {
		e.standing = 0
	} else {
		e.moving = 0
	}
	if float64(e.standing) >= e.task.config.Blocked*e.task.config.Rate {
		q[blocked] = 1
	}
	if e.best >= e.course.total && !e.ended() {
		q[goal], e.succeeded = 1, true
	}
}

// ended reports whether an infraction of this step ends the episode.
func (e *Env) ended() bool {
	_, ends := rate(&e.weights, &e.step)
	return ends
}

// laneWidth returns the width of the lane at the ego's place on the route, m.
func (e *Env) laneWidth() float64 { return e.lane().Width }

// lane returns the lane of the route at the ego's place.
func (e *Env) lane() *road.Lane {
	return &e.site.m.Lanes[e.course.line().LaneAt(e.course.s)]
}

// Names of measures other than terms.
const (
	measureSuccess    = "success"
	measureCompletion = "completion"
	measureDistance   = "distance"
	measureTime       = "time"
	measureSpeed      = "speed"
	measureComfort    = "comfort"
)

// Measures lists the measures of an episode: success, 0 or 1; completion, the share of the
// route; distance in m; time in s; the mean speed in m/s; comfort, the share of the time
// within the bounds of comfort; blocked, 0 or 1; the number of each infraction; and the share
// of the time of speeding and too-close.
func Measures() []string {
	out := []string{measureSuccess, measureCompletion, measureDistance, measureTime, measureSpeed, measureComfort, termNames[blocked]}
	for t := collision; t <= stranded; t++ {
		out = append(out, termNames[t])
	}
	return append(out, termNames[speeding], termNames[tooClose])
}

// Measure writes the measures of the episode so far.
func (e *Env) Measure(dst []float64) {
	steps := float64(max(e.decision, 1))
	share := 0.0
	if e.episode != nil {
		share = e.best / e.course.total
	}
	dst = append(dst[:0], one(e.succeeded), share, e.distance(), e.totals[elapsed], e.speeds/steps, 1-e.totals[discomfort]/steps, e.totals[blocked])
	for t := collision; t <= stranded; t++ {
		dst = append(dst, e.totals[t])
	}
	dst = append(dst, e.totals[speeding]/steps, e.totals[tooClose]/steps)
	if e.scored {
		e.score(dst[len(dst) : len(dst)+len(scoreNames)])
	}
}

// distance returns the distance driven, m.
func (e *Env) distance() float64 { return e.speeds / e.task.config.Rate }

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
