// Package highway is the task highway-v0 of HighwayEnv (Leurent, "An Environment for
// Autonomous Driving Decision-Making", 2018), rebuilt to the formula, so that results can
// be compared with published ones: a straight road, traffic under IDM and MOBIL, and an
// ego that selects one of five meta-actions each second.
//
// It has a kinematic world of its own, in the frame of the original: x along the road in
// m, y to the right in m, lane 0 leftmost with its middle at y = 0, headings in rad,
// clockwise as seen from above. An episode depends on its seed and actions alone.
package highway

import (
	"errors"
	"fmt"
	"math"

	"roadloop/policy"
	"roadloop/sim/clock"
	"roadloop/sim/rng"
)

// Config is a variant of the task.
type Config struct {
	Name      string // of the task
	Lanes     int
	Vehicles  int     // other than the ego
	Duration  int     // decisions after which an episode is truncated, one per second
	Ticks     int     // of the physics per decision
	EgoGap    float64 // room behind the first vehicle at the start, relative to the usual gap
	AllCrash  bool    // whether collisions of others with each other count
	Density   float64 // of traffic; 1 is usual
	ViewCount int     // rows of the observation, the ego included
}

// V0 returns highway-v0.
func V0() Config {
	return Config{Name: "highway-v0", Lanes: 4, Vehicles: 50, Duration: 40, Ticks: 15, EgoGap: 2, AllCrash: true, Density: 1, ViewCount: 5}
}

// FastV0 returns highway-fast-v0: fewer lanes and vehicles, and coarse physics.
func FastV0() Config {
	return Config{Name: "highway-fast-v0", Lanes: 3, Vehicles: 20, Duration: 30, Ticks: 5, EgoGap: 1.5, Density: 1, ViewCount: 5}
}

// check returns an error for a variant that cannot be driven.
func (c *Config) check() error {
	switch {
	case c.Lanes < 1 || c.Lanes > 16:
		return fmt.Errorf("highway: %d lanes, not 1 to 16", c.Lanes)
	case c.Vehicles < 0 || c.Vehicles > 500:
		return fmt.Errorf("highway: %d vehicles, not 0 to 500", c.Vehicles)
	case c.Duration < 1 || c.Ticks < 1 || c.Ticks > 1000:
		return fmt.Errorf("highway: %d decisions of %d ticks: both must be positive, ticks at most 1000", c.Duration, c.Ticks)
	case !(c.EgoGap > 0) || !(c.Density > 0):
		return fmt.Errorf("highway: gap %g and density %g must be positive", c.EgoGap, c.Density)
	case c.ViewCount < 1:
		return fmt.Errorf("highway: %d rows of observation", c.ViewCount)
	}
	return nil
}

// Action is a meta-action of the ego.
type Action uint8

// Meta-actions, in the order of the original. Faster and Slower select the next of the
// target speeds 20, 25 and 30 m/s, seen from the present speed.
const (
	Left Action = iota
	Idle
	Right
	Faster
	Slower
	NumActions = iota
)

const (
	laneWidth  = 4.0     // m
	roadLength = 10000.0 // m
	speedLimit = 30.0    // m/s
)

// Env is an environment of the task, a policy.Env. It is not safe for concurrent use.
type Env struct {
	config   Config
	spec     policy.Spec
	vehicles []vehicle // the ego first
	decision int       // of the episode
	speeds   float64   // sum of the ego's speeds after each decision, m/s
	near     []int     // buffer of Observe
	recorder *recorder // nil before Record
}

var _ policy.Env = (*Env)(nil)

// New returns an environment. It must be reset before its first step.
func New(c Config) (*Env, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Env{config: c, vehicles: make([]vehicle, 0, c.Vehicles+1), spec: policy.Spec{
		Task: c.Name,
		Observation: []policy.Space{
			{Name: "kinematics", Kind: policy.Box, Shape: []int{c.ViewCount, Features}, Low: -1, High: 1},
		},
		Action: policy.Space{Name: "meta-action", Kind: policy.Discrete, N: NumActions},
		Rate:   1, Horizon: c.Duration, Measures: []string{"crashed", "speed"},
	}}, nil
}

// Spec returns the description of the task. Measures are crashed, 0 or 1, and the mean
// speed of the ego after each decision, m/s.
func (e *Env) Spec() *policy.Spec { return &e.spec }

// Reset begins the episode of a seed.
func (e *Env) Reset(seed uint64) error {
	r := rng.New(seed, "highway", "traffic")
	e.vehicles, e.decision, e.speeds = e.vehicles[:0], 0, 0
	e.spawn(&r, e.config.EgoGap, 25)
	for range e.config.Vehicles {
		e.spawn(&r, 1/e.config.Density, r.Range(.7*speedLimit, .8*speedLimit))
	}
	if e.recorder != nil {
		e.recorder.begin(e.vehicles)
	}
	return nil
}

// spawn adds a vehicle ahead of all others, on a random lane. The gap grows with the speed
// and shrinks with the number of lanes.
func (e *Env) spawn(r *rng.Stream, spacing, speed float64) {
	lane := r.IntN(e.config.Lanes)
	gap := spacing * (12 + speed) * math.Exp(-float64(e.config.Lanes)/8)
	x := 3 * gap
	if len(e.vehicles) > 0 {
		x = math.Inf(-1)
		for i := range e.vehicles {
			x = max(x, e.vehicles[i].x)
		}
	}
	x += gap * r.Range(.9, 1.1)
	y := laneWidth * float64(lane)
	e.vehicles = append(e.vehicles, vehicle{
		x: x, y: y, speed: speed, lane: lane, target: lane, targetSpeed: speed,
		exponent: r.Range(3.5, 4.5), timer: math.Mod((x+y)*math.Pi, changeDelay),
	})
}

