package scenarios

import (
	"fmt"
	"math"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/rng"
)

// looks gives an actor the height, clothing and skin that the file asks for; what
// it leaves open is drawn as for any other actor.
func (k *compiler) looks(i int, a *sim.ActorSpec) {
	f := &k.f.Actors[i]
	at := func(field string) string { return fmt.Sprintf("actors[%d].%s", i, field) }
	if f.Height.set {
		a.Shape = actor.DefaultShape(a.Kind)
		a.Shape.Height = k.bounded(at("height"), f.Height, lengths, 0, [2]float64{0.3, 5})
	}
	if !f.Clothing.set && !f.Skin.set {
		return
	}
	if !a.Kind.Vulnerable() {
		k.fail(at("clothing"), "a %s wears none", a.Kind)
		return
	}
	unit := [2]float64{0, 1}
	draw := rng.New(k.c.Seed, "actor/"+f.ID, "looks")
	looks := actor.Looks{Variant: uint32(draw.Uint64())}
	gray := grayOf(k.bounded(at("clothing"), f.Clothing, shares, draw.Range(0.02, 0.85), unit))
	looks.Paint = [3]uint8{gray, gray, gray}
	if f.Skin.set {
		looks = looks.WithSkin(k.bounded(at("skin"), f.Skin, shares, 0, unit))
	}
	a.Looks = &looks
}

// grayOf returns the sRGB value of a gray of the given luminance, 0 to 1
// (IEC 61966-2-1).
func grayOf(luminance float64) uint8 {
	v := 12.92 * luminance
	if luminance > 0.0031308 {
		v = 1.055*math.Pow(luminance, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * v))
}
