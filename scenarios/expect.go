package scenarios

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"roadloop/scenarios/measure"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// Expectation is what a run must fulfill; see the fields of expect in the schema.
type Expectation struct {
	// Allowed are the kinds of events that may happen. Collisions are judged by Impact.
	Allowed map[sim.EventKind]bool
	Impact  Impact
	// Limits are those on extremes of the measures, by their names, SI.
	Limits map[string]float64
	wishes []wish // of what is known at the end
}

// Impact says which collisions may happen.
type Impact struct {
	Rule ImpactRule
	// Limits of the rule Mitigated; what is not asked is +Inf and 0. All m/s.
	MaxSpeed, MinReduction float64
	Color                  measure.Color // the worst that passes, where HasColor
	HasColor               bool
}

// ImpactRule is how collisions are judged.
type ImpactRule uint8

// Rules for collisions.
const (
	Blameless ImpactRule = iota // those at the ego's fault fail
	Never                       // all fail
	Anything                    // none fails
	Mitigated                   // those fail that are too hard, whoever is at fault
)

// check looks at a run that ended and returns what is wrong with it, nil for nothing.
type check func(*evidence) *Failure

// wish is a check and what it asks for, in a few words.
type wish struct {
	text  string
	check check
}

// expect compiles the expectations.
func (k *compiler) expect(p *Plan, start sim.Start) Expectation {
	f := &k.f.Expect
	e := Expectation{Allowed: map[sim.EventKind]bool{sim.Scripted: true, sim.Collision: true}, Limits: map[string]float64{}}
	for _, v := range []struct {
		text    string
		kind    sim.EventKind
		lenient bool
	}{
		{f.OffRoad, sim.OffRoad, false}, {f.RedLight, sim.RedLight, false}, {f.StopSign, sim.StopSign, false},
		{f.WrongWay, sim.WrongWay, true}, {f.LaneDeparture, sim.LaneDeparture, true}, {f.Stranded, sim.Stranded, true},
	} {
		e.Allowed[v.kind] = v.text == "allowed" || v.text == "" && v.lenient
	}
	if asks(f.KeepsLane) {
		e.Allowed[sim.LaneDeparture] = false
	}
	e.Impact = k.impact()
	for i := range bounds {
		b := &bounds[i]
		if q := b.quant(f); q.set {
			e.Limits[b.extreme] = q.si
			e.wishes = append(e.wishes, wish{b.wants(q.si), b.check(q.si)})
		}
	}
	e.wishes = append(e.wishes, k.deeds(start)...)
	e.wishes = append(e.wishes, k.others(p.Names)...)
	k.contradictions(p, e.Limits, start)
	return e
}

func asks(b *bool) bool { return b != nil && *b }

// impact compiles which collisions may happen.
func (k *compiler) impact() Impact {
	f := &k.f.Expect
	out := Impact{MaxSpeed: f.MaxImpactSpeed.or(math.Inf(1)), MinReduction: f.MinSpeedReduction.or(0)}
	out.Color, out.HasColor = measure.ParseColor(f.Color)
	mitigated := out.HasColor || f.MaxImpactSpeed.set || f.MinSpeedReduction.set
	switch f.Collision {
	case "":
		if mitigated {
			out.Rule = Mitigated
		}
	case "never":
		out.Rule = Never
	case "allowed":
		out.Rule = Anything
	}
	if f.Collision != "" && mitigated {
		k.fail("expect.collision", "%s contradicts a limit on how hard an impact may be: leave one of them out", f.Collision)
	}
	return out
}

// deeds compiles what the ego must have done by itself.
func (k *compiler) deeds(start sim.Start) []wish {
	f := &k.f.Expect
	var out []wish
	add := func(asked bool, text string, c check) {
		if asked {
			out = append(out, wish{text, c})
		}
	}
	add(asks(f.Comfort), "comfortable", comfortable)
	add(asks(f.KeepsLane), "keeps its lane", keepsLane)
	add(asks(f.Stops), "comes to a standstill", stops(math.Inf(1)))
	add(f.StopsBefore.set, "stops before "+f.StopsBefore.text, stops(f.StopsBefore.si))
	add(f.Reach.S.set, "reaches "+f.Reach.S.text, reachesS(f.Reach.S.si, start))
	if f.Reach.Lane != nil {
		out = append(out, wish{fmt.Sprintf("reaches lane %d", *f.Reach.Lane), reachesLane(k.lane("expect.reach.lane", *f.Reach.Lane).ID)})
	}
	return out
}

