package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// actor compiles an actor with its behavior and script.
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
	k.looks(i, &a)
	a.Behavior = k.behavior(i, l, &a)
	if f.Headway.set {
		if f.S.set {
			k.fail(at("headway"), "is given beside s")
		}
		a.Start.S = k.ahead(at("headway"), f, kind)
	}
	k.meet(i, &a)
	for j := range f.Do {
		a.Script = append(a.Script, k.step(i, j))
	}
	a.Script = k.repeated(at("repeat"), a.Script, f.Repeat)
	return a
}

// maxRepeat bounds how often a script is done.
const maxRepeat = 100

// repeated returns a script done as often as a file says.
func (k *compiler) repeated(path string, script []sim.Maneuver, times *int) []sim.Maneuver {
	if times == nil {
		return script
	}
	if *times < 1 || *times > maxRepeat {
		k.fail(path, "%d is outside 1 to %d", *times, maxRepeat)
		return script
	}
	return slices.Repeat(script, *times)
}

// ahead returns where along its lane an actor begins whose rear the ego's front
// would reach, at its starting speed, after the headway given. Arc lengths on the
// actor's lane must be those on the ego's, as where both run side by side.
func (k *compiler) ahead(path string, f *actorFile, kind actor.Kind) float64 {
	ego, car := k.ego(), vehicle.BMW320i()
	mine, own := car.Shape(), actor.DefaultShape(kind)
	gap := ego.Speed * k.bounded(path, f.Headway, times, 0, [2]float64{0, 60})
	return ego.S + mine.RearToCenter + mine.Length/2 + gap + own.Length/2 - own.RearToCenter
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
			d := k.value(at(fmt.Sprintf("path[%d].d", n)), p.D, lengths, a.Start.D)
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
		k.fail(fmt.Sprintf("actors[%d].do[%d]", i, j), "a step does one thing, this one does %d", len(actions))
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
		{"impact", f.Impact, sim.ImpactShare, shares},
		{"ego_s", f.EgoS, sim.EgoS, lengths}, {"s", f.S, sim.OwnS, lengths},
		{"ego_speed", f.EgoSpeed, sim.EgoSpeed, speeds}, {"speed", f.Speed, sim.OwnSpeed, speeds},
	} {
		if c.text == "" {
			continue
		}
		cond := sim.Condition{What: c.what}
		text := strings.TrimSpace(c.text)
		switch {
		case strings.HasPrefix(text, "<"):
		case strings.HasPrefix(text, ">"):
			cond.Is = sim.AtLeast
		default:
			k.fail(at("when."+c.field), "%q must begin with < or >=", c.text)
		}
		text = strings.TrimPrefix(strings.TrimLeft(text, "<>"), "=")
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
