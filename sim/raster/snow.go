package raster

import "roadloop/sim/scene"

// Snowflakes: share of the pixels at the strongest snowfall, and the layers of a rain streak's
// color that make one opaque.
const (
	flakeShare  = 1. / 90
	flakeLayers = 4
)

// flakes calls yield for every pixel of every snowflake in an image of w×h, new ones in every
// frame. Near ones cover 2×2 pixels.
func flakes(list *scene.List, t *texture, w, h int, yield func(u, v int)) {
	n := int(list.Conditions.Snow * float64(w*h) * flakeShare)
	seed := int32(list.View.NoiseSeed ^ list.View.NoiseSeed>>32)
	for i := range int32(n) {
		x := int((t.at(i+17, seed+3) + 1) / 2 * float32(w))
		y := int((t.at(i+9973, seed+3) + 1) / 2 * float32(h))
		side := 1
		if t.at(i+59, seed+3) > .6 {
			side = 2
		}
		for v := y; v < min(y+side, h); v++ {
			for u := x; u < min(x+side, w); u++ {
				for range flakeLayers {
					yield(u, v)
				}
			}
		}
	}
}