// others compiles what the ego must have done to other actors.
func (k *compiler) others(names []string) []wish {
	f := &k.f.Expect
	var out []wish
	for i, name := range f.Passes {
		out = append(out, wish{"passes " + name, passes(k.named(indexed("expect.passes", i), name, names))})
	}
	for i, name := range f.YieldsTo {
		out = append(out, wish{"yields to " + name, yieldsTo(k.named(indexed("expect.yields_to", i), name, names))})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Clearance)) {
		path := "expect.clearance." + name
		least := f.Clearance[name].si
		out = append(out, wish{"leaves " + name + " " + f.Clearance[name].text, clearOf(k.named(path, name, names), least)})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Amplification)) {
		path := "expect.amplification." + name
		most := f.Amplification[name].si
		out = append(out, wish{"amplifies " + name + " no more than " + f.Amplification[name].text, amplifies(k.named(path, name, names), most)})
	}
	return out
}

// named returns the actor of a name.
func (k *compiler) named(path, name string, names []string) actor.ID {
	i := slices.Index(names, name)
	if i < 1 {
		k.fail(path, "there is no actor %q", name)
		return actor.Ego
	}
	return actor.ID(i)
}

// contradictions reports expectations that no run can fulfill together.
func (k *compiler) contradictions(p *Plan, limits map[string]float64, start sim.Start) {
	f := &k.f.Expect
	top, limited := limits["max_speed"]
	time := k.f.Until.Time.si
	switch {
	case limited && limits["mean_speed"] > top:
		k.fail("expect.max_speed", "%s is below the mean speed of %s that is expected", f.MaxSpeed.text, f.MeanSpeed.text)
	case limited && limits["progress"] > top*time:
		k.fail("expect.progress", "at no more than %s one does not come %s far in %s", f.MaxSpeed.text, f.Progress.text, k.f.Until.Time.text)
	case limited && start.Speed > top:
		k.fail("expect.max_speed", "the ego begins faster than %s", f.MaxSpeed.text)
	case p.End <= start.S:
		k.fail("until.s", "the ego begins at %g m, not before it", start.S)
	case f.Reach.S.set && f.Reach.S.si <= start.S:
		k.fail("expect.reach.s", "the ego begins at %g m, not before it", start.S)
	case f.Reach.S.set && f.Reach.S.si > p.End:
		k.fail("expect.reach.s", "is beyond %s, where the run ends", k.f.Until.S.text)
	case limits["progress"] > p.End-start.S:
		k.fail("expect.progress", "is beyond %s, where the run ends", k.f.Until.S.text)
	case asks(f.KeepsLane) && f.LaneDeparture == "allowed":
		k.fail("expect.lane_departure", "is allowed, but the lane is to be kept")
	case asks(f.KeepsLane) && f.Reach.Lane != nil && k.beside(start.Lane, road.LaneID(*f.Reach.Lane)):
		k.fail("expect.reach.lane", "lane %d is beside that of the ego, which is to be kept", *f.Reach.Lane)
	case f.StopsBefore.set && k.tooFast(start, limits):
		k.fail("expect.stops_before", "from %.0f km/h at %g m the ego cannot stand before %s", 3.6*start.Speed, start.S, f.StopsBefore.text)
	}
}

// fullBrake is a deceleration that no car exceeds, m/s².
const fullBrake = 12.0

// tooFast tells that the ego cannot stand where it must.
func (k *compiler) tooFast(start sim.Start, limits map[string]float64) bool {
	brake := fullBrake
	if most, ok := limits["max_decel"]; ok {
		brake = most
	}
	room := k.f.Expect.StopsBefore.si - start.S
	return start.Speed*start.Speed > 2*brake*room
}

// beside tells that a lane runs beside another, in the same direction.
func (k *compiler) beside(lane, other road.LaneID) bool {
	m := k.m
	for _, way := range [...]func(*road.Lane) road.LaneID{
		func(l *road.Lane) road.LaneID { return l.Left }, func(l *road.Lane) road.LaneID { return l.Right },
	} {
		for n, id := 0, way(&m.Lanes[lane]); id != road.None && n < len(m.Lanes); n++ {
			if id == other {
				return true
			}
			id = way(&m.Lanes[id])
		}
	}
	return false
}
