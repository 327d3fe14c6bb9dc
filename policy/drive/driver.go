package drive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"roadloop"
	"roadloop/policy"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// Thinker decides for one observation at a time, such as learn.Policy.
type Thinker interface {
	ThinkInto(t *policy.Thought, obs []policy.Array) error
}

// Engine runs a policy for the drivers that share it, which take turns.
type Engine struct {
	mu     sync.Mutex
	policy Thinker
}

// NewEngine returns an engine for a policy.
func NewEngine(p Thinker) *Engine { return &Engine{policy: p} }

func (x *Engine) think(t *policy.Thought, obs []policy.Array) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.policy.ThinkInto(t, obs)
}

// Driver is a policy in a world that others step: a roadloop.Driver. It makes the
// observations of a task, decides at the rate of the task, and turns the action into commands.
//
// A driver is privileged: it knows its place on the route exactly, and all observations but
// camera frames and the perceived scene are ground truth from the world of the context; see
// sim.WithWorld. Camera frames come from a sensor of the car, with its rate, latency, noise and
// faults. In training they are without these. The perceived scene is made of the messages that
// the driver receives, as in training.
//
// Episodes of training end at the goal, so a policy does not learn what to do there: the
// driver brakes for the end of the route, as the modular stack does.
type Driver struct {
	env     *Env
	engine  *Engine
	sensors []string   // of the camera observations, "" for others
	frames  [][]byte   // the newest ones, by observation; empty before the first
	decided bool       // at least once
	next    clock.Tick // time of the next decision
	obs     []policy.Array
	thought policy.Thought
	view    roadloop.PolicyView
}

var _ roadloop.Driver = (*Driver)(nil)

// CanDrive returns an error if policies of the task cannot be drivers, which decide every 50 ms
// or a whole multiple of it.
func (t *Task) CanDrive() error {
	if t.config.period()%clock.DriverPeriod != 0 {
		return fmt.Errorf("drive: %s decides %g times a second, which are no whole number of steps of a driver, 50 ms", t.spec.Task, t.config.Rate)
	}
	return nil
}

// Spec returns the description of the task for policies.
func (t *Task) Spec() *policy.Spec { return &t.spec }

// UsesCamera reports whether policies of the task see camera frames.
func (t *Task) UsesCamera() bool {
	return slices.ContainsFunc(t.spec.Observation, func(s policy.Space) bool { return s.Name == Camera96 || s.Name == Camera320 })
}

// UsesSensors reports whether policies of the task need messages of sensors.
func (t *Task) UsesSensors() bool { return t.UsesCamera() || t.config.perceives() }

// Driver returns a driver for a case with an engine that runs a policy of the task. For camera
// frames it adds sensors to the rig of the case, each like the front camera but for the size
// of the image, unless that is the same.
func (t *Task) Driver(c *roadloop.Case, x *Engine) (*Driver, error) {
	if err := t.CanDrive(); err != nil {
		return nil, err
	}
	env, err := t.attach(c)
	if err != nil {
		return nil, err
	}
	d := &Driver{env: env, engine: x, obs: policy.NewArrays(t.spec.Observation, 1)}
	if p := env.view.perceived; p != nil {
		if err := p.begin(c); err != nil {
			return nil, fmt.Errorf("drive: %w", err)
		}
	}
	if err := d.mount(&c.Rig); err != nil {
		return nil, fmt.Errorf("drive: %w", err)
	}
	d.view = roadloop.PolicyView{Task: t.spec.Task, Choices: t.config.choices()}
	for i := range t.spec.Observation {
		a := viewOf(&t.spec.Observation[i])
		if cam := d.env.view.cameras[i]; cam != nil {
			a.Colors = cam.colors
		}
		d.view.Observation = append(d.view.Observation, a)
	}
	d.view.Action = viewOf(&t.spec.Action)
	return d, nil
}

// attach returns an environment in a case with a world that others step.
func (t *Task) attach(c *roadloop.Case) (*Env, error) {
	way, err := newCourse(c.World.Map, c.Route.Lanes, c.World.Ego.Start.S, c.Route.GoalS)
	if err != nil {
		return nil, fmt.Errorf("drive: %w", err)
	}
	e := newEnv(t)
	e.pilot.car = c.Car()
	e.episode = &episode{site: &site{m: c.World.Map}, course: way}
	return e, nil
}

func viewOf(s *policy.Space) roadloop.PolicyArray {
	return roadloop.PolicyArray{Name: s.Name, Shape: s.Shape, Low: s.Low, High: s.High}
}

// mount adds the sensors of the camera observations to a rig.
func (d *Driver) mount(c *rig.Config) error {
	cameras := d.env.view.cameras
	d.sensors, d.frames = make([]string, len(cameras)), make([][]byte, len(cameras))
	for i, cam := range cameras {
		if cam == nil {
			continue
		}
		front, model, err := c.Camera("")
		if err != nil {
			return fmt.Errorf("the observation %s needs a camera: %w", d.env.view.names[i], err)
		}
		if model.Calibration == cam.cal && !cam.coarse {
			d.sensors[i] = front.Name
			continue
		}
		mine := *front
		model.Calibration, model.Coarse = cam.cal, cam.coarse
		mine.Name, mine.Model = "policy-"+d.env.view.names[i], model
		c.Sensors = append(c.Sensors, mine)
		d.sensors[i] = mine.Name
	}
	return nil
}

