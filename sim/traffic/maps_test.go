package traffic_test

import (
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/traffic"
)

// scene is traffic with its environment: an ego far away, and actors.
type scene struct {
	env traffic.Env
	t   *traffic.Traffic
	ego actor.Actor
}

func newScene(m *road.Map) *scene {
	if err := m.Build(); err != nil {
		panic(err)
	}
	s := &scene{t: traffic.New(m)}
	s.ego = actor.Actor{Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: geom.Pose{X: -9e3, Y: -9e3}}}
	s.env.Ego = &s.ego
	s.env.Signals = make([]road.SignalState, len(m.Signals))
	return s
}

func (s *scene) add(k actor.Kind) *actor.Actor {
	s.env.Actors = append(s.env.Actors, actor.Actor{ID: actor.ID(len(s.env.Actors) + 1), Kind: k, Shape: actor.DefaultShape(k)})
	return &s.env.Actors[len(s.env.Actors)-1]
}

func (s *scene) drive(t *testing.T, k actor.Kind, cfg traffic.DriverConfig) int {
	t.Helper()
	if err := s.t.AddDriver(s.add(k), cfg); err != nil {
		t.Fatal(err)
	}
	return len(s.env.Actors) - 1
}

func (s *scene) walk(t *testing.T, cfg traffic.PedestrianConfig) int {
	t.Helper()
	if err := s.t.AddPedestrian(s.add(actor.Pedestrian), cfg); err != nil {
		t.Fatal(err)
	}
	return len(s.env.Actors) - 1
}

func (s *scene) stand(k actor.Kind, pose geom.Pose) int {
	s.add(k).State.Pose = pose
	s.t.AddStatic()
	return len(s.env.Actors) - 1
}

// run advances by seconds and calls watch, if any, after each tick.
func (s *scene) run(seconds float64, watch func()) {
	for range clock.FromSeconds(seconds) {
		s.env.Now++
		s.t.Step(&s.env)
		if watch != nil {
			watch()
		}
	}
}

func (s *scene) speed(i int) float64 { return s.env.Actors[i].State.Speed }

// lane returns a complete lane through pts.
func lane(id road.LaneID, limit float64, pts ...geom.Vec) road.Lane {
	c, err := geom.NewPolyline(pts)
	if err != nil {
		panic(err)
	}
	return road.Lane{ID: id, Center: c, Width: 3.5, SpeedLimit: limit, Left: road.None, Right: road.None,
		Opposite: road.None, Junction: -1, Signal: road.NoSignal, StopS: c.Length()}
}

// straight returns n parallel lanes along x, lane 0 rightmost.
func straight(n int, length, limit float64) *road.Map {
	m := &road.Map{Name: "straight"}
	for i := range n {
		y := 3.5 * float64(i)
		l := lane(road.LaneID(i), limit, geom.Vec{Y: y}, geom.Vec{X: length, Y: y})
		l.LeftMark.Kind, l.RightMark.Kind = road.MarkDashed, road.MarkDashed
		if i > 0 {
			l.Right = road.LaneID(i - 1)
		}
		if i < n-1 {
			l.Left = road.LaneID(i + 1)
		}
		m.Lanes = append(m.Lanes, l)
	}
	return m
}

// ring returns one lane that closes on itself after about length meters.
func ring(length float64) *road.Map {
	const n = 720
	pts := make([]geom.Vec, n+1)
	for i := range pts {
		pts[i] = geom.Unit(2 * math.Pi * float64(i) / n).Scale(length / (2 * math.Pi))
	}
	l := lane(0, 200, pts...)
	l.Next, l.Prev = []road.LaneID{0}, []road.LaneID{0}
	return &road.Map{Name: "ring", Lanes: []road.Lane{l}}
}

// crossroads returns two one-way roads that cross at the origin: lanes 0, 1, 2
// from west to east, and 3, 4, 5 from south to north, which gives way.
func crossroads(control road.Control) *road.Map {
	m := &road.Map{Name: "crossroads"}
	m.Lanes = []road.Lane{
		lane(0, 15, geom.Vec{X: -150}, geom.Vec{X: -10}), lane(1, 15, geom.Vec{X: -10}, geom.Vec{X: 10}),
		lane(2, 15, geom.Vec{X: 10}, geom.Vec{X: 150}),
		lane(3, 15, geom.Vec{Y: -150}, geom.Vec{Y: -10}), lane(4, 15, geom.Vec{Y: -10}, geom.Vec{Y: 10}),
		lane(5, 15, geom.Vec{Y: 10}, geom.Vec{Y: 150}),
	}
	for _, k := range [2]road.LaneID{0, 3} {
		m.Lanes[k].Next, m.Lanes[k+1].Prev = []road.LaneID{k + 1}, []road.LaneID{k}
		m.Lanes[k+1].Next, m.Lanes[k+2].Prev = []road.LaneID{k + 2}, []road.LaneID{k + 1}
	}
	m.Lanes[1].Junction, m.Lanes[4].Junction = 0, 0
	m.Lanes[1].Conflicts = []road.Conflict{{With: 4, Start: 8, End: 12, OtherStart: 8, OtherEnd: 12}}
	m.Lanes[4].Conflicts = []road.Conflict{{With: 1, Start: 8, End: 12, OtherStart: 8, OtherEnd: 12, Yield: true}}
	m.Junctions = []road.Junction{{Lanes: []road.LaneID{1, 4}}}
	m.Lanes[3].Control = control
	if control == road.SignalControl {
		m.Signals = []road.Signal{{ID: 0, Lanes: []road.LaneID{3}}}
		m.Lanes[3].Signal = 0
	}
	return m
}

// touching returns two actors that overlap, if there are any.
func (s *scene) touching() (int, int, bool) {
	for i := range s.env.Actors {
		for j := range i {
			if geom.Overlap(s.env.Actors[i].Box(), s.env.Actors[j].Box()) {
				return j, i, true
			}
		}
	}
	return 0, 0, false
}
