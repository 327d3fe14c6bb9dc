package trajectory

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/geom"
)

// terms are the weighted parts of a score, each 0..1.
type terms struct{ progress, ttc, limit, comfort, lane float64 }

// judge scores all candidates and returns the index of the best.
func (p *Planner) judge(scene *perception.Scene, cast []planning.Forecast) int {
	farthest := 0.0
	for i := range p.candidates {
		c := &p.candidates[i]
		c.terms.ttc = 1
		for j := range cast {
			p.checkTrack(c, &scene.Tracks[cast[j].Track], &cast[j])
		}
		if c.clean*c.onRoad > 0.5 {
			farthest = math.Max(farthest, c.end-c.start)
		}
	}
	best := 0
	for i := range p.candidates {
		c := &p.candidates[i]
		p.rate(c, farthest)
		if c.score > p.candidates[best].score {
			best = i
		}
	}
	return best
}

// minProgress is the maximum progress below which all proposals have full progress, m.
const minProgress = 2.0

// rate computes the score of a candidate: the product of the hard terms times
// the weighted mean of the soft terms.
func (p *Planner) rate(c *candidate, farthest float64) {
	c.terms.progress = 1
	if farthest > minProgress {
		c.terms.progress = math.Max(0, math.Min(1, (c.end-c.start)/farthest))
	}
	c.terms.limit, c.terms.comfort = p.limitAndComfort(c)
	c.terms.lane = p.laneTerm(c)
	w, t := &p.params, &c.terms
	sum := w.Progress*t.progress + w.TTC*t.ttc + w.SpeedLimit*t.limit + w.Comfort*t.comfort + w.Lane*t.lane
	sum /= w.Progress + w.TTC + w.SpeedLimit + w.Comfort + w.Lane
	must := c.clean * c.onRoad
	c.score = must * sum
	if must > 0 {
		c.score = math.Max(1e-3, c.score+p.bonus(c))
	} else if !math.IsInf(c.hit, 1) {
		// Collision: later and slower is better. Below any proposal without a collision.
		c.score = 1e-4 * c.hit / (1 + c.way[min(steps, int(c.hit/tick))].Speed)
	}
	c.explain(must)
}

// bonus returns the score bonus for continuing as before, and for lane changes and passing by
// their speed gain. A return to the line of the route has no cost.
func (p *Planner) bonus(c *candidate) float64 {
	to, now := &p.route.Lines[c.line], &p.route.Lines[p.last.line]
	switch {
	case c.line == p.last.line && c.gain > 0: // passes slow traffic
		return p.params.LaneChangeGain*c.gain + p.params.Hysteresis
	case c.line == p.last.line && c.due:
		return p.params.PullOutBonus + p.params.Hysteresis
	case c.line == p.last.line && (c.kind == p.last.kind || p.last.kind == change && c.kind == keep):
		return p.params.Hysteresis
	case c.line == p.last.line || to.Rank > now.Rank:
		return 0
	case now.Side && !to.Side:
		return p.params.LaneChangeGain * c.gain
	}
	return p.params.LaneChangeGain*c.gain - p.params.ChangeCost
}

// explain names the term that decided a score.
func (c *candidate) explain(must float64) {
	c.why = ""
	least := 0.9
	for _, t := range [...]struct {
		value float64
		name  string
	}{
		{c.terms.progress, "little progress"}, {c.terms.ttc, "too close"}, {c.terms.limit, "too fast"},
		{c.terms.comfort, "uncomfortable"}, {c.terms.lane, "off the lane"},
	} {
		if t.value < least {
			least, c.why = t.value, t.name
		}
	}
	switch {
	case c.onRoad == 0:
		c.why = "off the road"
	case must < 1:
		c.why = "collision"
	}
}

// Bounds of comfort as in nuPlan (Caesar et al. 2021), m/s².
const (
	comfortAccel   = 2.40
	comfortBrake   = 4.05
	comfortLateral = 4.89
	overspeed      = 2.23 // m/s
)

// limitAndComfort returns the speed limit and comfort terms of a candidate. The comfort
// term falls from half of the bounds on, so that the gentler of two comfortable
// proposals wins.
func (p *Planner) limitAndComfort(c *candidate) (limit, comfort float64) {
	over, worst := 0.0, 0.0
	allowed := p.route.Lines[c.line].At(c.start).Limit
	for k := range c.way {
		w := &c.way[k]
		over += math.Max(0, w.Speed-allowed-0.3) * tick
		worst = math.Max(worst, math.Max(w.Accel/comfortAccel, -w.Accel/comfortBrake))
		worst = math.Max(worst, math.Abs(w.Curvature)*w.Speed*w.Speed/comfortLateral)
	}
	limit = math.Max(0, 1-over/(overspeed*steps*tick))
	comfort = math.Max(0, math.Min(1, 2-2*worst))
	return limit, comfort
}

// laneTerm returns the lane term of a candidate: 1 at the center of the route's
// lane.
func (p *Planner) laneTerm(c *candidate) float64 {
	l := &p.route.Lines[c.line]
	lane := 1.0
	if c.offset != 0 {
		lane -= 0.2 + 0.3*math.Min(1, math.Abs(c.offset)/1.75)
	}
	if c.outside {
		lane -= 0.3
	}
	if l.Side {
		lane -= 0.3
	}
	if l.Rank < p.route.Last {
		lane -= 0.3 + 0.7*math.Max(0, 1-(l.End-c.end)/150)
	}
	return math.Max(0, lane)
}

