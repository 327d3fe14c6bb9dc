package drive

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"roadloop/planning/route"
	"roadloop/policy"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// Names of baselines: drivers without learning, with which policies are compared. Those that
// drive know the world as it is.
const (
	// RandomActions draws uniform actions.
	RandomActions = "random"
	// ConstantAction goes straight on at the present speed.
	ConstantAction = "constant"
	// LaneFollowing follows the route at the speed limit, stops at red lights and stop signs,
	// and brakes fully if at constant velocities it would hit a road user.
	LaneFollowing = "lane-following"
	// CarFollowing follows the route and the car ahead by IDM, changes lanes by MOBIL, and
	// stops at red lights and stop signs.
	CarFollowing = "idm-mobil"
)

// Baselines lists the names of the baselines.
func Baselines() []string {
	return []string{RandomActions, ConstantAction, LaneFollowing, CarFollowing}
}

var _ policy.Guided = (*Env)(nil)

// Baseline is a driver without learning for one environment at a time, with any control.
type Baseline struct {
	name    string
	random  rng.Stream
	decide  func(b *Baseline, e *Env) float64 // the acceleration; may change lane
	lane    float64                           // wanted offset from the line of the route, m
	offset  float64                           // on the way to it, m
	line    int                               // of the course, at the last decision
	changed int                               // decision of the last lane change
}

// NewBaseline returns a baseline by name.
func NewBaseline(name string) (*Baseline, error) {
	b := &Baseline{name: name}
	switch name {
	case RandomActions, ConstantAction:
	case LaneFollowing:
		b.decide = (*Baseline).followLane
	case CarFollowing:
		b.decide = (*Baseline).followCar
	default:
		return nil, fmt.Errorf("drive: unknown baseline %q, want %s", name, strings.Join(Baselines(), ", "))
	}
	return b, nil
}

// Baselines returns the names of the baselines that drive.
func (e *Env) Baselines() []string { return []string{LaneFollowing, CarFollowing} }

// Baseline writes the action of a baseline, which must act from the start of an episode on.
func (e *Env) Baseline(name string, action []float32) error {
	b, ok := e.guides[name]
	if !ok {
		var err error
		if b, err = NewBaseline(name); err != nil {
			return err
		}
		if e.guides == nil {
			e.guides = map[string]*Baseline{}
		}
		e.guides[name] = b
	}
	b.Act(e, action)
	return nil
}

// Act writes the action for the present state of an environment.
func (b *Baseline) Act(e *Env, action []float32) {
	if e.decision == 0 {
		b.begin(e)
	}
	space := &e.task.spec.Action
	if b.name == RandomActions {
		for i := range action {
			if space.Kind == policy.Discrete {
				action[i] = float32(b.random.IntN(space.N))
			} else {
				action[i] = float32(b.random.Range(space.Low, space.High))
			}
		}
		return
	}
	if b.name == ConstantAction {
		clear(action)
		if e.pilot.control == Trajectory {
			b.write(e, action, 0, func(_, d float64) geom.Vec { return geom.Vec{X: d} })
		}
		return
	}
	b.update(e)
	accel := b.decide(b, e)
	switch e.pilot.control {
	case Meta:
		action[0] = float32(b.maneuver(e, accel))
	case Trajectory:
		pose := e.world.Ego().State.Pose
		b.write(e, action, accel, func(t, d float64) geom.Vec { return pose.ToLocal(b.point(e, t, d)) })
	default:
		action[0] = b.steering(e)
		if action[1] = clip(accel / fullThrottle); accel < 0 {
			action[1] = clip(accel / fullBrake)
		}
	}
}

func (b *Baseline) begin(e *Env) {
	b.random = rng.New(e.seed, "baseline", b.name)
	b.lane, b.offset, b.line, b.changed = 0, e.course.d, e.course.at, 0
}

// update follows the lines of the route.
func (b *Baseline) update(e *Env) {
	c := e.course
	if c.at != b.line { // the wanted lane is now the line itself
		b.offset, b.lane, b.line = c.d, 0, c.at
	}
	if c.side != 0 && c.s+c.line().base > c.lines[c.at+1].base {
		b.lane = float64(c.side) * e.laneWidth()
	}
	if c.side == 0 && !b.open(e, b.lane) {
		b.lane = 0
	}
	step := followShift / e.task.config.Rate
	b.offset += max(-step, min(step, b.lane-b.offset))
}

