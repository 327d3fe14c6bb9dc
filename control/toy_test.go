package control_test

import (
	"context"
	"math"
	"testing"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/prediction"
	"roadloop/planning/trajectory"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// latency is the delay of the toy loop's perception of others. Like fusion,
// perceive compensates it at constant velocity.
const latency = 12 // ticks

// other is a scripted road user.
type other struct {
	class         perception.Class
	pose          geom.Pose // of the center
	speed         float64
	length, width float64
	// step moves it by dt; nil means straight on.
	step func(o *other, d *drive, dt float64)

	past [latency + 1]perception.Track
	age  clock.Tick
}

func car(x, y, yaw, speed float64) *other {
	return &other{class: perception.Car, pose: geom.Pose{X: x, Y: y, Yaw: yaw}, speed: speed, length: 4.5, width: 1.8}
}

func walker(x, y, yaw, speed float64) *other {
	return &other{class: perception.Pedestrian, pose: geom.Pose{X: x, Y: y, Yaw: yaw}, speed: speed, length: 0.5, width: 0.6}
}

func (o *other) track(id int) perception.Track {
	return perception.Track{
		ID: int32(id), Class: o.class, Pose: o.pose, Vel: o.pose.Forward().Scale(o.speed),
		Length: o.length, Width: o.width, Existence: 0.99, Age: o.age,
	}
}

func (o *other) move(d *drive) {
	if o.step != nil {
		o.step(o, d, clock.Step)
	}
	p := o.pose.Pos().Add(o.pose.Forward().Scale(o.speed * clock.Step))
	o.pose.X, o.pose.Y = p.X, p.Y
	o.age++
}

// drive is the toy closed loop: a dynamic single-track car with actuator lag,
// driven by the complete driving stack, and other road users that are perceived
// with latency.
type drive struct {
	t      *testing.T
	m      *road.Map
	others []*other
	lights func(now clock.Tick) road.SignalState
	// veil reports whether a track is occluded.
	veil func(o *other, d *drive) bool

	plant      vehicle.Plant
	predictor  *prediction.Predictor
	planner    *trajectory.Planner
	controller *control.Stanley
	guard      *control.AEB

	now   clock.Tick
	scene perception.Scene
	plan  *planning.Plan
	cmd   vehicle.Command

	crashed    bool
	braked     bool    // the guard intervened
	hardest    float64 // deceleration, m/s²
	off, worst float64 // distance from the lane center, current and maximum, m
	sideways   float64 // lateral acceleration, m/s²
}

// begin places the car at s on the first of lanes, which are its route.
func begin(t *testing.T, m *road.Map, lanes []road.LaneID, s, speed float64, others ...*other) *drive {
	t.Helper()
	d := &drive{t: t, m: m, others: others}
	params := vehicle.BMW320i()
	d.plant = vehicle.Plant{Params: params, Actuators: vehicle.DefaultActuators()}
	d.plant.Place(m.Lanes[lanes[0]].Center.At(s), speed)
	d.predictor = prediction.New(m)
	var err error
	r := planning.Route{Lanes: lanes}
	if d.planner, err = trajectory.New(trajectory.Config{Map: m, Route: r}); err != nil {
		t.Fatal(err)
	}
	if d.guard, err = control.NewAEB(control.AEBConfig{Map: m, Route: r}); err != nil {
		t.Fatal(err)
	}
	d.controller = control.NewStanley(&params)
	return d
}

// run drives for the given time or until done.
func (d *drive) run(seconds float64, done func() bool) {
	d.t.Helper()
	for end := d.now + clock.FromSeconds(seconds); d.now < end; d.now++ {
		if d.now%clock.DriverPeriod == 0 {
			d.decide()
			if done != nil && done() {
				return
			}
		}
		d.plant.Step(d.cmd, 0.9)
		for _, o := range d.others {
			copy(o.past[1:], o.past[:latency])
			o.past[0] = o.track(0)
			o.move(d)
			body := o.track(0)
			d.crashed = d.crashed || geom.Overlap(d.box(), body.Box())
		}
		m := d.plant.Motion()
		d.hardest = math.Max(d.hardest, -m.Accel)
		d.sideways = math.Max(d.sideways, math.Abs(m.YawRate*m.Speed))
	}
}

func (d *drive) box() geom.OBB {
	p := d.plant.Motion().Pose.ToWorld(geom.Vec{X: d.plant.Params.Wheelbase() / 2})
	return geom.OBB{Center: p, Yaw: d.plant.Motion().Pose.Yaw, Length: d.plant.Params.Length, Width: d.plant.Params.Width}
}

// front returns the x of the front bumper.
func (d *drive) front() float64 {
	return d.plant.Motion().Pose.ToWorld(geom.Vec{X: d.plant.Params.Wheelbase()/2 + d.plant.Params.Length/2}).X
}

func (d *drive) speed() float64 { return d.plant.Motion().Speed }

// decide runs the stack once.
func (d *drive) decide() {
	d.perceive()
	cast := d.predictor.Predict(context.Background(), &d.scene)
	plan, err := d.planner.Plan(context.Background(), &d.scene, cast)
	if err != nil {
		d.t.Fatal(err)
	}
	d.plan = plan
	want := d.controller.Control(&d.scene.Ego, plan)
	cmd, why := d.guard.Guard(context.Background(), &d.scene, want)
	if why.Active && !d.braked {
		d.braked = true
		d.t.Logf("%v: %s (plan: %s)", d.now, why.Reason, plan.Reason)
	}
	d.cmd = cmd
	if testing.Verbose() && d.now%50 == 0 {
		m := d.plant.Motion()
		d.t.Logf("%v x=%.1f y=%.2f d=%.2f v=%.2f a=%.2f δ=%.4f | %s: %s", d.now, m.Pose.X, m.Pose.Y, d.off, m.Speed, m.Accel, m.Steer,
			plan.Proposals[plan.Chosen].Name, plan.Reason)
	}
}

// perceive updates the scene: the exact ego, and the others with latency.
func (d *drive) perceive() {
	s := &d.scene
	m := d.plant.Motion()
	s.Time = d.now
	s.Ego = perception.Ego{Pose: m.Pose, Speed: m.Speed, Accel: m.Accel, YawRate: m.YawRate, Steer: m.Steer, PosStd: 0.05}
	s.Tracks = s.Tracks[:0]
	for i, o := range d.others {
		if o.age <= latency || d.veil != nil && d.veil(o, d) {
			o.age = min(o.age, latency)
			continue
		}
		t := o.past[latency]
		t.ID = int32(i + 1)
		t.Age = o.age - latency
		late := t.Vel.Scale(float64(latency) * clock.Step)
		t.Pose.X, t.Pose.Y = t.Pose.X+late.X, t.Pose.Y+late.Y
		s.Tracks = append(s.Tracks, t)
	}
	s.Signals = s.Signals[:0]
	for i := range d.m.Signals {
		sig := perception.Signal{ID: road.SignalID(i), Confidence: 1, Seen: d.now}
		if d.lights != nil {
			sig.State = d.lights(d.now)
		}
		s.Signals = append(s.Signals, sig)
	}
	if _, _, off, ok := d.m.NearestAligned(m.Pose); ok {
		d.off, d.worst = off, math.Max(d.worst, math.Abs(off))
	}
}

func generate(t *testing.T, p road.Params) *road.Map {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
