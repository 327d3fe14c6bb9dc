package scene

import (
	"fmt"
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

const (
	cellSize = 40.0 // m, of the culling grid
	// ViewRange is the drawing distance, m.
	ViewRange = 220.0
)

// layer is the drawing order of ground polygons.
type layer int

// Layers of the ground, from the bottom up.
const (
	layerPavement layer = iota
	layerAsphalt
	layerPaint
	numLayers
)

// cell is the static geometry of a cell of the culling grid.
type cell struct {
	center geom.Vec
	ground [numLayers]*Mesh
	solid  *Mesh
	lamps  []Vec3
}

// Builder builds display lists from the static geometry of a map. It is immutable and may
// be shared between goroutines; each goroutine needs its own list.
type Builder struct {
	m      *road.Map
	cells  []cell
	models models
}

// cellBuilder collects the geometry of a cell.
type cellBuilder struct {
	ground [numLayers]builder
	solid  builder
	lamps  []Vec3
}

// grid collects the geometry of the map, cell by cell.
type grid struct {
	origin geom.Vec
	nx, ny int
	cells  []cellBuilder
	err    error
}

// NewBuilder returns a Stage for a map. It returns an error if a part of the map has
// too many polygons for a mesh.
func NewBuilder(m *road.Map) (*Builder, error) {
	lo, hi := m.Bounds()
	const margin = 60 // for roadside objects
	g := &grid{origin: geom.Vec{X: lo.X - margin, Y: lo.Y - margin}}
	g.nx = int((hi.X-lo.X+2*margin)/cellSize) + 1
	g.ny = int((hi.Y-lo.Y+2*margin)/cellSize) + 1
	g.cells = make([]cellBuilder, g.nx*g.ny)
	g.surfaces(m)
	g.markings(m)
	for i := range m.Props {
		g.prop(&m.Props[i])
	}
	s := &Builder{m: m, models: newModels()}
	for i := range m.Signals {
		g.pole(&m.Signals[i])
	}
	for i := range g.cells {
		s.addCell(g, i)
	}
	return s, g.err
}

func (s *Builder) addCell(g *grid, i int) {
	b := &g.cells[i]
	c := cell{
		center: g.origin.Add(geom.Vec{X: (float64(i%g.nx) + .5) * cellSize, Y: (float64(i/g.nx) + .5) * cellSize}),
		solid:  b.solid.build(),
		lamps:  b.lamps,
	}
	empty := c.solid == nil
	for l := range b.ground {
		c.ground[l] = b.ground[l].build()
		empty = empty && c.ground[l] == nil
	}
	if !empty {
		s.cells = append(s.cells, c)
	}
}

// at returns the cell that p lies in.
func (g *grid) at(p geom.Vec) *cellBuilder {
	x := min(max(int((p.X-g.origin.X)/cellSize), 0), g.nx-1)
	y := min(max(int((p.Y-g.origin.Y)/cellSize), 0), g.ny-1)
	return &g.cells[y*g.nx+x]
}

// paint adds a polygon to a layer of the ground.
func (g *grid) paint(l layer, m Material, pts ...geom.Vec) {
	var mid geom.Vec
	for _, p := range pts {
		mid = mid.Add(p.Scale(1 / float64(len(pts))))
	}
	b := &g.at(mid).ground[l]
	if b.full(len(pts)) {
		g.err = fmt.Errorf("stage: too many ground polygons around (%.0f, %.0f)", mid.X, mid.Y)
		return
	}
	b.flat(m, pts...)
}

// models holds the meshes of actors.
type models struct {
	cars    []*Mesh
	van     *Mesh
	truck   *Mesh
	bus     *Mesh
	walkers [strides]*Mesh
	riders  [strides]*Mesh
	motor   *Mesh
	cone    *Mesh
	debris  *Mesh
	deer    [strides]*Mesh
	signal  *Mesh
}

func newModels() models {
	m := models{
		van: carBody(vanBody, Car), truck: truckBody(), bus: busBody(),
		motor: motorcyclist(), cone: cone(), debris: debris(), signal: signalHead(),
	}
	for _, p := range bodies {
		m.cars = append(m.cars, carBody(p, Car))
	}
	for i := range strides {
		m.walkers[i] = walker(i, Pedestrian)
		m.riders[i] = rider(i)
		m.deer[i] = deer(i)
	}
	return m
}

// of returns the mesh of an actor.
func (m *models) of(a *actor.Actor) *Mesh {
	phase := int(math.Round(geom.WrapAngle(a.State.Gait)/(2*math.Pi)*strides)+strides) % strides
	switch a.Kind {
	case actor.Van:
		return m.van
	case actor.Truck:
		return m.truck
	case actor.Bus:
		return m.bus
	case actor.Motorcycle:
		return m.motor
	case actor.Cyclist:
		return m.riders[phase]
	case actor.Pedestrian, actor.Child:
		return m.walkers[phase]
	case actor.Cone:
		return m.cone
	case actor.Box:
		return m.debris
	case actor.Animal:
		return m.deer[phase]
	}
	return m.cars[int(a.Appearance.Variant)%len(m.cars)]
}
