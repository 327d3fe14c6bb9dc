package sim_test

import (
	"math"
	"testing"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// crash is two actors at the first tick at which their boxes overlap.
type crash struct {
	ego, other actor.Actor
	at         clock.Tick
}

// randomCrash drives two actors of random kinds at constant velocity into each other;
// ok is false if they miss.
func randomCrash(s *rng.Stream) (c crash, ok bool) {
	ego := actor.Actor{Kind: actor.Car, Shape: actor.DefaultShape(actor.Car)}
	ego.State = actor.State{Pose: geom.Pose{Yaw: s.Range(-math.Pi, math.Pi)}, Speed: s.Range(0, 40)}
	kind := actor.Kind(s.IntN(int(actor.Animal) + 1))
	other := actor.Actor{ID: 1, Kind: kind, Shape: actor.DefaultShape(kind)}
	other.State.Speed = s.Range(0, 40)
	if s.Chance(0.1) {
		other.State.Speed = 0
	}
	from := geom.Unit(s.Range(-math.Pi, math.Pi)).Scale(s.Range(10, 20))
	other.State.Pose = geom.Pose{X: from.X, Y: from.Y, Yaw: ego.State.Pose.Yaw + s.Norm()}
	meet := geom.TimeToContact(ego.Box(), ego.Velocity(), other.Box(), other.Velocity())
	if meet < 2*clock.Step || meet > 10 {
		return c, false
	}
	at := clock.Tick(meet/clock.Step) - 1
	ego.State.Pose, other.State.Pose = moved(&ego, at.Seconds()), moved(&other, at.Seconds())
	for range 3 {
		if geom.Overlap(ego.Box(), other.Box()) {
			return crash{ego, other, at}, true
		}
		ego.State.Pose, other.State.Pose = moved(&ego, clock.Step), moved(&other, clock.Step)
		at++
	}
	return c, false // they touch between two ticks only
}

// moved returns the pose of an actor after t seconds at constant velocity.
func moved(a *actor.Actor, t float64) geom.Pose {
	p, v := a.State.Pose, a.Velocity()
	return geom.Pose{X: p.X + v.X*t, Y: p.Y + v.Y*t, Yaw: p.Yaw}
}

// The impact equals that of slow reference geometry: the corners of both boxes, at
// the tick and at 100 times since the previous tick.
func TestImpactMatchesReferenceGeometry(t *testing.T) {
	s := rng.New(7, "crash", "impact")
	var parts [4]int
	clear := 0
	for n := 0; n < 2000; {
		c, ok := randomCrash(&s)
		if !ok {
			continue
		}
		n++
		e := sim.NewCollision(c.at, &c.ego, &c.other)
		if e.Ego != c.ego.State || e.Other != c.other.State || e.Time != c.at || e.Actor != 1 {
			t.Fatalf("the event %+v does not hold the states at the tick", e)
		}
		parts[e.Impact]++
		// Cases in which a size difference of 1 mm changes the result are ambiguous.
		want := slowImpact(&c, 1e-3)
		if slowImpact(&c, -1e-3) != want {
			continue
		}
		clear++
		if e.Impact != want {
			t.Errorf("crash %d at %v: impact %v, reference %v: ego %+v %+v, other %+v %+v", n, c.at, e.Impact, want, c.ego.Shape, c.ego.State, c.other.Shape, c.other.State)
		}
	}
	if parts[sim.EgoFront] < 200 || parts[sim.EgoRear] < 100 || parts[sim.EgoSide] < 100 || clear < 1800 {
		t.Errorf("%v fronts, rears and sides, %d unambiguous: too few", parts, clear)
	}
}

// slowImpact is the reference for the impact. It widens the ends of the ego by grow on
// both sides, m.
func slowImpact(c *crash, grow float64) sim.Impact {
	front, rear := false, false
	const parts = 100
	for k := range parts + 1 {
		back := -clock.Step * float64(k) / parts
		ego, other := c.ego, c.other
		ego.State.Pose, other.State.Pose = moved(&ego, back), moved(&other, back)
		mine, its := corners(&ego, grow), corners(&other, 0)
		front = front || segmentMeets(mine[0], mine[3], its)
		rear = rear || segmentMeets(mine[1], mine[2], its)
	}
	switch {
	case front:
		return sim.EgoFront
	case rear:
		return sim.EgoRear
	}
	return sim.EgoSide
}

// corners returns the corners of an actor's footprint, grown by grow on each side, from
// its shape and pose: front left, rear left, rear right, front right.
func corners(a *actor.Actor, grow float64) [4]geom.Vec {
	p, sh := a.State.Pose, a.Shape
	f, h := sh.RearToCenter+sh.Length/2+grow, sh.Width/2+grow
	r := sh.RearToCenter - sh.Length/2 - grow
	var out [4]geom.Vec
	for i, q := range [4]geom.Vec{{X: f, Y: h}, {X: r, Y: h}, {X: r, Y: -h}, {X: f, Y: -h}} {
		out[i] = geom.Vec{X: p.X + q.X*math.Cos(p.Yaw) - q.Y*math.Sin(p.Yaw), Y: p.Y + q.X*math.Sin(p.Yaw) + q.Y*math.Cos(p.Yaw)}
	}
	return out
}

// segmentMeets reports whether a segment crosses an edge of a convex polygon, corners
// counter-clockwise, or lies in it.
func segmentMeets(a, b geom.Vec, polygon [4]geom.Vec) bool {
	inside := true
	for i, p := range polygon {
		q := polygon[(i+1)%4]
		inside = inside && turn(p, q, a) >= 0
		if turn(p, q, a)*turn(p, q, b) <= 0 && turn(a, b, p)*turn(a, b, q) <= 0 {
			return true
		}
	}
	return inside
}

// turn is positive if c lies to the left of the line from a to b.
func turn(a, b, c geom.Vec) float64 { return b.Sub(a).Cross(c.Sub(a)) }
