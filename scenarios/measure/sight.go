package measure

import (
	"math"

	"roadloop/control/guard"
	"roadloop/planning/route"
	"roadloop/sim/geom"
)

// maxTTC is the time beyond which contact at constant velocity tells nothing, s.
const maxTTC = 10.0

// body is a road user, as it is or as it is believed to be.
type body struct {
	box    geom.OBB
	vel    geom.Vec
	accel  float64   // along its course, m/s²; 0 where nobody knows
	origin geom.Pose // of the ego's rear axle
	gone   bool      // it has collided with the ego and is left out since
}

// sight is what there is about the ego at one time.
type sight struct {
	ttc         float64 // least time to contact, +Inf for none
	lead        int     // index of who is ahead in the way, -1 for nobody
	gap         float64 // to the lead, m
	ahead       shadow  // of the lead
	beside      int     // index of who is nearest alongside, -1 for nobody
	sideGap     float64 // to it, m
	besides     shadow
	ego         shadow
	onEncounter func(i int, g relation)
}

// relation is how another lies to the ego along the ego's path.
type relation struct {
	ds          float64 // from middle to middle along the path, m
	along, side float64 // between the boxes along and across, m; negative where they overlap
	clearance   float64 // between the boxes while they are alongside, m; NaN when not
}

// look takes in everyone about the ego. The lead is the nearest ahead whose box
// reaches into the strip that the ego's box sweeps when it follows the path at its
// present offset.
func (v *sight) look(p *route.Path, s float64, ego *body, others []body) {
	v.ttc, v.lead, v.beside, v.gap, v.sideGap = math.Inf(1), -1, -1, math.Inf(1), math.Inf(1)
	v.ego = cast(p, ego.box, ego.vel, s-5, s+10)
	forward := geom.Unit(ego.box.Yaw)
	for i := range others {
		o := &others[i]
		d := o.box.Center.Sub(ego.box.Center)
		if o.gone || d.Dot(d) > sightRange*sightRange {
			continue
		}
		v.contact(ego, o, d.Norm())
		if d.Dot(forward) > -rearRange {
			v.place(i, cast(p, o.box, o.vel, v.ego.s-rearRange, v.ego.s+sightRange), ego, o)
		}
	}
}

// contact takes the time to contact with another at distance dist into account. It
// tells what the ego is in for by its own driving: an ego that stands has none, nor
// do those count who come from behind.
func (v *sight) contact(ego, o *body, dist float64) {
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

// place finds out whether another is ahead in the way, or alongside.
func (v *sight) place(i int, h shadow, ego, o *body) {
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
		v.lead, v.gap, v.ahead = i, g, h
	}
	if r.clearance < v.sideGap {
		v.beside, v.sideGap, v.besides = i, r.clearance, h
	}
}

// measure fills in what depends on the others. Mu is the friction of the road.
func (v *sight) measure(r *row, ego *body, others []body, mu float64) {
	if v.ttc < math.Inf(1) {
		r[ttc] = v.ttc
	}
	rss := guard.ConservativeRSS()
	if v.lead >= 0 {
		v.follow(r, ego, &others[v.lead], &rss)
		r[btn] = r[drac] / (mu * g)
	}
	if v.beside >= 0 {
		r[sideGap] = v.sideGap
		r[rssSideDistance] = v.safeSide(&rss)
		r[rssSideMargin] = v.sideGap - r[rssSideDistance]
	}
}

// follow measures the way to the lead.
func (v *sight) follow(r *row, ego, lead *body, rss *guard.RSS) {
	own, its := v.ego.vs, v.ahead.vs
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

// safeSide returns the safe lateral distance to the nearest alongside.
func (v *sight) safeSide(rss *guard.RSS) float64 {
	if v.besides.d > v.ego.d {
		return rss.Beside(v.ego.vd, v.besides.vd) // mirrored, as if it were on the right
	}
	return rss.Beside(-v.ego.vd, -v.besides.vd)
}
