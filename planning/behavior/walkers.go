package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// sideRoom is the room beside the car that people are given, m.
const sideRoom = 0.6

// crosswalks walls off the zebra crossings ahead that someone uses or waits at.
func (m *Mind) crosswalks(v *View) {
	for i := range v.Path.Crosswalks {
		cw := &v.Path.Crosswalks[i]
		at := cw.Start - m.Params.ZoneMargin
		if cw.Start < v.Front-0.5 || at > v.Front+v.sight() {
			continue
		}
		need := m.needs(v, at)
		for j := range v.Others {
			o := &v.Others[j]
			if !onTwoLegs(o.Track) || o.Track.Existence < m.Params.Existence {
				continue
			}
			if need <= m.claim(v, cw, o) {
				m.wall(at, "pedestrian at the crosswalk")
				break
			}
		}
	}
}

func onTwoLegs(t *perception.Track) bool { return t.Class == perception.Pedestrian }

// claim returns the braking that someone's claim to a crosswalk is worth, -1
// where there is none.
func (m *Mind) claim(v *View, cw *route.Crosswalk, o *Other) float64 {
	zebra := &m.Map.Crosswalks[cw.Index]
	axis := zebra.B.Sub(zebra.A)
	length := axis.Norm()
	axis = axis.Scale(1 / length)
	rel := o.Track.Pose.Pos().Sub(zebra.A)
	u, w := rel.Dot(axis), rel.Cross(axis)
	if math.Abs(w) > zebra.Width/2+1.5 || u < -2.5 || u > length+2.5 {
		return -1
	}
	own := v.Path.At((cw.Start + cw.End) / 2).Pose.Pos().Sub(zebra.A).Dot(axis)
	return m.claimAt(v, cw, o, crossing{at: u - own, speed: o.Track.Vel.Dot(axis), off: u < 0.3 || u > length-0.3})
}

// crossing is where someone at a crosswalk is relative to the car's way.
type crossing struct {
	at    float64 // along the crosswalk from the car's way, m
	speed float64 // in the same direction, m/s
	off   bool    // is still beside the road
}

func (m *Mind) claimAt(v *View, cw *route.Crosswalk, o *Other, c crossing) float64 {
	half := m.Car.HalfWidth + sideRoom + o.Across
	inWay := math.Abs(c.at) < half
	approaching := c.at*c.speed < 0 && math.Abs(c.speed) > 0.3
	switch {
	case inWay:
		return m.Params.WalkBrake
	case approaching:
		reaches := (math.Abs(c.at) - half) / math.Abs(c.speed)
		clears := arrival(cw.End+m.Car.Rear-v.S, v.Speed, m.Params.Launch, v.Path.At(v.S).Limit)
		if reaches > clears+2 {
			return -1
		}
		return m.Params.WalkBrake
	case o.Track.Vel.Norm() > 0.3: // walks away, or along the road
		return -1
	case c.off && (m.signaled(v.Path, cw) || m.waited(v, m.Params.Patience)):
		return -1
	}
	return m.Params.AmberBrake
}

// signaled tells that a traffic light regulates the crosswalk.
func (m *Mind) signaled(p *route.Path, cw *route.Crosswalk) bool {
	for i := range p.Stops {
		if p.Stops[i].Control == road.SignalControl && math.Abs(cw.Start-p.Stops[i].S) < 40 {
			return true
		}
	}
	return false
}

// crossModes is the probability from which on a forecast of someone crossing
// counts.
const crossModes = 0.25

// walkers walls off where people and cyclists are about to cross the car's way
// while it comes by.
func (m *Mind) walkers(v *View) {
	for i := range v.Others {
		o := &v.Others[i]
		vulnerable := onTwoLegs(o.Track) || o.Track.Class == perception.Cyclist
		if !vulnerable || o.Cast == nil || o.Track.Existence < m.Params.Existence {
			continue
		}
		for j := range o.Cast.Modes {
			mode := &o.Cast.Modes[j]
			if mode.Probability < crossModes {
				break
			}
			if s, meets := m.crosses(v, o, mode); meets && m.needs(v, s) <= m.Params.RedBrake+1 {
				m.wall(s, "someone crosses")
			}
		}
	}
}

// crosses returns where to stop for someone who comes into the car's way from
// the side in a mode, and whether they are there when the car is.
func (m *Mind) crosses(v *View, o *Other, mode *planning.Mode) (float64, bool) {
	half := m.Car.HalfWidth + sideRoom + o.Across
	at := o.At[0]
	from := at.D
	top := v.Path.At(v.S).Limit
	for i := range mode.Poses {
		at.S, at.D = v.Path.Refine(mode.Poses[i].Pos(), at.S)
		if math.Abs(at.D) > half || math.Abs(at.D-from) < 0.3 || at.S-o.Along < v.Front-1 {
			continue
		}
		t := float64(i+1) * planning.ForecastStep.Seconds()
		comes := arrival(at.S-o.Along-v.Front, math.Max(v.Speed, 1), 0.5, top)
		leaves := arrival(at.S+o.Along+m.Car.Rear-v.S, math.Max(v.Speed, 1), 0.5, top)
		if t > comes-3 && t < leaves+0.8 {
			return at.S - o.Along - m.Params.ZoneMargin, true
		}
	}
	return 0, false
}

// hidden slows the car beside parked vehicles at the edge of the road, from
// behind which someone may step.
func (m *Mind) hidden(v *View) {
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		wide := o.Track.Class == perception.Car || o.Track.Class == perception.Truck
		if !wide || o.Track.Vel.Norm() > 0.5 || o.Track.Existence < m.Params.Existence ||
			at.S+o.Along < v.Front-1 || at.S > v.Front+v.sight() {
			continue
		}
		clear := math.Abs(at.D) - o.Across - m.Car.HalfWidth
		if clear < 0 || clear > m.Params.HiddenReach || !m.edge(v, o) {
			continue
		}
		m.verdict.Zones = append(m.verdict.Zones, Zone{
			Start: at.S - o.Along - 4, End: at.S + o.Along + 1,
			Speed: m.Params.HiddenSpeed + m.Params.HiddenSlope*clear, Reason: "parked car may hide someone",
		})
	}
}

// edge tells that a vehicle stands off the middle of any lane, and that nobody
// drives beyond it: it is parked, and people may be there.
func (m *Mind) edge(v *View, o *Other) bool {
	if _, _, d, ok := m.Map.Nearest(o.Track.Pose.Pos()); ok && math.Abs(d) < 1 {
		return false
	}
	beyond := o.At[0].D + math.Copysign(o.Across+1.2, o.At[0].D)
	f := v.Path.At(o.At[0].S).Pose
	return !m.Map.Drivable(f.ToWorld(geom.Vec{Y: beyond}))
}
