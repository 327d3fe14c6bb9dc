package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"roadloop"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// Plan is a case ready to drive, with what is expected of it.
type Plan struct {
	Case   *Case
	Drive  roadloop.Case
	Names  []string // of the actors by actor.ID; Names[0] is "ego"
	Expect Expectation
}

// Expectation is what a run must fulfill; see the fields of expect in the schema.
// NaN and Inf stand for what is not asked.
type Expectation struct {
	Allowed         map[sim.EventKind]bool
	MinTTC          float64 // s
	MaxLateralError float64 // m
	MinGap          float64 // m
	Progress        float64 // m
	MeanSpeed       float64 // m/s
	MaxSpeed        float64 // m/s
	Stops           bool
}

// compiler turns a file into a plan. The first fault sticks.
type compiler struct {
	s   *Scenario
	f   *file
	c   *Case
	m   *road.Map
	err error
}

// Compile makes the world of a case.
func (c *Case) Compile() (*Plan, error) {
	k := &compiler{s: c.Scenario, f: &c.file, c: c}
	k.makeMap()
	if k.err != nil {
		return nil, k.err
	}
	p := &Plan{Case: c, Names: []string{"ego"}}
	spec := &sim.Spec{Map: k.m, Seed: c.Seed, Conditions: k.weather()}
	spec.Ego.Start = k.ego()
	route := k.route("ego.route", spec.Ego.Start.Lane, k.f.Ego.Route)
	spec.Ego.Route = route
	for i := range k.f.Actors {
		a := k.actor(i)
		spec.Actors = append(spec.Actors, a)
		p.Names = append(p.Names, a.Name)
	}
	k.crowd(spec, p)
	spec.Signals = k.signals(spec.Ego.Start.Lane)
	p.Expect = k.expect()
	duration := k.bounded("until.time", k.f.Until.Time, times, 0, [2]float64{.1, 3600})
	if k.err != nil {
		return nil, k.err
	}
	if _, err := sim.New(spec); err != nil {
		return nil, k.s.fault("", "%w", err)
	}
	last := &k.m.Lanes[route[len(route)-1]]
	p.Drive = roadloop.Case{World: spec, Rig: rig.Default(), Duration: clock.FromSeconds(duration),
		Route: planning.Route{Lanes: route, GoalS: last.Center.Length()}}
	return p, nil
}

func (k *compiler) fail(path, format string, args ...any) {
	if k.err == nil {
		k.err = k.s.fault(path, format, args...)
	}
}

// value returns a quantity in SI units, or def when it is not given.
func (k *compiler) value(path string, q quantity, d *dimension, def float64) float64 {
	if !q.set {
		return def
	}
	v, err := d.parse(q.text)
	if err != nil {
		k.fail(path, "%w", err)
	}
	return v
}

// bounded is value with a range.
func (k *compiler) bounded(path string, q quantity, d *dimension, def float64, within [2]float64) float64 {
	v := k.value(path, q, d, def)
	if q.set && !(v >= within[0] && v <= within[1]) {
		k.fail(path, "%s is outside %g to %g", q.text, within[0], within[1])
	}
	return v
}

var controls = map[string]road.Control{
	"": road.Free, "free": road.Free, "signals": road.SignalControl, "stop": road.StopSign, "yield": road.Yield,
}

func (k *compiler) makeMap() {
	f := &k.f.Map
	control, ok := controls[f.Control]
	if !ok {
		k.fail("map.control", "%q is none of free, signals, stop, yield", f.Control)
	}
	if !slices.Contains(road.Kinds(), road.Kind(f.Kind)) {
		k.fail("map.kind", "%q is none of %v", f.Kind, road.Kinds())
	}
	p := road.Params{
		Kind: road.Kind(f.Kind), Lanes: f.Lanes, OneWay: f.OneWay, Control: control, Crosswalks: f.Crosswalks,
		Urban: f.Urban, Unmarked: f.Unmarked, Yellow: f.Yellow, Columns: f.Columns, Rows: f.Rows, Seed: k.c.Seed,
		LaneWidth:  k.value("map.lane_width", f.LaneWidth, lengths, 0),
		Length:     k.value("map.length", f.Length, lengths, 0),
		Radius:     k.value("map.radius", f.Radius, lengths, 0),
		Angle:      k.value("map.angle", f.Angle, angles, 0),
		SpeedLimit: k.value("map.speed_limit", f.SpeedLimit, speeds, 0),
		Wear:       k.value("map.wear", f.Wear, shares, 0),
	}
	if f.Seed != nil {
		p.Seed = *f.Seed
	}
	if k.err != nil {
		return
	}
	m, err := road.Generate(p)
	if err != nil {
		k.fail("map", "%w", err)
		return
	}
	k.m = m
}

