package runner

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// Expectation holds the expectations of a run; see the fields of expect in the schema.
type Expectation struct {
	// Allowed contains the event kinds that do not fail. Collisions has its own rule.
	Allowed    map[sim.EventKind]bool
	Collisions CollisionPolicy
	// Limits are the bounds of the extremes of the measures, by name, in SI units.
	Limits       map[string]float64
	requirements []requirement // checked on the drive log
}

// CollisionPolicy defines which collisions fail.
type CollisionPolicy struct {
	Rule CollisionRule
	// Limits of the rule Mitigated, m/s. The default is +Inf for MaxSpeed and 0 for
	// MinReduction.
	MaxSpeed, MinReduction float64
	Color                  metrics.Color // the worst color that passes, if HasColor
	HasColor               bool
}

// CollisionRule is the rule that judges collisions.
type CollisionRule uint8

// Rules for collisions.
const (
	Blameless CollisionRule = iota // at-fault collisions fail
	Never                          // all collisions fail
	Anything                       // no collision fails
	Mitigated                      // collisions that are too severe fail, whether at fault or not
)

// check returns the failure of a run that ended, or nil. The window also checks a run that
// continues: there, a failure at the time of the last step is pending, because the run may
// still meet the expectation, and an earlier failure is final.
type check func(*evidence) *Failure

// requirement is a check with a short description.
type requirement struct {
	text  string
	check check
}

// expect compiles the expectations.
func (k *compiler) expect(p *Spec, start sim.Start) Expectation {
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
	if isTrue(f.KeepsLane) {
		e.Allowed[sim.LaneDeparture] = false
	}
	e.Collisions = k.impact()
	for i := range bounds {
		b := &bounds[i]
		if q := b.quant(f); q.Set {
			e.Limits[b.extreme] = q.SI
			e.requirements = append(e.requirements, requirement{b.text(q.SI), b.check(q.SI)})
		}
	}
	e.requirements = append(e.requirements, k.egoRequirements(start)...)
	e.requirements = append(e.requirements, k.actorRequirements(p.Names)...)
	k.contradictions(p, e.Limits, start)
	return e
}

func isTrue(b *bool) bool { return b != nil && *b }

// impact compiles the rule for collisions.
func (k *compiler) impact() CollisionPolicy {
	f := &k.f.Expect
	out := CollisionPolicy{MaxSpeed: f.MaxImpactSpeed.Or(math.Inf(1)), MinReduction: f.MinSpeedReduction.Or(0)}
	out.Color, out.HasColor = metrics.ParseColor(f.Color)
	mitigated := out.HasColor || f.MaxImpactSpeed.Set || f.MinSpeedReduction.Set
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
		k.fail("expect.collision", "%s contradicts a limit on the severity of an impact: remove one of them", f.Collision)
	}
	return out
}

// egoRequirements compiles the expectations that concern the ego alone.
func (k *compiler) egoRequirements(start sim.Start) []requirement {
	f := &k.f.Expect
	var out []requirement
	add := func(asked bool, text string, c check) {
		if asked {
			out = append(out, requirement{text, c})
		}
	}
	add(isTrue(f.Comfort), "comfortable", comfortable)
	add(isTrue(f.KeepsLane), "keeps its lane", keepsLane)
	add(isTrue(f.Stops), "comes to a standstill", stops(CodeStops, math.Inf(1)))
	add(f.StopsBefore.Set, "stops before "+f.StopsBefore.Text, stops(CodeStopsBefore, f.StopsBefore.SI))
	add(f.Reach.S.Set, "reaches "+f.Reach.S.Text, reachesS(f.Reach.S.SI, start))
	if f.Reach.Lane != nil {
		out = append(out, requirement{fmt.Sprintf("reaches lane %d", *f.Reach.Lane), reachesLane(k.lane("expect.reach.lane", *f.Reach.Lane).ID)})
	}
	return out
}

