package runner

import (
	"fmt"
	"slices"
	"strings"

	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// actor compiles an actor with its behavior and script.
func (k *compiler) actor(i int) sim.ActorSpec {
	f := &k.f.Actors[i]
	at := func(field string) string { return fmt.Sprintf("actors[%d].%s", i, field) }
	kind, _ := actor.ParseKind(f.Kind)
	l := k.lane(at("lane"), f.Lane)
	k.checkOnLane(at("s"), f.S, l, 50)
	a := sim.ActorSpec{Name: f.ID, Kind: kind, Start: sim.Start{
		Lane: l.ID, S: f.S.Or(0), D: f.D.Or(0), Speed: f.Speed.Or(0), Turned: f.Heading.Or(0),
	}}
	k.appearance(i, &a)
	a.Behavior = k.behavior(i, l, &a)
	if f.Headway.Set {
		if f.S.Set {
			k.fail(at("headway"), "cannot be combined with s")
		}
		a.Start.S = k.headwayStart(f, kind)
	}
	k.rendezvous(i, &a)
	for j := range f.Do {
		a.Script = append(a.Script, k.step(i, j, kind))
	}
	if f.Repeat != nil {
		a.Script = slices.Repeat(a.Script, *f.Repeat)
	}
	return a
}

// headwayStart returns the position on its lane at which an actor starts so that the
// ego's front, at its initial speed, would need the given headway to the actor's rear.
// Positions on the actor's lane must equal those on the ego's lane, as on parallel lanes.
func (k *compiler) headwayStart(f *scenarios.ActorSection, kind actor.Kind) float64 {
	ego, car := k.ego(), vehicle.BMW320i()
	egoShape, actorShape := car.Shape(), actor.DefaultShape(kind)
	gap := ego.Speed * f.Headway.SI
	return ego.S + egoShape.RearToCenter + egoShape.Length/2 + gap + actorShape.Length/2 - actorShape.RearToCenter
}

// behavior compiles the behavior of an actor between its maneuvers.
func (k *compiler) behavior(i int, l *road.Lane, a *sim.ActorSpec) sim.Behavior {
	f := &k.f.Actors[i]
	at := func(field string) string { return fmt.Sprintf("actors[%d].%s", i, field) }
	name := behaviorOf(f)
	if f.KeepLane && name != "drive" {
		k.fail(at("keep_lane"), "is for behavior drive; an actor with %s changes lanes only by its maneuvers", name)
	}
	switch name {
	case "drive":
		k.checkCanDrive(at("behavior"), a.Kind)
		return sim.Drive{Route: k.route(at("route"), l.ID, f.Route), Speed: a.Start.Speed,
			KeepLane: f.KeepLane || len(f.Do) > 0} // a script controls the lane until release
	case "follow":
		return sim.Follow{Route: k.route(at("route"), l.ID, f.Route), Courteous: f.Courteous}
	case "walk":
		return k.walk(i, l, a)
	}
	return sim.Still{}
}

// behaviorOf returns the behavior that the file names or implies.
func behaviorOf(f *scenarios.ActorSection) string {
	switch {
	case f.Behavior != "":
		return f.Behavior
	case len(f.Path) > 0:
		return "walk"
	case f.Speed.Or(0) > 0:
		return "follow"
	}
	return "still"
}

// checkCanDrive reports an actor of a kind that cannot drive like traffic.
func (k *compiler) checkCanDrive(path string, kind actor.Kind) {
	if !slices.Contains(scenarios.VehicleKinds(), kind.String()) {
		k.fail(path, "a %s cannot drive like traffic; kinds that can: %s", kind, strings.Join(scenarios.VehicleKinds(), ", "))
	}
}

// walk compiles the walk along an actor's path.
func (k *compiler) walk(i int, l *road.Lane, a *sim.ActorSpec) sim.Walk {
	f := &k.f.Actors[i]
	at := func(field string) string { return fmt.Sprintf("actors[%d].%s", i, field) }
	w := sim.Walk{Speed: a.Start.Speed, Wary: f.Wary, WaitAtStart: len(f.Do) > 0}
	if len(f.Path) == 0 {
		k.fail(at("path"), "is missing: a walk needs at least two waypoints")
		return w
	}
	for n, p := range f.Path {
		place := fmt.Sprintf("%s[%d]", at("path"), n)
		k.checkOnLane(place+".s", p.S, l, 1000)
		w.Path = append(w.Path, l.Center.Offset(p.S.Or(a.Start.S), p.D.Or(a.Start.D)).Pos())
	}
	if _, err := geom.NewPolyline(w.Path); err != nil {
		k.fail(at("path"), "all waypoints are equal; a walk needs at least two different ones")
	}
	if f.Speed.Set && f.Speed.SI == 0 && !hasSpeedManeuver(f) {
		k.fail(at("speed"), "%s is not a walking speed, and no maneuver sets one", f.Speed.Text)
	}
	return w
}

// hasSpeedManeuver reports whether a maneuver sets the speed of a walker.
func hasSpeedManeuver(f *scenarios.ActorSection) bool {
	return slices.ContainsFunc(f.Do, func(s scenarios.ManeuverSection) bool { return s.Go != nil && s.Go.Speed.Set || s.Speed != nil })
}

// step compiles a maneuver of an actor.
func (k *compiler) step(i, j int, kind actor.Kind) sim.Maneuver {
	f := &k.f.Actors[i].Do[j]
	at := fmt.Sprintf("actors[%d].do[%d]", i, j)
	actions := actionsOf(f)
	if len(actions) != 1 {
		k.fail(at, "a step must have exactly one action, got %d", len(actions))
		return sim.Maneuver{Do: sim.Release{}}
	}
	k.checkAction(at, &k.f.Actors[i], kind, &actions[0])
	return sim.Maneuver{When: triggerOf(&f.When), Do: actions[0].do}
}

// action is an action of a maneuver, with the behaviors that support it.
type action struct {
	name      string
	do        sim.Action
	behaviors []string
}

// actionsOf returns the actions of a step: exactly one in a valid file.
func actionsOf(f *scenarios.ManeuverSection) []action {
	drivers, walkers, movers := []string{"drive", "follow"}, []string{"walk"}, []string{"drive", "follow", "walk"}
	var out []action
	if a := f.ChangeLane; a != nil {
		side := map[string]int{"left": 1, "right": -1}[a.To]
		out = append(out, action{"change_lane", sim.ChangeLane{Side: side, Over: a.Over.Or(0)}, drivers})
	}
	if a := f.Offset; a != nil {
		out = append(out, action{"offset", sim.Offset{D: a.D.Or(0), Over: a.Over.Or(0)}, drivers})
	}
	if a := f.Speed; a != nil {
		out = append(out, action{"speed", sim.Speed{Target: a.To.Or(0), Accel: a.Accel.Or(0)}, movers})
	}
	if a := f.Brake; a != nil {
		out = append(out, action{"brake", sim.Brake{Decel: a.Decel.Or(0), To: a.To.Or(0)}, drivers})
	}
	if a := f.Stop; a != nil {
		out = append(out, action{"stop", sim.Stop{Decel: a.Decel.Or(0)}, movers})
	}
	if a := f.Go; a != nil {
		out = append(out, action{"go", sim.Go{Speed: a.Speed.Or(0)}, walkers})
	}
	if a := f.Hesitate; a != nil {
		out = append(out, action{"hesitate", sim.Hesitate{For: a.For.Or(0)}, walkers})
	}
	if f.Release != nil {
		out = append(out, action{"release", sim.Release{}, drivers})
	}
	return out
}

// checkAction reports an action that the actor does not support.
func (k *compiler) checkAction(at string, f *scenarios.ActorSection, kind actor.Kind, does *action) {
	if !slices.Contains(does.behaviors, behaviorOf(f)) {
		k.fail(at+"."+does.name, "is for actors with behavior %s; %s has behavior %s", strings.Join(does.behaviors, " or "), f.ID, behaviorOf(f))
	}
	if does.name == "release" {
		k.checkCanDrive(at+".release", kind)
	}
}

// triggerOf compiles the conditions of a maneuver.
func triggerOf(f *scenarios.TriggerSection) sim.Trigger {
	var t sim.Trigger
	for _, c := range []struct {
		given scenarios.Condition
		what  sim.Quantity
	}{
		{f.Time, sim.Time}, {f.Since, sim.Since}, {f.EgoGap, sim.EgoGap}, {f.EgoAhead, sim.EgoAhead},
		{f.EgoDistance, sim.EgoDistance}, {f.EgoTTC, sim.EgoTTC}, {f.Impact, sim.ImpactShare},
		{f.EgoS, sim.EgoS}, {f.S, sim.OwnS}, {f.EgoSpeed, sim.EgoSpeed}, {f.Speed, sim.OwnSpeed},
	} {
		if !c.given.Set {
			continue
		}
		cond := sim.Condition{What: c.what, Value: c.given.SI}
		if c.given.AtLeast {
			cond.Is = sim.AtLeast
		}
		t = append(t, cond)
	}
	if f.Done != nil {
		cond := sim.Condition{What: sim.Done, Value: 1} // not done yet
		if *f.Done {
			cond.Is = sim.AtLeast
		}
		t = append(t, cond)
	}
	return t
}

// TrafficCount counts the random road users that a scenario requests, and those that fit on
// the map.
type TrafficCount struct {
	Asked  int `json:"asked"`
	Placed int `json:"placed"`
}

// randomTraffic adds random traffic.
func (k *compiler) randomTraffic(spec *sim.Spec, p *Spec) {
	t := &k.f.Traffic
	if *t == (scenarios.TrafficSection{}) || k.err != nil {
		return
	}
	crowd := sim.Crowd(*t)
	placed := sim.Populate(k.m, k.c.Seed, spec.Ego.Start, spec.Actors, crowd)
	p.TrafficCount = &TrafficCount{Asked: crowd.Total(), Placed: len(placed)}
	for i, a := range placed {
		if a.Name == "" {
			a.Name = fmt.Sprintf("%s %d", a.Kind, i+1)
		}
		k.checkNameFree(a.Name, p.Names)
		spec.Actors = append(spec.Actors, a)
		p.Names = append(p.Names, a.Name)
	}
}

// checkNameFree reports an actor of the file with the same name as a vehicle of a flow or
// of random traffic.
func (k *compiler) checkNameFree(name string, taken []string) {
	i := slices.IndexFunc(k.f.Actors, func(a scenarios.ActorSection) bool { return a.ID == name })
	switch {
	case i >= 0:
		k.fail(fmt.Sprintf("actors[%d].id", i), "%q is also the name of a vehicle of a flow or of random traffic", name)
	case slices.Contains(taken, name):
		k.fail("flows", "two vehicles would have the name %q", name)
	}
}
