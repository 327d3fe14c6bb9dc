package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/sensor"
)

// minHeight returns a lower bound of the track's height, m: the highest lidar return,
// or the least height of its class.
func (t *track) minHeight(p *Params) float64 {
	least := p.MinPersonHeight
	if t.class() == perception.Cone {
		least = p.MinObstacleHeight
	}
	return math.Max(least, t.top)
}

// measureHeight applies the height of the highest return of a cluster and the height
// of the next ray above, which had no return.
func (t *track) measureHeight(top, above float64, p *Params) {
	t.top = math.Max(t.top, top)
	if above < p.MinPersonHeight {
		t.lowHits++
	} else if top > p.LowObjectHeight {
		t.lowHits = 0
	}
}

// heightMismatch returns, as chi-squared, by how much the height of a cluster
// contradicts that of a tentative track: each ring that passes above the cluster, but
// below the track's known height, must have lost all its echoes. For confirmed tracks
// it is 0, since more evidence identifies them.
func heightMismatch(l *sensor.Lidar, c *cluster, t *track) float64 {
	const lost = 4.0 // -2 log of the probability of that
	if t.confirmed {
		return 0
	}
	cost := 0.0
	for ring := range l.Rings {
		if h := rayHeight(l, ring, c.rangeTo); h > c.top+0.1 && h < t.top-0.1 {
			cost += lost
		}
	}
	return cost
}

// low reports whether the track was measured to be lower than any person or vehicle.
func (t *track) low() bool { return t.lowHits >= 2 }

// rayHeight returns the height above ground of the ray of a ring at a distance, m.
func rayHeight(l *sensor.Lidar, ring int, dist float64) float64 {
	return l.Mount.Z + dist*math.Tan(l.Rings[ring])
}

// nextRayAbove returns the height of the lowest ray above z at a distance, m; +Inf if
// there is none.
func nextRayAbove(l *sensor.Lidar, z, dist float64) float64 {
	next := math.Inf(1)
	for ring := range l.Rings {
		if h := rayHeight(l, ring, dist); h > z+0.1 {
			next = math.Min(next, h)
		}
	}
	return next
}

// raysHit reports whether the rays surely hit an object of the given height with its
// near side at about the given distance. Low objects are between two rings at some
// distances, and below all rings when near.
func raysHit(l *sensor.Lidar, height, dist float64) bool {
	const tolerance = 0.4 // m
	for _, d := range [...]float64{dist - tolerance, dist, dist + tolerance} {
		hit := false
		for ring := range l.Rings {
			h := rayHeight(l, ring, d)
			hit = hit || h > 0 && h < height
		}
		if !hit {
			return false
		}
	}
	return true
}