// actorRequirements compiles the expectations that concern other actors.
func (k *compiler) actorRequirements(names []string) []requirement {
	f := &k.f.Expect
	var out []requirement
	for i, name := range f.Passes {
		out = append(out, requirement{"passes " + name, passes(k.named(fmt.Sprintf("expect.passes[%d]", i), name, names))})
	}
	for i, name := range f.YieldsTo {
		out = append(out, requirement{"yields to " + name, yieldsTo(k.named(fmt.Sprintf("expect.yields_to[%d]", i), name, names))})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Clearance)) {
		path := "expect.clearance." + name
		least := f.Clearance[name].SI
		out = append(out, requirement{"leaves " + name + " " + f.Clearance[name].Text, keepsClearance(k.named(path, name, names), least)})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Amplification)) {
		path := "expect.amplification." + name
		most := f.Amplification[name].SI
		out = append(out, requirement{"amplifies " + name + " no more than " + f.Amplification[name].Text, amplifies(k.named(path, name, names), most)})
	}
	return out
}

// named returns the actor with this name.
func (k *compiler) named(path, name string, names []string) actor.ID {
	i := slices.Index(names, name)
	if i < 1 {
		k.fail(path, "there is no actor %q", name)
		return actor.Ego
	}
	return actor.ID(i)
}

// contradictions reports expectations that no run can meet together.
func (k *compiler) contradictions(p *Spec, limits map[string]float64, start sim.Start) {
	f := &k.f.Expect
	top, limited := limits["max_speed"]
	time := k.f.Until.Time.SI
	switch {
	case limited && limits["mean_speed"] > top:
		k.fail("expect.max_speed", "%s is below the expected mean speed of %s", f.MaxSpeed.Text, f.MeanSpeed.Text)
	case limited && limits["progress"] > top*time:
		k.fail("expect.progress", "at a maximum speed of %s the ego cannot drive %s in %s", f.MaxSpeed.Text, f.Progress.Text, k.f.Until.Time.Text)
	case limited && start.Speed > top:
		k.fail("expect.max_speed", "the ego starts faster than %s", f.MaxSpeed.Text)
	case p.End <= start.S:
		k.fail("until.s", "the ego starts at %s, not before it", scenarios.Lengths.InUnitOf(start.S, k.f.Until.S.Text))
	case f.Reach.S.Set && f.Reach.S.SI <= start.S:
		k.fail("expect.reach.s", "the ego starts at %s, not before it", scenarios.Lengths.InUnitOf(start.S, f.Reach.S.Text))
	case f.Reach.S.Set && f.Reach.S.SI > p.End:
		k.fail("expect.reach.s", "is beyond %s, where the run ends", k.f.Until.S.Text)
	case limits["progress"] > p.End-start.S:
		k.fail("expect.progress", "is beyond %s, where the run ends", k.f.Until.S.Text)
	case isTrue(f.KeepsLane) && f.LaneDeparture == "allowed":
		k.fail("expect.lane_departure", "is allowed, which contradicts keeps_lane")
	case isTrue(f.KeepsLane) && f.Reach.Lane != nil && k.parallel(start.Lane, road.LaneID(*f.Reach.Lane)):
		k.fail("expect.reach.lane", "lane %d is next to the ego's lane, which contradicts keeps_lane", *f.Reach.Lane)
	case f.StopsBefore.Set && k.tooFast(start, limits):
		k.fail("expect.stops_before", "from %s at %s the ego cannot stop before %s",
			k.egoSpeed(), scenarios.Lengths.InUnitOf(start.S, f.StopsBefore.Text), f.StopsBefore.Text)
	}
}

// fullBrake is a deceleration that no car exceeds, m/s².
const fullBrake = 12.0

// tooFast reports whether the ego cannot stop in time.
func (k *compiler) tooFast(start sim.Start, limits map[string]float64) bool {
	brake := fullBrake
	if most, ok := limits["max_decel"]; ok {
		brake = most
	}
	room := k.f.Expect.StopsBefore.SI - start.S
	return start.Speed*start.Speed > 2*brake*room
}

// parallel reports whether two lanes run side by side in the same direction.
func (k *compiler) parallel(lane, other road.LaneID) bool {
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