// open reports whether there is a lane of the route's direction at an offset from the line,
// now and as far ahead as a lane change needs.
func (b *Baseline) open(e *Env, offset float64) bool {
	c := e.course
	ahead := c.line().At(min(c.s+max(50, 7*e.world.Ego().State.Speed), c.start+c.total))
	half := e.laneWidth()/2 - .3
	left, right := min(c.here.Left, ahead.Left), min(c.here.Right, ahead.Right)
	return offset == 0 || offset+half <= left && -offset+half <= right
}

// point returns the point after t seconds and d meters along the wanted lane, in the map.
func (b *Baseline) point(e *Env, t, d float64) geom.Vec {
	at := e.course.line().At(e.course.s + d)
	off := b.offset + max(-followShift*t, min(followShift*t, b.lane-b.offset))
	return at.Pose.ToWorld(geom.Vec{Y: off})
}

// steering returns the action that steers toward a point ahead (pure pursuit).
func (b *Baseline) steering(e *Env) float32 {
	s := &e.world.Ego().State
	ahead := lookAhead(s.Speed)
	return e.pilot.pursue(s, b.point(e, ahead/max(s.Speed, 1), ahead))
}

// maneuver returns the maneuver toward the wanted lane and acceleration.
func (b *Baseline) maneuver(e *Env, accel float64) Maneuver {
	p := &e.pilot
	half := e.laneWidth() / 2
	want := e.world.Ego().State.Speed + accel
	switch {
	case b.lane > p.lane+half:
		return Left
	case b.lane < p.lane-half:
		return Right
	case want > p.speed+p.step/2:
		return Faster
	case want < p.speed-p.step/2:
		return Slower
	}
	return Keep
}

// write writes waypoints under an acceleration; at returns the point after a time and a
// distance, in the vehicle frame.
func (b *Baseline) write(e *Env, action []float32, accel float64, at func(t, d float64) geom.Vec) {
	v := e.world.Ego().State.Speed
	for i := range NumWaypoints {
		t := waypointTime.Seconds() * float64(i+1)
		moving := t
		if accel < 0 {
			moving = min(t, -v/accel)
		}
		action[2*i], action[2*i+1] = waypointAction(i, at(t, v*moving+accel*moving*moving/2))
	}
}

// cruise returns the acceleration toward the speed that the road allows.
func (b *Baseline) cruise(e *Env) float64 {
	v := e.world.Ego().State.Speed
	want := min(e.course.here.Limit, e.course.allowed(e.course.s+.5*v))
	return max(-followBrake, min(followAccel, want-v))
}

// model are the parameters of a driver behind others.
func model(v0 float64) vehicle.IDM {
	return vehicle.IDM{V0: max(v0, 1), T: 1.2, S0: 2, A: followAccel, B: 2, Delta: 4}
}

// stopLine returns the acceleration before the next stop line, +Inf if it needs no stop.
func (b *Baseline) stopLine(e *Env) float64 {
	c := e.course
	l := c.line()
	if c.stop >= len(l.Stops) {
		return math.Inf(1)
	}
	v, s := e.world.Ego().State.Speed, &l.Stops[c.stop]
	gap := s.S - c.s - e.front
	needed := v * v / (2 * max(gap, .1))
	light := e.light(s.Signal)
	switch {
	case light == road.Red, light == road.Amber && (needed < 3 || v < 2):
	case s.Control == road.StopSign && !c.stopped:
	default:
		return math.Inf(1)
	}
	m := model(c.here.Limit)
	return m.Accel(v, max(gap+1, .1), 0)
}

// followLane is LaneFollowing.
func (b *Baseline) followLane(e *Env) float64 {
	if b.collides(e) {
		return -fullBrake
	}
	return max(-fullBrake, min(b.cruise(e), b.stopLine(e)))
}

// collides reports whether the ego, along the route at its present speed, would hit a road
// user at constant velocity before it can stop.
func (b *Baseline) collides(e *Env) bool {
	ego := e.world.Ego()
	v := ego.State.Speed
	const dt, margin = .2, .3
	horizon := 1 + v/(.7*fullBrake)
	for t := 0.0; t <= horizon; t += dt {
		at := e.course.line().At(e.course.s + v*t).Pose
		box := geom.OBB{Center: b.point(e, t, v*t).Add(at.Forward().Scale(ego.Shape.RearToCenter)), Yaw: at.Yaw, Length: ego.Shape.Length + 2*margin, Width: ego.Shape.Width + 2*margin}
		for i := range e.near.list[:e.near.n] {
			u := &e.near.list[i]
			if u.x < 0 && t == 0 {
				continue
			}
			other := u.actor.Box()
			other.Center = other.Center.Add(u.actor.Velocity().Scale(t))
			if u.x > 0 && geom.Overlap(box, other) {
				return true
			}
		}
	}
	return false
}

