package raster

import (
	"math/rand/v2"
	"testing"

	"roadloop/sim/scene"
)

// The light from the grid equals the sum over all lamps exactly.
func TestLampGridEqualsAllLamps(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	at := func(spread float32) vec {
		return vec{30 + spread*(r.Float32()-.5), -80 + spread*(r.Float32()-.5), 8 * r.Float32()}
	}
	var all []scene.Vec3
	for range 400 {
		p := at(700)
		all = append(all, scene.Vec3{X: p.x, Y: p.y, Z: p.z})
	}
	var g lamps
	g.set([2]float32{30, -80}, all)
	lit := 0
	for range 20000 {
		p := at(800)
		want := float32(.25)
		for _, lamp := range g.all {
			want += lampLight(p, lamp)
		}
		if got := g.add(.25, p); got != want {
			t.Fatalf("at %v: %g, all lamps give %g", p, got, want)
		}
		if want > .25 {
			lit++
		}
	}
	if lit < 1000 {
		t.Errorf("only %d points were lit", lit)
	}
}
