package scene

import (
	"hash/fnv"

	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// Appearance selects groups of detail in the picture. None of them changes the world: roads,
// actors, sensors other than cameras. The zero value is the plain picture.
type Appearance struct {
	Horizon  bool // hills, tree lines and buildings far away; skies and haze of many kinds
	Vehicles bool // bodies with glass, lamps, bumpers and wheels of many makes
	People   bool // clothes, bags and gaits of many kinds; bicycles with frames
	Roadside bool // guard rails, medians, walls, hedges, banks, trees, poles and gantries
	Road     bool // surfaces and paint of many kinds, with cracks, patches and stains
	Light    bool // static shadows, highlights and reflections
}

// DefaultAppearance returns the appearance of the worlds of scenarios: the plain one, which
// renders fastest.
func DefaultAppearance() Appearance { return Appearance{} }

// Style is the appearance of a map. The seed selects one of many equally likely looks.
type Style struct {
	Appearance
	Seed uint64
}

// stream returns the random stream of one purpose. Maps of different name or size have
// different streams.
func (s *Style) stream(m *road.Map, purpose string) rng.Stream {
	h := fnv.New64a()
	h.Write([]byte(m.Name))
	lo, hi := m.Bounds()
	seed := s.Seed ^ h.Sum64() ^ uint64(int64(hi.X-lo.X))<<32 ^ uint64(int64(hi.Y-lo.Y))
	return rng.New(seed, "scene", purpose)
}

// pick returns a random element.
func pick[T any](r *rng.Stream, of []T) T { return of[r.IntN(len(of))] }

// tint returns a color with random brightness and a slight random hue.
func tint(r *rng.Stream, c RGB, brightness, hue float64) RGB {
	f := 1 + r.Range(-brightness, brightness)
	for i := range c {
		c[i] = float32(min(max(float64(c[i])*f*(1+r.Range(-hue, hue)), 0), 1))
	}
	return c
}
