package fusion

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// sectors is the number of directions into which a lidar scan is sorted.
const sectors = 720

// polarScan is a lidar scan as the nearest return in each direction from the lidar's
// mount.
type polarScan struct {
	valid bool
	near  [sectors]float64 // m; +Inf without a return
	top   [sectors]float64 // height of the highest return at about this distance, m
	pts   [sectors]geom.Vec
}

// read sorts the points of a scan into sectors. Returns in one direction belong to one
// object if their distances differ by at most depth, m.
func (p *polarScan) read(s *sensor.Scan, mount geom.Vec, depth float64) {
	p.valid = true
	for i := range p.near {
		p.near[i] = math.Inf(1)
	}
	for _, q := range s.Points {
		v := geom.Vec{X: float64(q.X), Y: float64(q.Y)}
		d := v.Sub(mount)
		r, i := d.Norm(), sectorOf(d)
		switch {
		case r < p.near[i]-depth:
			p.top[i] = float64(q.Z)
		case r < p.near[i]+depth:
			p.top[i] = math.Max(p.top[i], float64(q.Z))
		}
		if r < p.near[i] {
			p.near[i], p.pts[i] = r, v
		}
	}
}

// sectorOf returns the sector of a direction; sector 0 is straight ahead.
func sectorOf(d geom.Vec) int {
	return wrapSector(int(math.Floor(d.Angle()*sectors/(2*math.Pi) + 0.5)))
}

func wrapSector(i int) int { return ((i % sectors) + sectors) % sectors }

// visibility compares a box, given in the vehicle frame, with the scan. It returns
// the share of the box's directions with a nearer return and the share in which the
// lidar saw past the box.
func (p *polarScan) visibility(b geom.OBB, mount geom.Vec) (blocked, seenPast float64) {
	mid := b.Center.Sub(mount)
	lo, hi := 0.0, 0.0
	for _, c := range b.Corners() {
		d := geom.WrapAngle(c.Sub(mount).Angle() - mid.Angle())
		lo, hi = math.Min(lo, d), math.Max(hi, d)
	}
	first := int(math.Ceil((mid.Angle() + 0.9*lo) * sectors / (2 * math.Pi)))
	last := int(math.Floor((mid.Angle() + 0.9*hi) * sectors / (2 * math.Pi)))
	if last < first {
		first = sectorOf(mid)
		last = first
	}
	front, back := b.DistanceTo(mount), math.Hypot(b.Length, b.Width)
	for i := first; i <= last; i++ {
		switch r := p.near[wrapSector(i)]; {
		case r < front-0.7:
			blocked++
		case r > front+back+0.7:
			seenPast++
		}
	}
	n := float64(last - first + 1)
	return blocked / n, seenPast / n
}
