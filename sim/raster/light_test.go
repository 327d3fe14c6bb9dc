package raster

import (
	"testing"

	"roadloop/sim/scene"
)

// The haze of a sky makes clear air thicker, and leaves the visibility of fog as it is.
func TestFogKeepsItsVisibility(t *testing.T) {
	for _, c := range []struct {
		visibility float64
		factor     float32
	}{{0, 3}, {100, 1}} {
		var plain, hazy light
		list := scene.List{Conditions: scene.Conditions{SunElevation: .5, Visibility: c.visibility}}
		plain.set(&list)
		list.Sky = scene.SkyTint{Zenith: scene.RGB{1, 1, 1}, Horizon: scene.RGB{1, 1, 1}, Haze: 3}
		hazy.set(&list)
		if want := c.factor * plain.haze; hazy.haze != want {
			t.Errorf("visibility %g m: extinction %g/m, want %g", c.visibility, hazy.haze, want)
		}
	}
}
