package metrics

import (
	"math"

	"roadloop/planning/route"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// maxTTC is the largest time to collision that counts, s.
const maxTTC = 10.0

// body is a road user in the true world or in the driver's belief.
type body struct {
	box    geom.OBB
	vel    geom.Vec
	accel  float64   // longitudinal, m/s²; 0 if unknown
	origin geom.Pose // of the ego's rear axle
	gone   bool      // it has collided with the ego and no longer counts
}

// situation holds the ego's relations to the others at one time.
type situation struct {
	ttc         float64    // smallest time to contact, +Inf for none
	lead        int        // index of the body ahead on the path, -1 for none
	gap         float64    // to the lead, m
	leadPos     projection // of the lead
	side        int        // index of the nearest body alongside, -1 for none
	sideGap     float64    // to it, m
	sidePos     projection
	ego         projection
	onEncounter func(i int, g relation)
}

// relation is the position of another body relative to the ego along the ego's path.
type relation struct {
	ds          float64 // between centers along the path, m
	along, side float64 // between the boxes along and across, m; negative where they overlap
	clearance   float64 // between the boxes while they are alongside, m; NaN when not
}

// observe evaluates all bodies around the ego. The lead is the nearest body ahead with a
// box that reaches into the strip that the ego's box sweeps along the path at its present
// offset.
func (v *situation) observe(p *route.Path, s float64, ego *body, others []body) {
	v.ttc, v.lead, v.side, v.gap, v.sideGap = math.Inf(1), -1, -1, math.Inf(1), math.Inf(1)
	v.ego = project(p, ego.box, ego.vel, s-5, s+10)
	forward := geom.Unit(ego.box.Yaw)
	for i := range others {
		o := &others[i]
		d := o.box.Center.Sub(ego.box.Center)
		if o.gone || d.Dot(d) > sightRange*sightRange {
			continue
		}
		v.addContact(ego, o, d.Norm())
		if d.Dot(forward) > -rearRange {
			v.classify(i, project(p, o.box, o.vel, v.ego.s-rearRange, v.ego.s+sightRange), ego, o)
		}
	}
}

// addContact updates the time to contact with another body at distance dist. It counts
// only contacts that the ego's motion causes: none for an ego that stands, and none with
// bodies that come from behind.
func (v *situation) addContact(ego, o *body, dist float64) {
	if ego.vel.Norm() <= stopped || math.Abs(ego.origin.ToLocal(o.box.Center).Angle()) > behind {
		return
	}
	reach := (ego.box.Length + ego.box.Width + o.box.Length + o.box.Width) / 2
	if dist-reach > math.Min(v.ttc, maxTTC)*o.vel.Sub(ego.vel).Norm() {
		return
	}
	if t := geom.TimeToContact(ego.box, ego.vel, o.box, o.vel); t < maxTTC {
		v.ttc = math.Min(v.ttc, t)
	}
}

// classify checks whether another body is the lead, or the nearest one alongside.
func (v *situation) classify(i int, h projection, ego, o *body) {
	r := relation{ds: h.s - v.ego.s, clearance: math.NaN()}
	r.along = math.Abs(r.ds) - h.along - v.ego.along
	r.side = math.Abs(h.d-v.ego.d) - h.aside - v.ego.aside
	if r.along < 0 {
		r.clearance = geom.Distance(ego.box, o.box)
	}
	if v.onEncounter != nil {
		v.onEncounter(i, r)
	}
	if g := math.Max(0, r.along); r.ds > 0 && r.side < 0 && g < v.gap {
		v.lead, v.gap, v.leadPos = i, g, h
	}
	if r.clearance < v.sideGap {
		v.side, v.sideGap, v.sidePos = i, r.clearance, h
	}
}

// measure fills in the metrics that depend on others. mu is the friction of the road.
func (v *situation) measure(r *row, ego *body, others []body, mu float64) {
	if v.ttc < math.Inf(1) {
		r[ttc] = v.ttc
	}
	rss := vehicle.ConservativeRSS()
	if v.lead >= 0 {
		v.follow(r, ego, &others[v.lead], &rss)
		r[btn] = r[drac] / (mu * vehicle.StandardGravity)
	}
	if v.side >= 0 {
		r[sideGap] = v.sideGap
		r[rssSideDistance] = v.safeSide(&rss)
		r[rssSideMargin] = v.sideGap - r[rssSideDistance]
	}
}

// follow fills in the metrics of following the lead.
func (v *situation) follow(r *row, ego, lead *body, rss *vehicle.RSS) {
	own, its := v.ego.vs, v.leadPos.vs
	r[gap] = v.gap
	r[thw] = TimeHeadway(v.gap, own)
	r[drac] = DRAC(v.gap, own-its)
	if t := MTTC(v.gap, own-its, ego.accel-lead.accel); t < maxTTC {
		r[mttc] = t
	}
	if its < -stopped {
		r[rssDistance] = rss.Oncoming(math.Max(0, own), -its)
	} else {
		r[rssDistance] = rss.Behind(math.Max(0, own), math.Max(0, its))
	}
	r[rssMargin] = v.gap - r[rssDistance]
	r[r157Margin] = v.gap - R157Gap(math.Max(0, own))
}

// safeSide returns the safe lateral distance to the nearest body alongside.
func (v *situation) safeSide(rss *vehicle.RSS) float64 {
	if v.sidePos.d > v.ego.d {
		return rss.Beside(v.ego.vd, v.sidePos.vd) // mirrored, as if it were on the right
	}
	return rss.Beside(-v.ego.vd, -v.sidePos.vd)
}