// place is a road user along the course.
type place struct {
	gap, speed, accel float64 // bumper to bumper, negative behind the ego
	found             bool
}

// around returns the road users ahead and behind on the lane at an offset from the line.
func (b *Baseline) around(e *Env, offset float64) (lead, rear place) {
	ego := e.world.Ego()
	c := e.course
	for i := range e.near.list[:e.near.n] {
		u := &e.near.list[i]
		center := u.actor.Box().Center
		s, d := c.line().Refine(center, c.s+u.x+ego.Shape.RearToCenter)
		if math.Abs(d-offset) > (u.actor.Shape.Width+ego.Shape.Width)/2+.4 {
			continue
		}
		along := s - c.s - ego.Shape.RearToCenter
		half := (u.actor.Shape.Length + ego.Shape.Length) / 2
		speed := u.actor.State.Speed * math.Cos(u.actor.State.Pose.Yaw-c.line().At(s).Pose.Yaw)
		switch p := (place{math.Abs(along) - half, max(0, speed), u.actor.State.Accel, true}); {
		case along >= 0 && (!lead.found || p.gap < lead.gap):
			lead = p
		case along < 0 && (!rear.found || p.gap < rear.gap):
			rear = p
		}
	}
	return lead, rear
}

// behind returns the acceleration at speed v behind a lead.
func behind(m *vehicle.IDM, v float64, lead *place, gap float64) float64 {
	if !lead.found {
		return m.FreeAccel(v)
	}
	return m.Accel(v, max(gap, .1), lead.speed)
}

// followCar is CarFollowing.
func (b *Baseline) followCar(e *Env) float64 {
	v := e.world.Ego().State.Speed
	m := model(e.course.here.Limit)
	lead, rear := b.around(e, b.lane)
	if b.considerChange(e, &m, &lead, &rear) {
		lead, _ = b.around(e, b.lane)
	}
	accel := min(b.cruise(e), behind(&m, v, &lead, lead.gap))
	if math.Abs(b.lane-b.offset) > 1 { // still on the former lane
		if old, _ := b.around(e, e.course.d); old.found {
			accel = min(accel, behind(&m, v, &old, old.gap))
		}
	}
	return max(-fullBrake, min(accel, b.stopLine(e)))
}

// considerChange changes the wanted lane if that is worth it, and reports whether it did.
func (b *Baseline) considerChange(e *Env, m *vehicle.IDM, lead, rear *place) bool {
	const pause = 3.0 // s
	c := e.course
	width := e.laneWidth()
	if e.lane().Junction >= 0 || math.Abs(b.lane-c.d) > .5 || c.side != 0 || float64(e.decision-b.changed) < pause*e.task.config.Rate {
		return false
	}
	if end := c.s + 80; c.line().LaneAt(end) != c.line().LaneAt(c.s) && junctionAhead(e, end) {
		return false
	}
	p := traffic.DefaultMOBIL()
	v := e.world.Ego().State.Speed
	for _, side := range [...]float64{1, -1} {
		to := b.lane + side*width
		if !b.open(e, to) {
			continue
		}
		newLead, newRear := b.around(e, to)
		if newLead.found && newLead.gap < 1 || newRear.found && newRear.gap < 1 {
			continue
		}
		x := traffic.ChangeEffect{Own: behind(m, v, lead, lead.gap), OwnAfter: behind(m, v, &newLead, newLead.gap)}
		me := place{speed: v, found: true}
		if newRear.found {
			between := place{speed: newLead.speed, found: newLead.found}
			x.New, x.NewAfter = behind(m, newRear.speed, &between, newRear.gap+newLead.gap+e.world.Ego().Shape.Length), behind(m, newRear.speed, &me, newRear.gap)
		}
		if rear.found {
			x.Old = behind(m, rear.speed, &me, rear.gap)
			x.OldAfter = behind(m, rear.speed, lead, rear.gap+lead.gap+e.world.Ego().Shape.Length)
		}
		if p.Safe(&x) && p.Worth(&x, side > 0) {
			b.lane, b.changed = to, e.decision
			return true
		}
	}
	return false
}

// junctionAhead reports whether the line crosses a junction before s.
func junctionAhead(e *Env, s float64) bool {
	c := e.course
	return slices.ContainsFunc(c.line().Pieces, func(p route.Piece) bool {
		return p.End > c.s && p.Start < s && e.site.m.Lanes[p.Lane].Junction >= 0
	})
}