// lane returns a lane that exists; a fault is reported and lane 0 returned else.
func (k *compiler) lane(path string, id int) *road.Lane {
	if id < 0 || id >= len(k.m.Lanes) {
		k.fail(path, "there is no lane %d; the map has lanes 0 to %d", id, len(k.m.Lanes)-1)
		id = 0
	}
	return &k.m.Lanes[id]
}

func (k *compiler) ego() sim.Start {
	f := &k.f.Ego
	l := k.lane("ego.lane", f.Lane)
	return sim.Start{
		Lane:  l.ID,
		S:     k.bounded("ego.s", f.S, lengths, 5, [2]float64{0, l.Center.Length()}),
		D:     k.bounded("ego.d", f.D, lengths, 0, [2]float64{-2, 2}),
		Speed: k.bounded("ego.speed", f.Speed, speeds, l.SpeedLimit, [2]float64{0, 60}),
	}
}

var turns = map[string]road.Turn{"left": road.LeftTurn, "right": road.RightTurn, "straight": road.Straight}

// route follows the lanes from start, taking the given turns at junctions and
// going straight on after them, to the end of the road or after 60 lanes.
func (k *compiler) route(path string, start road.LaneID, wanted []string) []road.LaneID {
	route := []road.LaneID{start}
	for len(route) < 60 {
		l := &k.m.Lanes[route[len(route)-1]]
		want := road.Straight
		junction := len(l.Next) > 0 && k.m.Lanes[l.Next[0]].Junction >= 0
		if junction && len(wanted) > 0 {
			t, ok := turns[wanted[0]]
			if !ok {
				k.fail(path, "%q is none of left, right, straight", wanted[0])
				return route
			}
			want, wanted = t, wanted[1:]
		}
		next, ok := branch(k.m, l, want)
		if !ok {
			break
		}
		route = append(route, next)
	}
	if len(wanted) > 0 {
		k.fail(path, "the road has no junction left for %q", wanted[0])
	}
	return route
}

// branch returns the successor that takes the wanted turn, or the only one.
func branch(m *road.Map, l *road.Lane, want road.Turn) (road.LaneID, bool) {
	for _, id := range l.Next {
		if m.Lanes[id].Turn == want {
			return id, true
		}
	}
	if len(l.Next) == 0 {
		return road.None, false
	}
	return l.Next[0], want == road.Straight
}

func (k *compiler) actor(i int) sim.ActorSpec {
	f := &k.f.Actors[i]
	at := func(field string) string { return fmt.Sprintf("actors[%d].%s", i, field) }
	kind, ok := actor.ParseKind(f.Kind)
	if !ok {
		k.fail(at("kind"), "%q is none of %s", f.Kind, strings.Join(actor.Kinds(), ", "))
	}
	l := k.lane(at("lane"), f.Lane)
	a := sim.ActorSpec{Name: f.ID, Kind: kind, Start: sim.Start{
		Lane:   l.ID,
		S:      k.bounded(at("s"), f.S, lengths, 0, [2]float64{-50, l.Center.Length() + 50}),
		D:      k.bounded(at("d"), f.D, lengths, 0, [2]float64{-60, 60}),
		Speed:  k.bounded(at("speed"), f.Speed, speeds, 0, [2]float64{0, 70}),
		Turned: k.value(at("heading"), f.Heading, angles, 0),
	}}
	a.Behavior = k.behavior(i, l, &a)
	for j := range f.Do {
		a.Script = append(a.Script, k.step(i, j))
	}
	return a
}

func (k *compiler) behavior(i int, l *road.Lane, a *sim.ActorSpec) sim.Behavior {
	f := &k.f.Actors[i]
	at := func(field string) string { return fmt.Sprintf("actors[%d].%s", i, field) }
	name := f.Behavior
	if name == "" {
		switch {
		case len(f.Path) > 0:
			name = "walk"
		case a.Start.Speed > 0:
			name = "follow"
		default:
			name = "still"
		}
	}
	switch name {
	case "drive":
		return sim.Drive{Route: k.route(at("route"), l.ID, f.Route), Speed: a.Start.Speed}
	case "follow":
		return sim.Follow{Route: k.route(at("route"), l.ID, f.Route), Courteous: f.Courteous}
	case "still":
		return sim.Still{}
	case "walk":
		w := sim.Walk{Speed: a.Start.Speed, Wary: f.Wary, Waits: len(f.Do) > 0}
		for n, p := range f.Path {
			s := k.value(at(fmt.Sprintf("path[%d].s", n)), p.S, lengths, a.Start.S)
			d := k.value(at(fmt.Sprintf("path[%d].d", n)), p.D, lengths, 0)
			w.Path = append(w.Path, l.Center.Offset(s, d).Pos())
		}
		if len(w.Path) < 2 {
			k.fail(at("path"), "a walk needs at least two places")
		}
		return w
	}
	k.fail(at("behavior"), "%q is none of drive, follow, still, walk", name)
	return sim.Still{}
}

