package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// sideClearance is the lateral clearance to pedestrians, m.
const sideClearance = 0.6

// crosswalks adds stop constraints at crosswalks that a pedestrian uses or waits at.
func (m *Rules) crosswalks(v *PathView) {
	for i := range v.Path.Crosswalks {
		cw := &v.Path.Crosswalks[i]
		at := cw.Start - m.Params.ZoneMargin
		if cw.Start < v.Front-0.5 || at > v.Front+v.lookAhead() {
			continue
		}
		need := m.stopDecel(v, at)
		for j := range v.Others {
			o := &v.Others[j]
			if !isPedestrian(o.Track) || o.Track.Existence < m.Params.Existence {
				continue
			}
			if need <= m.crosswalkBrake(v, cw, o) {
				m.addStop(at, "pedestrian at the crosswalk")
				break
			}
		}
	}
}

func isPedestrian(t *perception.Track) bool { return t.Class == perception.Pedestrian }

// crosswalkBrake returns the maximum braking for a pedestrian at a crosswalk, m/s²; -1
// if the car need not stop.
func (m *Rules) crosswalkBrake(v *PathView, cw *route.Crosswalk, o *Other) float64 {
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
	return m.crosswalkBrakeAt(v, cw, o, crossing{at: u - own, speed: o.Track.Vel.Dot(axis), off: u < 0.3 || u > length-0.3})
}

// crossing is the state of a pedestrian at a crosswalk relative to the car's path.
type crossing struct {
	at    float64 // along the crosswalk from the car's path, m
	speed float64 // in the same direction, m/s
	off   bool    // is still next to the road
}

func (m *Rules) crosswalkBrakeAt(v *PathView, cw *route.Crosswalk, o *Other, c crossing) float64 {
	half := m.Car.HalfWidth + sideClearance + o.Across
	inWay := math.Abs(c.at) < half
	approaching := c.at*c.speed < 0 && math.Abs(c.speed) > 0.3
	switch {
	case inWay:
		return m.Params.WalkBrake
	case approaching:
		reaches := (math.Abs(c.at) - half) / math.Abs(c.speed)
		clears := arrivalTime(cw.End+m.Car.Rear-v.S, v.Speed, m.Params.Launch, v.Path.At(v.S).Limit)
		if reaches > clears+2 {
			return -1
		}
		return m.Params.WalkBrake
	case o.Track.Vel.Norm() > 0.3: // walks away, or along the road
		return -1
	case c.off && (m.hasSignal(v.Path, cw) || m.waited(v, m.Params.PedestrianWait)):
		return -1
	}
	return m.Params.AmberBrake
}

// hasSignal reports whether a traffic light controls the crosswalk.
func (m *Rules) hasSignal(p *route.Path, cw *route.Crosswalk) bool {
	for i := range p.Stops {
		if p.Stops[i].Control == road.SignalControl && math.Abs(cw.Start-p.Stops[i].S) < 40 {
			return true
		}
	}
	return false
}

// minCrossProbability is the minimum probability of a crossing mode.
const minCrossProbability = 0.25

// walkers adds stop constraints where pedestrians and cyclists are about to
// cross the car's path at its arrival.
func (m *Rules) walkers(v *PathView) {
	for i := range v.Others {
		o := &v.Others[i]
		vulnerable := isPedestrian(o.Track) || o.Track.Class == perception.Cyclist
		if !vulnerable || o.Cast == nil || o.Track.Existence < m.Params.Existence {
			continue
		}
		for j := range o.Cast.Modes {
			mode := &o.Cast.Modes[j]
			if mode.Probability < minCrossProbability {
				break
			}
			if s, meets := m.crossingStop(v, o, mode); meets && m.stopDecel(v, s) <= m.Params.RedBrake+1 {
				m.addStop(s, "someone crosses")
			}
		}
	}
}

// crossingStop returns the stop position for a road user that enters the car's path
// from the side in a mode, and whether it is there at the car's arrival.
func (m *Rules) crossingStop(v *PathView, o *Other, mode *planning.Mode) (float64, bool) {
	half := m.Car.HalfWidth + sideClearance + o.Across
	at := o.At[0]
	from := at.D
	top := v.Path.At(v.S).Limit
	for i := range mode.Poses {
		at.S, at.D = v.Path.Refine(mode.Poses[i].Pos(), at.S)
		if math.Abs(at.D) > half || math.Abs(at.D-from) < 0.3 || at.S-o.Along < v.Front-1 {
			continue
		}
		t := float64(i+1) * planning.ForecastStep.Seconds()
		comes := arrivalTime(at.S-o.Along-v.Front, math.Max(v.Speed, 1), 0.5, top)
		leaves := arrivalTime(at.S+o.Along+m.Car.Rear-v.S, math.Max(v.Speed, 1), 0.5, top)
		if t > comes-3 && t < leaves+0.8 {
			return at.S - o.Along - m.Params.ZoneMargin, true
		}
	}
	return 0, false
}

// parkedVehicles adds speed zones at parked vehicles at the edge of the road, which may
// hide a pedestrian.
func (m *Rules) parkedVehicles(v *PathView) {
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		wide := o.Track.Class == perception.Car || o.Track.Class == perception.Truck
		if !wide || o.Track.Vel.Norm() > 0.5 || o.Track.Existence < m.Params.Existence ||
			at.S+o.Along < v.Front-1 || at.S > v.Front+v.lookAhead() {
			continue
		}
		clear := math.Abs(at.D) - o.Across - m.Car.HalfWidth
		if clear < 0 || clear > m.Params.HiddenReach || !m.isParked(v, o) {
			continue
		}
		m.constraints.SpeedZones = append(m.constraints.SpeedZones, SpeedZone{
			Start: at.S - o.Along - 4, End: at.S + o.Along + 1,
			Speed: m.Params.HiddenSpeed + m.Params.HiddenSlope*clear, Reason: "parked car may hide someone",
		})
	}
}

// isParked reports whether a vehicle is parked at the edge of the road: it is off
// the center of any lane, and the ground beyond it is not drivable.
func (m *Rules) isParked(v *PathView, o *Other) bool {
	if _, _, d, ok := m.Map.Nearest(o.Track.Pose.Pos()); ok && math.Abs(d) < 1 {
		return false
	}
	beyond := o.At[0].D + math.Copysign(o.Across+1.2, o.At[0].D)
	f := v.Path.At(o.At[0].S).Pose
	return !m.Map.Drivable(f.ToWorld(geom.Vec{Y: beyond}))
}
