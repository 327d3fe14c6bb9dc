package runner

import (
	"fmt"
	"math"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/rng"
)

// appearance sets the height, clothing and skin that the file specifies. The rest is
// drawn as for any other actor.
func (k *compiler) appearance(i int, a *sim.ActorSpec) {
	f := &k.f.Actors[i]
	if f.Height.Set {
		a.Shape = actor.DefaultShape(a.Kind)
		a.Shape.Height = f.Height.SI
	}
	if !f.Clothing.Set && !f.Skin.Set {
		return
	}
	if !a.Kind.Vulnerable() {
		field := "clothing"
		if !f.Clothing.Set {
			field = "skin"
		}
		k.fail(fmt.Sprintf("actors[%d].%s", i, field), "is for pedestrians and riders, but %s is a %s", f.ID, a.Kind)
		return
	}
	draw := rng.New(k.c.Seed, "actor/"+f.ID, "looks")
	looks := actor.Appearance{Variant: uint32(draw.Uint64())}
	gray := grayOf(f.Clothing.Or(draw.Range(0.02, 0.85)))
	looks.Paint = [3]uint8{gray, gray, gray}
	if f.Skin.Set {
		looks = looks.WithSkin(f.Skin.SI)
	}
	a.Appearance = &looks
}

// grayOf returns the sRGB value of a gray with this luminance, 0 to 1 (IEC 61966-2-1).
func grayOf(luminance float64) uint8 {
	v := 12.92 * luminance
	if luminance > 0.0031308 {
		v = 1.055*math.Pow(luminance, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * v))
}