// Step applies a meta-action and advances the world to the next decision, one second later.
func (e *Env) Step(action []float32) (policy.Result, error) {
	if len(e.vehicles) == 0 {
		return policy.Result{}, errors.New("highway: step before the first reset")
	}
	if err := e.spec.Action.Check(action); err != nil {
		return policy.Result{}, fmt.Errorf("highway: %w", err)
	}
	ego := &e.vehicles[0]
	ego.apply(Action(action[0]), e.config.Lanes)
	dt := 1 / float64(e.config.Ticks)
	for k := range e.config.Ticks {
		e.tick(dt)
		if e.recorder != nil {
			e.recorder.record(e.vehicles, clock.FromSeconds(float64(e.decision)+float64(k+1)*dt))
		}
	}
	e.decision++
	e.speeds += ego.speed
	return policy.Result{Reward: e.reward(), Terminated: ego.crashed, Truncated: e.decision >= e.config.Duration}, nil
}

// tick decides for all vehicles in order, moves them, and finds collisions. Later vehicles
// see the target lanes that earlier ones have just selected.
func (e *Env) tick(dt float64) {
	for i := range e.vehicles {
		if i == 0 {
			e.vehicles[0].control()
		} else {
			e.decide(i)
		}
	}
	for i := range e.vehicles {
		e.vehicles[i].move(dt, e.config.Lanes)
	}
	for i := range e.vehicles {
		if i > 0 && !e.config.AllCrash {
			break
		}
		for j := i + 1; j < len(e.vehicles); j++ {
			collide(&e.vehicles[i], &e.vehicles[j], dt)
		}
	}
}

// reward rates the present state: no collision, the right lane, and a speed of 20 to 30 m/s,
// normalized to 0..1; 0 off the lanes.
func (e *Env) reward() float64 {
	ego := &e.vehicles[0]
	if math.Abs(ego.offset(ego.lane)) > laneWidth/2 {
		return 0
	}
	r := .4 * min(max((ego.speed*math.Cos(ego.heading)-20)/10, 0), 1)
	r += .1 * float64(ego.target) / float64(max(e.config.Lanes-1, 1))
	if ego.crashed {
		r--
	}
	return (r + 1) / 1.5
}

// Ranges of the observation.
const (
	viewRange = 200.0 // m
	viewSpeed = 80.0  // m/s
	// Features is the number of columns of the observation: presence, x, y, vx, vy.
	Features = 5
)

// Observe writes the observation: one row for the ego, in absolute coordinates, and for
// each of the nearest vehicles within 200 m and at most 10 m behind, relative to the ego,
// sorted by distance along the road. Values are scaled and clipped to -1..1; missing rows
// are 0.
func (e *Env) Observe(arrays []policy.Array) {
	dst := arrays[0].Floats
	clear(dst)
	ego := &e.vehicles[0]
	e.row(dst, ego, &vehicle{})
	e.near = e.near[:0]
	for i := 1; i < len(e.vehicles); i++ {
		v := &e.vehicles[i]
		ahead := v.x - ego.x
		if ahead <= -2*length || math.Hypot(ahead, v.y-ego.y) >= viewRange {
			continue
		}
		// Insertion keeps the order of the list among equals.
		at := len(e.near)
		for at > 0 && math.Abs(e.vehicles[e.near[at-1]].x-ego.x) > math.Abs(ahead) {
			at--
		}
		e.near = append(e.near, 0)
		copy(e.near[at+1:], e.near[at:])
		e.near[at] = i
	}
	for k, i := range e.near[:min(len(e.near), e.config.ViewCount-1)] {
		e.row(dst[(k+1)*Features:], &e.vehicles[i], ego)
	}
}

// row writes one vehicle relative to an origin.
func (e *Env) row(dst []float32, v, origin *vehicle) {
	vx, vy := v.velocity()
	ox, oy := origin.velocity()
	scaled := func(x, reach float64) float32 { return float32(min(max(x/reach, -1), 1)) }
	dst[0] = 1
	dst[1] = scaled(v.x-origin.x, viewRange)
	dst[2] = scaled(v.y-origin.y, laneWidth*float64(e.config.Lanes))
	dst[3] = scaled(vx-ox, viewSpeed)
	dst[4] = scaled(vy-oy, viewSpeed)
}

// Measure writes the measures of the episode so far.
func (e *Env) Measure(dst []float64) {
	dst[0], dst[1] = 0, e.speeds/float64(max(e.decision, 1))
	if e.vehicles[0].crashed {
		dst[0] = 1
	}
}

// ActionNames returns the names of the meta-actions.
func (e *Env) ActionNames() []string { return []string{"left", "idle", "right", "faster", "slower"} }

// Summaries returns the crash rate and the mean speed, m/s.
func (e *Env) Summaries() []policy.Summary {
	return []policy.Summary{{Name: "crash rate", Of: []string{"crashed"}, Percent: true}, {Name: "m/s", Of: []string{"speed"}}}
}