// Drive returns the command for the next 50 ms, and decides first if it is time. Before the
// first camera frame, and before the perception knows where the car is, the car rolls on.
func (d *Driver) Drive(ctx context.Context, obs *sensor.Observation) (roadloop.Decision, error) {
	w, ok := sim.WorldFrom(ctx)
	if !ok {
		return roadloop.Decision{}, errors.New("drive: the policy needs ground truth, which the context does not carry")
	}
	e := d.env
	e.world = w
	d.receive(obs)
	if p := e.view.perceived; p != nil {
		if err := p.perceive(ctx, obs); err != nil {
			return roadloop.Decision{}, fmt.Errorf("drive: %w", err)
		}
	}
	decides := obs.Now >= d.next && !d.waits()
	if decides {
		if err := d.decide(obs.Now); err != nil {
			return roadloop.Decision{}, err
		}
	}
	if !d.decided {
		return roadloop.Decision{Command: vehicle.Command{Steer: w.Ego().State.Steer}}, nil
	}
	cmd := e.command(decides)
	if brake := e.brakeForEnd(); brake > 0 {
		cmd.Accel = min(cmd.Accel, -brake)
	}
	return roadloop.Decision{Command: cmd, Policy: &d.view}, nil
}

// receive keeps the newest camera frames.
func (d *Driver) receive(obs *sensor.Observation) {
	for i, name := range d.sensors {
		if name == "" {
			continue
		}
		if f := obs.Frame(name); f != nil {
			d.frames[i] = append(d.frames[i][:0], f.Pix...)
		}
	}
}

// waits reports whether a camera has not delivered its first frame yet, or the place of the car
// is unknown.
func (d *Driver) waits() bool {
	if p := d.env.view.perceived; p != nil && !p.located {
		return true
	}
	for i, name := range d.sensors {
		if name != "" && len(d.frames[i]) == 0 {
			return true
		}
	}
	return false
}

// decide observes, thinks and acts.
func (d *Driver) decide(now clock.Tick) error {
	e := d.env
	if d.decided {
		e.follow()
	} else {
		e.enter(e.episode, 0)
		if now > 0 {
			e.course.find(&e.world.Ego().State, e.front)
		}
	}
	for i, c := range e.view.cameras {
		switch {
		case c == nil:
		case d.decided:
			c.push(d.frames[i])
		default:
			c.fill(d.frames[i])
		}
	}
	e.Observe(d.obs)
	if err := d.engine.think(&d.thought, d.obs); err != nil {
		return fmt.Errorf("drive: %w", err)
	}
	copy(e.last, d.thought.Action)
	e.pilot.apply(e, e.last)
	d.decided, d.next = true, now+e.task.config.period()
	d.show(now)
	return nil
}

// show makes the view that of the present decision.
func (d *Driver) show(now clock.Tick) {
	v, t := &d.view, &d.thought
	v.Time = now
	for i := range d.obs {
		v.Observation[i].Floats, v.Observation[i].Bytes = d.obs[i].Floats, d.obs[i].Bytes
	}
	v.Action.Floats = t.Action
	v.Probabilities, v.Values, v.Mean, v.Std = t.Probabilities, t.Values, t.Mean, t.Std
	v.Value, v.Valued = t.Value, t.Valued
}

// brakeForEnd returns the deceleration that stops the car at the end of the route and holds it
// there, m/s²; 0 far from it.
func (e *Env) brakeForEnd() float64 {
	const near = .5 // m
	c, v := e.course, e.world.Ego().State.Speed
	left := c.total - c.progress() - e.front
	if need := v * v / (2 * max(left, near)); need > gentle || left < near {
		return min(max(need, gentle), fullBrake)
	}
	return 0
}

// Clone returns a driver that goes on exactly as d would. The two share the engine.
func (d *Driver) Clone() roadloop.Driver {
	c := *d
	c.env = d.env.clone()
	c.frames = slices.Clone(d.frames)
	for i := range c.frames {
		c.frames[i] = slices.Clone(c.frames[i])
	}
	c.obs = policy.NewArrays(d.env.task.spec.Observation, 1)
	for i := range c.obs {
		copy(c.obs[i].Floats, d.obs[i].Floats)
		copy(c.obs[i].Bytes, d.obs[i].Bytes)
	}
	c.thought = d.thought.Clone()
	c.view.Observation = slices.Clone(d.view.Observation)
	c.show(d.view.Time)
	return &c
}

// Stack returns nil: a policy has no layers.
func (d *Driver) Stack() *roadloop.Stack { return nil }

// clone returns a copy of an environment in a world that others step.
func (e *Env) clone() *Env {
	c := *e
	episode, way := *e.episode, *e.course
	c.episode, episode.course = &episode, &way
	c.last = slices.Clone(e.last)
	c.view.cameras = slices.Clone(e.view.cameras)
	for i, cam := range c.view.cameras {
		if cam != nil {
			copied := *cam
			copied.stack = slices.Clone(cam.stack)
			c.view.cameras[i] = &copied
		}
	}
	if p := e.view.perceived; p != nil {
		c.view.perceived = p.clone()
	}
	return &c
}