// step compiles a maneuver of an actor.
func (k *compiler) step(i, j int) sim.Maneuver {
	f := &k.f.Actors[i].Do[j]
	at := func(field string) string { return fmt.Sprintf("actors[%d].do[%d].%s", i, j, field) }
	var actions []sim.Action
	if a := f.ChangeLane; a != nil {
		side, ok := map[string]int{"left": 1, "right": -1}[a.To]
		if !ok {
			k.fail(at("change_lane.to"), "%q is neither left nor right", a.To)
		}
		actions = append(actions, sim.ChangeLane{Side: side, Over: k.value(at("change_lane.over"), a.Over, times, 0)})
	}
	if a := f.Offset; a != nil {
		actions = append(actions, sim.Offset{D: k.value(at("offset.d"), a.D, lengths, 0), Over: k.value(at("offset.over"), a.Over, times, 0)})
	}
	if a := f.Speed; a != nil {
		actions = append(actions, sim.Speed{Target: k.value(at("speed.to"), a.To, speeds, 0), Accel: k.value(at("speed.accel"), a.Accel, accels, 0)})
	}
	if a := f.Brake; a != nil {
		actions = append(actions, sim.Brake{Decel: k.value(at("brake.decel"), a.Decel, accels, 0), To: k.value(at("brake.to"), a.To, speeds, 0)})
	}
	if a := f.Stop; a != nil {
		actions = append(actions, sim.Stop{Decel: k.value(at("stop.decel"), a.Decel, accels, 0)})
	}
	if a := f.Go; a != nil {
		actions = append(actions, sim.Go{Speed: k.value(at("go.speed"), a.Speed, speeds, 0)})
	}
	if a := f.Hesitate; a != nil {
		actions = append(actions, sim.Hesitate{For: k.value(at("hesitate.for"), a.For, times, 0)})
	}
	if f.Release != nil {
		actions = append(actions, sim.Release{})
	}
	if len(actions) != 1 {
		k.fail(at("when"), "a step does one thing, this one does %d", len(actions))
		return sim.Maneuver{Do: sim.Release{}}
	}
	return sim.Maneuver{When: k.trigger(at, &f.When), Do: actions[0]}
}

// trigger compiles the conditions of a maneuver.
func (k *compiler) trigger(at func(string) string, f *triggerFile) sim.Trigger {
	var t sim.Trigger
	for _, c := range []struct {
		field, text string
		what        sim.Quantity
		d           *dimension
	}{
		{"time", f.Time, sim.Time, times}, {"since", f.Since, sim.Since, times},
		{"ego_gap", f.EgoGap, sim.EgoGap, lengths}, {"ego_ahead", f.EgoAhead, sim.EgoAhead, lengths},
		{"ego_distance", f.EgoDistance, sim.EgoDistance, lengths}, {"ego_ttc", f.EgoTTC, sim.EgoTTC, times},
		{"ego_s", f.EgoS, sim.EgoS, lengths}, {"s", f.S, sim.OwnS, lengths},
		{"ego_speed", f.EgoSpeed, sim.EgoSpeed, speeds}, {"speed", f.Speed, sim.OwnSpeed, speeds},
	} {
		if c.text == "" {
			continue
		}
		cond := sim.Condition{What: c.what}
		text, below := strings.CutPrefix(strings.TrimSpace(c.text), "<")
		if !below {
			cond.Is = sim.AtLeast
			text = strings.TrimPrefix(strings.TrimPrefix(text, ">"), "=")
		}
		v, err := c.d.parse(text)
		if err != nil {
			k.fail(at("when."+c.field), "%w", err)
		}
		cond.Value = v
		t = append(t, cond)
	}
	if f.Done != nil {
		t = append(t, sim.Condition{What: sim.Done, Is: sim.AtLeast, Value: 1})
	}
	return t
}

// crowd adds random traffic.
func (k *compiler) crowd(spec *sim.Spec, p *Plan) {
	t := &k.f.Traffic
	if *t == (trafficFile{}) || k.err != nil {
		return
	}
	for _, n := range [...]int{t.Cars, t.Trucks, t.Cyclists, t.Pedestrians, t.Parked} {
		if n < 0 || n > 200 {
			k.fail("traffic", "%d is outside 0 to 200", n)
			return
		}
	}
	for i, a := range sim.Populate(k.m, k.c.Seed, spec.Ego.Start, sim.Crowd(*t)) {
		if a.Name == "" {
			a.Name = fmt.Sprintf("%s %d", a.Kind, i+1)
		}
		spec.Actors = append(spec.Actors, a)
		p.Names = append(p.Names, a.Name)
	}
}

