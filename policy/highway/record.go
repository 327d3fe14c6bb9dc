package highway

import (
	"fmt"
	"math"

	"roadloop/planning"
	"roadloop/policy"
	"roadloop/scenarios/metrics"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// shownLength is the length of the road in drive logs, m: no vehicle drives farther in the time
// of an episode.
const shownLength = 5000.0

// recorder keeps the drive log of an episode on a road of package road, with a step for each
// tick.
type recorder struct {
	roads *road.Map
	lanes []road.LaneID // from left to right
	log   *metrics.DriveLog
}

// Record makes the environment keep the drive log of the episodes that begin from now on, in
// roadloop's map frame.
func (e *Env) Record() error {
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: e.config.Lanes, OneWay: true, LaneWidth: laneWidth, Length: shownLength, SpeedLimit: speedLimit})
	if err != nil {
		return fmt.Errorf("highway: road of a drive log: %w", err)
	}
	at := road.LaneID(0)
	for m.Lanes[at].Left != road.None {
		at = m.Lanes[at].Left
	}
	e.recorder = &recorder{roads: m}
	for ; at != road.None; at = m.Lanes[at].Right {
		e.recorder.lanes = append(e.recorder.lanes, at)
	}
	return nil
}

// Log returns the drive log of the present episode so far. It is nil before Record.
func (e *Env) Log() *metrics.DriveLog {
	if e.recorder == nil {
		return nil
	}
	return e.recorder.log
}

// Ending describes how the present episode ended, and reports whether that is a failure.
func (e *Env) Ending() (text string, failed bool) {
	if e.vehicles[0].crashed {
		return "crash", true
	}
	return "time over", false
}

// begin begins the log of an episode.
func (r *recorder) begin(vehicles []vehicle) {
	r.log = &metrics.DriveLog{Map: r.roads, Route: planning.Route{Lanes: r.lanes[:1]}, Conditions: scene.Day(), Friction: 1}
	for i := range vehicles {
		name := "ego"
		if i > 0 {
			name = fmt.Sprintf("car %d", i)
		}
		r.log.Actors = append(r.log.Actors, metrics.LoggedActor{Name: name, Kind: actor.Car, Shape: actor.Shape{Length: length, Width: width, Height: 1.5}, Background: i > 0})
	}
	r.record(vehicles, 0)
}

// record adds a step.
func (r *recorder) record(vehicles []vehicle, now clock.Tick) {
	left := &r.roads.Lanes[r.lanes[0]].Center
	s := metrics.LoggedStep{Time: now, States: make([]actor.State, len(vehicles))}
	for i := range vehicles {
		v := &vehicles[i]
		at := left.Offset(v.x, -v.y)
		s.States[i] = actor.State{Pose: geom.Pose{X: at.X, Y: at.Y, Yaw: geom.WrapAngle(at.Yaw - v.heading)}, Speed: v.speed, Accel: v.accel, Steer: -v.steer}
	}
	ego := &vehicles[0]
	s.Lane, s.S, s.D, s.Progress = r.lanes[ego.lane], ego.x, -ego.offset(ego.lane), ego.x
	if n := len(r.log.Steps); ego.crashed && n > 0 && len(r.log.Events) == 0 {
		r.log.Events = append(r.log.Events, crash(vehicles, &s))
	}
	r.log.Steps = append(r.log.Steps, s)
}

// crash returns the collision of the ego with the nearest vehicle that crashed.
func crash(vehicles []vehicle, s *metrics.LoggedStep) sim.Event {
	other, nearest := 0, math.Inf(1)
	for i := 1; i < len(vehicles); i++ {
		v := &vehicles[i]
		if d := math.Hypot(v.x-vehicles[0].x, v.y-vehicles[0].y); v.crashed && d < nearest {
			other, nearest = i, d
		}
	}
	impact := sim.EgoSide
	switch dx := vehicles[other].x - vehicles[0].x; {
	case math.Abs(vehicles[other].y-vehicles[0].y) > width:
	case dx > 0:
		impact = sim.EgoFront
	default:
		impact = sim.EgoRear
	}
	return sim.Event{Time: s.Time, Kind: sim.Collision, Actor: actor.ID(other), Lane: road.None, Impact: impact,
		Value: math.Abs(vehicles[0].speed - vehicles[other].speed), Ego: s.States[0], Other: s.States[other]}
}

// Sight returns an observation for people: the rows of other vehicles, in the vehicle frame.
func (e *Env) Sight(obs []policy.Array) policy.Sight {
	var s policy.Sight
	rows := obs[0].Floats
	for k, name := range []string{"", "position along the road", "position across the road", "speed along the road", "speed across the road"} {
		if k > 0 {
			s.Values = append(s.Values, policy.SeenValue{Name: name, Value: float64(rows[k])})
		}
	}
	heading := math.Atan2(float64(rows[4]), float64(rows[3]))
	sin, cos := math.Sincos(heading)
	for i := 1; i < e.config.ViewCount; i++ {
		r := rows[i*Features : (i+1)*Features]
		if r[0] == 0 {
			continue
		}
		x, y := float64(r[1])*viewRange, -float64(r[2])*laneWidth*float64(e.config.Lanes)
		vx, vy := float64(r[3])*viewSpeed, -float64(r[4])*viewSpeed
		s.Users = append(s.Users, policy.SeenUser{
			Pose:     geom.Pose{X: cos*x - sin*y, Y: sin*x + cos*y, Yaw: heading},
			Velocity: geom.Vec{X: cos*vx - sin*vy, Y: sin*vx + cos*vy}, Length: length, Width: width,
		})
	}
	return s
}
