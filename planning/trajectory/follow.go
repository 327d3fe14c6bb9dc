package trajectory

import (
	"math"

	"roadloop/planning/behavior"
	"roadloop/planning/route"
)

const follows = "follow track"

// acceleration returns the acceleration of a roll-out, t seconds after its start, and
// the reason for it.
func (p *Planner) acceleration(in intent, x *motion, t float64) (float64, reason) {
	if p.longitudinal != nil {
		return p.longitudinal.accel, p.longitudinal.reason
	}
	switch in.kind {
	case stop:
		if a, why := p.stopAccel(x); a < -3 { // a harder stop constraint applies here too
			return math.Max(-p.params.MaxBrake, a), why
		}
		return -3, reason{text: "stopping"}
	case hardStop:
		return -p.params.MaxBrake, reason{text: "stopping hard"}
	}
	a, why := p.roadAccel(in, x)
	if b, r := p.followAccel(in, x, t); b < a {
		a, why = b, r
	}
	return math.Max(-p.params.MaxBrake, a), why
}

// roadAccel returns the acceleration for speed limits, curves, stop constraints and
// speed zones, without leaders.
func (p *Planner) roadAccel(in intent, x *motion) (float64, reason) {
	a, why := p.cruiseAccel(in, x)
	if b, r := p.stopAccel(x); b < a {
		a, why = b, r
	}
	if b, r := p.zoneAccel(x); b < a {
		a, why = b, r
	}
	return a, why
}

// cruiseAccel returns the acceleration toward the cruising speed.
func (p *Planner) cruiseAccel(in intent, x *motion) (float64, reason) {
	v0 := p.params.Fractions[in.speed] * p.cruiseAt(x.s+0.4*x.speed)
	why := reason{text: "free"}
	if limit := p.view.Path.At(x.s).Limit; p.params.Fractions[in.speed] == 1 && v0 < 0.95*limit {
		why.text = "curve"
	} else if p.params.Fractions[in.speed] < 1 {
		why.text = "caution"
	}
	return p.toward(x.speed, v0), why
}

// cruiseAt returns the cruising speed at s.
func (p *Planner) cruiseAt(s float64) float64 {
	i := int(s / route.Spacing)
	return p.view.Cruise[max(0, min(i, len(p.view.Cruise)-1))]
}

// toward returns the acceleration from speed v to v0: by the Intelligent Driver
// Model below v0, gentle braking above it.
func (p *Planner) toward(v, v0 float64) float64 {
	if v > v0 {
		return math.Max(-p.params.Brake, (v0-v)/0.8)
	}
	m := p.params.idm(v0)
	return m.FreeAccel(v)
}

// stopAccel returns the acceleration for the nearest stop constraint. Braking
// begins when most of the comfortable deceleration is necessary, and then holds
// it.
func (p *Planner) stopAccel(x *motion) (float64, reason) {
	nearest, why := math.Inf(1), ""
	for i := range p.constraints.Stops {
		if w := &p.constraints.Stops[i]; w.S < nearest {
			nearest, why = w.S, w.Reason
		}
	}
	if math.IsInf(nearest, 1) {
		return nearest, reason{}
	}
	return p.haltAccel(nearest-x.s-p.car.Front, x.speed), reason{text: why}
}

// haltAccel returns the acceleration to stop within gap meters.
func (p *Planner) haltAccel(gap, speed float64) float64 {
	gap -= 0.15 * speed
	if gap < 0.15 {
		return -math.Max(1, speed/0.3)
	}
	need := speed * speed / (2 * gap)
	hold := 0.75 * p.params.Brake
	if need >= hold {
		return -need
	}
	return math.Min(p.params.Accel, math.Sqrt(gap)) * (1 - need/hold)
}

// zoneAccel returns the acceleration for the speed zones.
func (p *Planner) zoneAccel(x *motion) (float64, reason) {
	best, why := math.Inf(1), reason{}
	front := x.s + p.car.Front
	for i := range p.constraints.SpeedZones {
		z := &p.constraints.SpeedZones[i]
		if front > z.End {
			continue
		}
		ahead := math.Max(0, z.Start-front-0.3*x.speed)
		allowed := math.Sqrt(z.Speed*z.Speed + 2*p.params.Brake*0.8*ahead)
		if a := p.toward(x.speed, allowed); a < best {
			best, why = a, reason{text: z.Reason}
		}
	}
	return best, why
}

// followAccel returns the acceleration behind the road users in the path t seconds
// from now: the interaction term of the Intelligent Driver Model.
func (p *Planner) followAccel(in intent, x *motion, t float64) (float64, reason) {
	best, why := math.Inf(1), reason{}
	front := x.s + p.car.Front
	for i := range p.view.Others {
		o := &p.view.Others[i]
		at := o.PositionAt(t)
		gap := at.S - o.Along - front
		if at.S < x.s || gap > 100 || o.Track.Existence < p.params.Behavior.Existence {
			continue
		}
		d := p.offsetAt(&in, x, at.S, gap)
		room := o.Across + p.car.HalfWidth + 0.25
		if gap > 1 {
			room += p.sideGap(o, 0.25) - 0.25
			if in.gain > 0 {
				room -= pullOutTolerance
			}
		}
		if math.Abs(at.D-d) > room && !cutsIn(o, t, d, room) {
			continue
		}
		speed := (o.PositionAt(t+0.2).S - at.S) / 0.2
		if speed < -1 && in.kind != keep {
			continue // oncoming: handled by the score
		}
		if a := p.gapAccel(x.speed, gap, speed); a < best {
			best, why = a, reason{text: follows, track: o.Track.ID}
		}
	}
	return best, why
}

// pullOutTolerance is the tolerance of the lateral clearance to a road user while the car pulls
// out to pass it, m.
const pullOutTolerance = 0.4

// offsetAt returns the lateral offset of the car after gap meters, with its front at
// s.
func (p *Planner) offsetAt(in *intent, x *motion, s, gap float64) float64 {
	now := in.at(x.s)
	d := now + p.lateral(x.d-now, gap, x.speed)
	if back := s - p.car.Front - in.until; in.until > x.s && back > 0 {
		return p.lateral(in.offset, back, x.speed)
	}
	return d
}

// cutInLead is the time before a cut-in from which the vehicle counts as a leader, s.
const cutInLead = 2.0

// cutsIn reports whether a vehicle that drives along the path will be within
// room of the lateral offset d soon.
func cutsIn(o *behavior.Other, t, d, room float64) bool {
	return o.Speed > 2 && o.Along > 1.3*o.Across && math.Abs(o.PositionAt(t+cutInLead).D-d) < room
}

// gapAccel returns the acceleration of the Intelligent Driver Model at the given
// gap behind a leader.
func (p *Planner) gapAccel(v, gap, lead float64) float64 {
	if gap <= 0.1 {
		return -p.params.MaxBrake
	}
	m := p.params.idm(0) // the desired speed has no effect behind a leader
	return m.FollowAccel(v, gap, math.Max(0, lead))
}
