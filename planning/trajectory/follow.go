package trajectory

import (
	"math"

	"roadloop/planning/behavior"
	"roadloop/planning/route"
)

const follows = "follow track"

// pull returns the acceleration of a roll-out, t seconds after its start, and
// what bounds it.
func (p *Planner) pull(in intent, x *motion, t float64) (float64, reason) {
	if p.pedal != nil {
		return p.pedal.accel, p.pedal.reason
	}
	switch in.kind {
	case stop:
		if a, why := p.walls(x); a < -3 { // no excuse to roll over a line
			return math.Max(-p.params.Hardest, a), why
		}
		return -3, reason{text: "stopping"}
	case hardStop:
		return -p.params.Hardest, reason{text: "stopping hard"}
	}
	a, why := p.road(in, x)
	if b, r := p.leaders(in, x, t); b < a {
		a, why = b, r
	}
	return math.Max(-p.params.Hardest, a), why
}

// road returns the acceleration that limits, curves, walls and zones allow, with
// nobody ahead.
func (p *Planner) road(in intent, x *motion) (float64, reason) {
	a, why := p.free(in, x)
	if b, r := p.walls(x); b < a {
		a, why = b, r
	}
	if b, r := p.zones(x); b < a {
		a, why = b, r
	}
	return a, why
}

// free returns the acceleration toward the cruising speed.
func (p *Planner) free(in intent, x *motion) (float64, reason) {
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

// toward returns the acceleration from speed v to v0: that of the Intelligent
// Driver Model below v0, a gentle return above it.
func (p *Planner) toward(v, v0 float64) float64 {
	if v > v0 {
		return math.Max(-p.params.Brake, (v0-v)/0.8)
	}
	r := v / math.Max(v0, 0.1)
	return p.params.Accel * (1 - r*r*r*r)
}

// walls returns the acceleration that the nearest wall allows. Braking begins
// when it takes most of the comfortable deceleration and then holds it.
func (p *Planner) walls(x *motion) (float64, reason) {
	nearest, why := math.Inf(1), ""
	for i := range p.bounds.Walls {
		if w := &p.bounds.Walls[i]; w.S < nearest {
			nearest, why = w.S, w.Reason
		}
	}
	if math.IsInf(nearest, 1) {
		return nearest, reason{}
	}
	return p.halt(nearest-x.s-p.car.Front, x.speed), reason{text: why}
}

// halt returns the acceleration that brings the car to a stop within gap.
func (p *Planner) halt(gap, speed float64) float64 {
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

// zones returns the acceleration that slow zones allow.
func (p *Planner) zones(x *motion) (float64, reason) {
	best, why := math.Inf(1), reason{}
	front := x.s + p.car.Front
	for i := range p.bounds.Zones {
		z := &p.bounds.Zones[i]
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

// leaders returns the acceleration behind whoever is in the way t seconds from
// now: the interaction of the Intelligent Driver Model.
func (p *Planner) leaders(in intent, x *motion, t float64) (float64, reason) {
	best, why := math.Inf(1), reason{}
	front := x.s + p.car.Front
	for i := range p.view.Others {
		o := &p.view.Others[i]
		at := o.When(t)
		gap := at.S - o.Along - front
		if at.S < x.s || gap > 100 || o.Track.Existence < p.params.Behavior.Existence {
			continue
		}
		d := p.beside(&in, x, at.S, gap)
		room := o.Across + p.car.HalfWidth + 0.25
		if gap > 1 {
			room += p.sideGap(o, 0.25) - 0.25
			if in.gain > 0 {
				room -= swing
			}
		}
		if math.Abs(at.D-d) > room && !cutsIn(o, t, d, room) {
			continue
		}
		speed := (o.When(t+0.2).S - at.S) / 0.2
		if speed < -1 && in.kind != keep {
			continue // oncoming: for the score to judge
		}
		if a := p.behind(x.speed, gap, speed); a < best {
			best, why = a, reason{text: follows, track: o.Track.ID}
		}
	}
	return best, why
}

// swing is how much nearer than it means to a car may still be to whom it is about to
// pass as it turns out, m.
const swing = 0.4

// beside returns the offset at which the car drives when it has gone gap on and its
// front is at s.
func (p *Planner) beside(in *intent, x *motion, s, gap float64) float64 {
	now := in.at(x.s)
	d := now + p.lateral(x.d-now, gap, x.speed)
	if back := s - p.car.Front - in.until; in.until > x.s && back > 0 {
		return p.lateral(in.offset, back, x.speed)
	}
	return d
}

// notice is how long before it is in the way a vehicle that cuts in is followed, s.
const notice = 2.0

// cutsIn tells that a vehicle that drives along the path is about to come within
// room of the place d beside it.
func cutsIn(o *behavior.Other, t, d, room float64) bool {
	return o.Speed > 2 && o.Along > 1.3*o.Across && math.Abs(o.When(t+notice).D-d) < room
}

// behind returns the acceleration that the Intelligent Driver Model leaves at
// the given gap behind a leader.
func (p *Planner) behind(v, gap, lead float64) float64 {
	if gap <= 0.1 {
		return -p.params.Hardest
	}
	lead = math.Max(0, lead)
	wanted := p.params.Standoff +
		math.Max(0, v*p.params.Headway+v*(v-lead)/(2*math.Sqrt(p.params.Accel*p.params.Brake)))
	q := wanted / gap
	return p.params.Accel * (1 - q*q)
}
