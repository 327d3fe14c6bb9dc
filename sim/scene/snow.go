package scene

import (
	"math"
	"sync"

	"roadloop/sim/geom"
)

// snowLevels is the number of steps of the snow cover, without bare ground.
const snowLevels = 4

// snowWhite is the color of fresh snow.
var snowWhite = RGB{.83, .85, .88}

// fieldReach is half the side of the field of snow around a map, m.
const fieldReach = 4000

// snowCovers holds the meshes of a map under snow. Each is made when it is first drawn.
type snowCovers [snowLevels]struct {
	once  sync.Once
	cells []cell
	field *Mesh // on open ground
}

// snowy returns the cells of the map under a snow cover from 0 to 1, and the field of snow on
// open ground; nil without snow.
func (st *Builder) snowy(cover float64) ([]cell, *Mesh) {
	level := int(math.Ceil(cover*snowLevels)) - 1
	if level < 0 {
		return st.cells, nil
	}
	s := &st.snow[min(level, snowLevels-1)]
	s.once.Do(func() {
		share := float32(level+1) / snowLevels
		for i := range st.cells {
			c := st.cells[i]
			for l, m := range c.ground {
				c.ground[l] = m.snowy(share)
			}
			c.solid = c.solid.snowy(share)
			s.cells = append(s.cells, c)
		}
		var b builder
		lo, hi := st.m.Bounds()
		m, r := lo.Lerp(hi, .5), float64(fieldReach)
		b.flat(Material{Color: lawn, Texture: Grass, Class: Terrain}, m.Add(geom.Vec{X: -r, Y: -r}), m.Add(geom.Vec{X: r, Y: -r}), m.Add(geom.Vec{X: r, Y: r}), m.Add(geom.Vec{X: -r, Y: r}))
		s.field = b.build().snowy(share)
	})
	return s.cells, s.field
}

// snowy returns a mesh that shares its shape with m and has the colors of its materials under
// snow.
func (m *Mesh) snowy(cover float32) *Mesh {
	if m == nil {
		return nil
	}
	out := *m
	out.Materials = make([]Material, len(m.Materials))
	for i, mat := range m.Materials {
		share := cover * snowShare(mat.Class)
		for k := range mat.Color {
			mat.Color[k] += share * (snowWhite[k] - mat.Color[k])
		}
		if mat.Class == Marking {
			mat.Wear = min(.9, mat.Wear+.5*cover)
		}
		out.Materials[i] = mat
	}
	return &out
}

// snowShare returns how much snow lies on surfaces of a class when open ground is covered.
func snowShare(c Class) float32 {
	switch c {
	case Terrain:
		return .95
	case Sidewalk:
		return .7
	case Road:
		return .5
	case Vegetation:
		return .4
	case Barrier, Marking:
		return .25
	}
	return 0
}