// signals sets the plans: roads along the ego's approach show what the file says,
// crossing ones red while it is not red here.
func (k *compiler) signals(ego road.LaneID) []sim.SignalOverride {
	f := k.f.Signal
	if f == nil {
		return nil
	}
	if len(k.m.Signals) == 0 {
		k.fail("signal", "the map has no signals; map.control must be signals")
		return nil
	}
	plan := road.Plan{
		Red:   k.bounded("signal.red", f.Red, times, 10, [2]float64{0, 1000}),
		Amber: k.bounded("signal.amber", f.Amber, times, 3, [2]float64{0, 20}),
		Green: k.bounded("signal.green", f.Green, times, 20, [2]float64{0, 1000}),
	}
	switch f.Start {
	case "green", "":
	case "amber":
		plan.Offset = plan.Green
	case "red":
		plan.Offset = plan.Green + plan.Amber
	default:
		k.fail("signal.start", "%q is none of red, amber, green", f.Start)
	}
	heading := k.m.Lanes[ego].Center.At(k.m.Lanes[ego].Center.Length()).Yaw
	var out []sim.SignalOverride
	for i := range k.m.Signals {
		s := &k.m.Signals[i]
		p := plan
		if math.Abs(math.Sin(s.Yaw-heading)) > .7 { // the crossing road
			p = road.Plan{Green: math.Max(plan.Red-5, 0), Amber: 3, Red: plan.Green + plan.Amber + math.Min(2, plan.Red)}
			p.Offset = p.Green + p.Amber + 1 - (plan.Green + plan.Amber) + plan.Offset
			if plan.Red < 6 {
				p = road.Plan{Red: 1}
			}
		}
		out = append(out, sim.SignalOverride{Signal: s.ID, Plan: p})
	}
	return out
}

var daylight = map[string]float64{"": .7, "day": .7, "dusk": .03, "night": -.3}

func (k *compiler) weather() scene.Conditions {
	f := &k.f.Weather
	sun, ok := daylight[f.Time]
	if !ok {
		k.fail("weather.time", "%q is none of day, dusk, night", f.Time)
	}
	unit := [2]float64{0, 1}
	c := scene.Conditions{
		SunElevation: k.bounded("weather.sun", f.Sun, angles, sun, [2]float64{-1.6, 1.6}),
		SunAzimuth:   k.value("weather.azimuth", f.Azimuth, angles, 2),
		Rain:         k.bounded("weather.rain", f.Rain, shares, 0, unit),
		Visibility:   k.bounded("weather.fog", f.Fog, lengths, 0, [2]float64{10, 1e5}),
		Glare:        k.bounded("weather.glare", f.Glare, shares, 0, unit),
	}
	c.Wet = k.bounded("weather.wet", f.Wet, shares, math.Min(1, 1.5*c.Rain), unit)
	c.Cloud = k.bounded("weather.cloud", f.Cloud, shares, math.Max(.25, c.Rain), unit)
	return c
}

// expect compiles the expectations.
func (k *compiler) expect() Expectation {
	f := &k.f.Expect
	e := Expectation{
		Allowed:         map[sim.EventKind]bool{sim.Scripted: true},
		MinTTC:          k.value("expect.min_ttc", f.MinTTC, times, 0),
		MaxLateralError: k.value("expect.max_lateral_error", f.MaxLateralError, lengths, math.Inf(1)),
		MinGap:          k.value("expect.min_gap", f.MinGap, lengths, 0),
		Progress:        k.value("expect.progress", f.Progress, lengths, 0),
		MeanSpeed:       k.value("expect.mean_speed", f.MeanSpeed, speeds, 0),
		MaxSpeed:        k.value("expect.max_speed", f.MaxSpeed, speeds, math.Inf(1)),
		Stops:           f.Stops != nil && *f.Stops,
	}
	for _, v := range []struct {
		name, text string
		kind       sim.EventKind
		lenient    bool
	}{
		{"collision", f.Collision, sim.Collision, false}, {"off_road", f.OffRoad, sim.OffRoad, false},
		{"red_light", f.RedLight, sim.RedLight, false}, {"stop_sign", f.StopSign, sim.StopSign, false},
		{"wrong_way", f.WrongWay, sim.WrongWay, true}, {"lane_departure", f.LaneDeparture, sim.LaneDeparture, true},
	} {
		switch v.text {
		case "":
			e.Allowed[v.kind] = v.lenient
		case "never":
			e.Allowed[v.kind] = false
		case "allowed":
			e.Allowed[v.kind] = true
		default:
			k.fail("expect."+v.name, "%q is neither never nor allowed", v.text)
		}
	}
	return e
}