// checkTrack checks a candidate against the forecast of one track.
func (p *Planner) checkTrack(c *candidate, t *perception.Track, cast *planning.Forecast) {
	if t.Existence < p.params.Behavior.Existence {
		return
	}
	box := p.inflate(t, &c.boxes[0])
	side := p.clearanceRate(t, &c.boxes[0], &box)
	chance, first := 0.0, math.Inf(1)
	for m := range cast.Modes {
		mode := &cast.Modes[m]
		if mode.Probability < p.params.MinProbability {
			break
		}
		at, hit := p.collide(c, t, mode, box, side)
		if hit {
			chance += mode.Probability
			first = math.Min(first, at)
		}
		if m == 0 && c.terms.ttc > 0 && p.tooClose(c, t, mode) {
			c.terms.ttc = 0
		}
	}
	if chance == 0 {
		return
	}
	if chance >= 0.4 {
		chance = 1
		c.hit = math.Min(c.hit, first)
	}
	c.clean *= 1 - chance
}

// inflate returns the box of a track inflated by its uncertainty and a margin, or
// the box itself if the inflated one touches the car.
func (p *Planner) inflate(t *perception.Track, ego *geom.OBB) geom.OBB {
	box := t.Box()
	std := math.Sqrt(math.Max(0, math.Max(t.Cov[0][0], t.Cov[1][1])))
	wide := box.Inflate(math.Min(0.8, 0.2+0.5*std), math.Min(0.35, 0.1+0.3*std))
	if geom.Overlap(wide, *ego) {
		return box
	}
	return wide
}

// The lateral clearance to a standing vehicle, with a door that may open, grows with
// the speed of the car: by sideTime for each m/s, up to sideMost, in addition to
// that of inflate.
const (
	clearanceTime = 0.03 // s
	maxClearance  = 0.4  // m
)

// clearanceRate returns the lateral clearance to a track with the inflated box per m/s of the
// car, s: 0 if the car at its current speed is already closer.
func (p *Planner) clearanceRate(t *perception.Track, ego, box *geom.OBB) float64 {
	if t.Class != perception.Car && t.Class != perception.Truck || t.Vel.Norm() > 0.5 {
		return 0
	}
	room := math.Min(maxClearance, clearanceTime*p.view.Speed)
	if geom.Overlap(box.Inflate(0, room), *ego) {
		return 0
	}
	return clearanceTime
}

// collide returns the time of the first at-fault collision of a candidate with a mode,
// s. side is the lateral clearance to the box per m/s of the car.
func (p *Planner) collide(c *candidate, t *perception.Track, mode *planning.Mode, box geom.OBB, side float64) (float64, bool) {
	width := box.Width
	reach := (c.boxes[0].Length+box.Length+box.Width+c.boxes[0].Width)/2 + maxClearance
	for k := range c.boxes {
		if k > 0 {
			q := &mode.Poses[k-1]
			box.Center, box.Yaw = q.Pos(), q.Yaw
		}
		box.Width = width + 2*math.Min(maxClearance, side*c.way[2*k].Speed)
		d := box.Center.Sub(c.boxes[k].Center)
		if d.Dot(d) > reach*reach || !geom.Overlap(c.boxes[k], box) {
			continue
		}
		if p.atFault(c, k, t, d) {
			return float64(2*k) * tick, true
		}
		return 0, false
	}
	return 0, false
}

// atFault reports whether the car is at fault in a collision at box k with a
// track at the offset d: not if the car stands, or is hit from behind in its
// lane.
func (p *Planner) atFault(c *candidate, k int, t *perception.Track, d geom.Vec) bool {
	w := &c.way[2*k]
	if w.Speed < 0.05 {
		return false
	}
	rear := d.Dot(w.Pose.Forward()) < -0.3*c.boxes[0].Length
	moves := t.Vel.Norm() > 0.5
	return !(rear && moves && c.line == p.last.line && c.kind < passLeft)
}

// ttcSpan is the part of a roll-out in which the time to collision is checked,
// in boxes: 2 s.
const ttcSpan = 10

// tooClose reports whether the time to collision of a candidate with a mode of a
// track ahead falls below MinTTC, at constant velocities.
func (p *Planner) tooClose(c *candidate, t *perception.Track, mode *planning.Mode) bool {
	box := t.Box()
	speed := t.Vel.Norm()
	for k := 0; k < ttcSpan; k += 2 {
		yaw := box.Yaw
		if k > 0 {
			q := &mode.Poses[k-1]
			box.Center, yaw = q.Pos(), q.Yaw
			box.Yaw = q.Yaw
		}
		w := &c.way[2*k]
		d := box.Center.Sub(c.boxes[k].Center)
		reach := (w.Speed+speed)*p.params.MinTTC + c.boxes[k].Length/2 + box.Length/2 + 1
		if d.Dot(d) > reach*reach || d.Dot(w.Pose.Forward()) < 0 || w.Speed < 0.3 {
			continue
		}
		vel := geom.Unit(yaw).Scale(speed)
		if k == 0 {
			vel = t.Vel
		}
		if geom.TimeToContact(c.boxes[k], w.Pose.Forward().Scale(w.Speed), box, vel) < p.params.MinTTC {
			return true
		}
	}
	return false
}
