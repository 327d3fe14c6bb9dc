package rig

import (
	"math"

	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// dirt is dirt on the lens: the opacity of each pixel, in 256ths, and its
// brightness. Both are nil for a clean lens.
type dirt struct{ cover, tone []uint8 }

// lensDirt returns dirt that covers a share of the lens, as blurred spots at
// positions drawn from r.
func lensDirt(cal *sensor.Camera, share float64, r *rng.Stream) (d dirt) {
	if share <= 0 {
		return d
	}
	n := cal.Width * cal.Height
	d = dirt{cover: make([]uint8, n), tone: make([]uint8, n)}
	for hidden := 0; float64(hidden) < share*float64(n); {
		hidden += d.addSpot(cal, r)
	}
	return d
}

// addSpot adds one spot and returns the number of pixels that are newly covered by more than
// half.
func (d *dirt) addSpot(cal *sensor.Camera, r *rng.Stream) (hidden int) {
	w, h := float64(cal.Width), float64(cal.Height)
	cx, cy := r.Range(0, w), r.Range(0, h)
	rx, ry := r.Range(.015, .06)*w, r.Range(.015, .06)*w
	opaque, tone := r.Range(.6, 1), r.Range(15, 160)
	for y := max(0, int(cy-ry)); y < min(cal.Height, int(cy+ry)+1); y++ {
		for x := max(0, int(cx-rx)); x < min(cal.Width, int(cx+rx)+1); x++ {
			dx, dy := (float64(x)-cx)/rx, (float64(y)-cy)/ry
			q := dx*dx + dy*dy
			cover := uint8(255 * opaque * math.Max(0, 1-q*q))
			i := y*cal.Width + x
			if cover <= d.cover[i] {
				continue
			}
			if cover > 127 && d.cover[i] <= 127 {
				hidden++
			}
			d.cover[i], d.tone[i] = cover, uint8(tone)
		}
	}
	return hidden
}

// apply draws the dirt over a frame.
func (d *dirt) apply(rgb []uint8) {
	for i, c := range d.cover {
		if c == 0 {
			continue
		}
		k, tone := int(c)+1, int(d.tone[i])
		for p := 3 * i; p < 3*i+3; p++ {
			rgb[p] = uint8((int(rgb[p])*(256-k) + tone*k) >> 8)
		}
	}
}
