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

// fieldMargin is the width of the field of snow around a map, m.
const fieldMargin = ViewRange + cellSize

// snowCovers holds the meshes of a map under snow. Each is made when it is first drawn.
type snowCovers [snowLevels]struct {
	once  sync.Once
	cells []cell
	field []square // on open ground
}

// square is a square of open ground with the side of a cell.
type square struct {
	center geom.Vec
	mesh   *Mesh
}

// snowy returns the cells of the map under a snow cover from 0 to 1, and the field of snow on
// open ground; nil without snow.
func (st *Builder) snowy(cover float64) ([]cell, []square) {
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
		s.field = st.field(share)
	})
	return s.cells, s.field
}

// field returns open ground under snow. Squares of the size of a cell are small enough to be
// projected exactly.
func (st *Builder) field(share float32) (out []square) {
	lo, hi := st.m.Bounds()
	m := Material{Color: lawn, Texture: Grass, Class: Terrain}
	for y := lo.Y - fieldMargin; y < hi.Y+fieldMargin; y += cellSize {
		for x := lo.X - fieldMargin; x < hi.X+fieldMargin; x += cellSize {
			var b builder
			b.flat(m, geom.Vec{X: x, Y: y}, geom.Vec{X: x + cellSize, Y: y}, geom.Vec{X: x + cellSize, Y: y + cellSize}, geom.Vec{X: x, Y: y + cellSize})
			out = append(out, square{geom.Vec{X: x + cellSize/2, Y: y + cellSize/2}, b.build().snowy(share)})
		}
	}
	return out
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
