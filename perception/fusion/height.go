package fusion

import (
	"math"

	"roadloop/perception"
)

const (
	smallest = 1.1  // height of the smallest person, m
	lowest   = 0.4  // and of what is taken for an obstacle, m
	knee     = 0.85 // no cone, box or guardrail is as high, m
)

// leastHeight returns what the track is at least as high as, m: what a lidar met of
// it, or what the lowest of its class have.
func (t *track) leastHeight() float64 {
	least := smallest
	if t.class() == perception.Cone {
		least = lowest
	}
	return math.Max(least, t.top)
}

// measureHeight takes the highest return of a cluster, and the height of the next
// ray above, which met nothing.
func (t *track) measureHeight(top, above float64) {
	t.top = math.Max(t.top, top)
	if above < smallest {
		t.lows++
	} else if top > knee {
		t.lows = 0
	}
}

// unlike returns by how much the height of a cluster speaks against its being what a
// young track is of, as chi-squared: each ring that passes above the cluster and
// would have met something as high as the track was seen to be must have lost all its
// echoes. An established track is known by more than that.
func (f *Fusion) unlike(c *cluster, t *track) float64 {
	const lost = 4.0 // -2 log of the chance that it did
	if t.confirmed {
		return 0
	}
	cost := 0.0
	for ring := range f.c.Rings {
		if h := f.rayHeight(ring, c.rangeTo); h > c.top+0.1 && h < t.top-0.1 {
			cost += lost
		}
	}
	return cost
}

// low reports whether the track was seen to be lower than any person or vehicle.
func (t *track) low() bool { return t.lows >= 2 }

// rayHeight returns how high above the ground the ray of a ring is at a distance, m.
func (f *Fusion) rayHeight(ring int, dist float64) float64 {
	return f.c.Lidar.Z + dist*math.Tan(f.c.Rings[ring])
}

// above returns the height of the lowest ray above z at a distance, m; +Inf if
// there is none.
func (f *Fusion) above(z, dist float64) float64 {
	next := math.Inf(1)
	for ring := range f.c.Rings {
		if h := f.rayHeight(ring, dist); h > z+0.1 {
			next = math.Min(next, h)
		}
	}
	return next
}

// meets reports whether the lidar meets something of a height for sure, with the
// side that faces it at about the given distance: what is low stands between two
// rings at some distances and beneath them all when near.
func (f *Fusion) meets(height, dist float64) bool {
	const doubt = 0.4 // m
	for _, d := range [...]float64{dist - doubt, dist, dist + doubt} {
		met := false
		for ring := range f.c.Rings {
			h := f.rayHeight(ring, d)
			met = met || h > 0 && h < height
		}
		if !met {
			return false
		}
	}
	return true
}
