package scene

import (
	"fmt"
	"math"
	"sync"

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
	layerWear // cracks, patches and stains
	layerPaint
	numLayers
)

// cell is the static geometry of a cell of the culling grid.
type cell struct {
	center geom.Vec
	ground [numLayers]*Mesh
	solid  *Mesh
	lamps  []Vec3
	shades shades
}

// Builder builds display lists from the static geometry of a map. It may be shared between
// goroutines; each goroutine needs its own list.
type Builder struct {
	m        *road.Map
	style    Style
	cells    []cell
	backdrop []*Mesh // of the horizon
	sky      SkyTint
	snow     snowCovers
	models   *models // constant
}

// cellBuilder collects the geometry of a cell.
type cellBuilder struct {
	ground [numLayers]builder
	solid  builder
	lamps  []Vec3
	shades
}

// grid collects the geometry of the map, cell by cell.
type grid struct {
	style  *Style
	roads  roadStyle
	origin geom.Vec
	nx, ny int
	cells  []cellBuilder
	err    error
}

// NewBuilder returns a builder for a map in its default appearance. It returns an error if a
// part of the map has too many polygons for a mesh.
func NewBuilder(m *road.Map) (*Builder, error) {
	return NewStyledBuilder(m, Style{Appearance: DefaultAppearance()})
}

// NewStyledBuilder is NewBuilder with a chosen appearance.
func NewStyledBuilder(m *road.Map, style Style) (*Builder, error) {
	lo, hi := m.Bounds()
	const margin = 60 // for roadside objects
	g := &grid{style: &style, roads: plainRoads(), origin: geom.Vec{X: lo.X - margin, Y: lo.Y - margin}}
	g.nx = int((hi.X-lo.X+2*margin)/cellSize) + 1
	g.ny = int((hi.Y-lo.Y+2*margin)/cellSize) + 1
	g.cells = make([]cellBuilder, g.nx*g.ny)
	if style.Road {
		r := style.stream(m, "road")
		g.roads = randomRoads(&r)
	}
	g.surfaces(m)
	g.markings(m)
	for i := range m.Props {
		g.prop(&m.Props[i])
	}
	if style.Road {
		r := style.stream(m, "wear")
		w := wear{g, m, &r}
		w.spots()
	}
	if style.Roadside {
		r := style.stream(m, "roadside")
		newRoadside(g, m, &r).furnish()
	}
	s := &Builder{m: m, style: style, models: actorModels(style.Appearance)}
	if style.Horizon {
		r := style.stream(m, "horizon")
		s.backdrop = newBackdrop(m, &r)
		s.sky = randomSky(&r)
	}
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
		shades: b.shades,
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

// models holds the meshes of actors: for each kind, one for each body, and for actors that
// move their limbs, one for each phase of the gait.
type models struct {
	cars, vans, trucks, buses []*Mesh
	walkers, riders           [][strides]*Mesh
	motor                     *Mesh
	cone                      *Mesh
	debris                    *Mesh
	deer                      [strides]*Mesh
	signal                    *Mesh
	hood                      *Mesh
}

// madeModels holds the models of each appearance of actors, made at first use: the bits of the
// index are Vehicles, People and Light.
var madeModels = func() (all [8]func() *models) {
	for i := range all {
		all[i] = sync.OnceValue(func() *models {
			return newModels(Appearance{Vehicles: i&1 != 0, People: i&2 != 0, Light: i&4 != 0})
		})
	}
	return all
}()

// actorModels returns the models of an appearance, which all builders share.
func actorModels(a Appearance) *models {
	i := 0
	for bit, on := range [...]bool{a.Vehicles, a.People, a.Light} {
		if on {
			i |= 1 << bit
		}
	}
	return madeModels[i]()
}

func newModels(a Appearance) *models {
	m := &models{motor: motorcyclist(), cone: cone(), debris: debris(), signal: signalHead(), hood: hoodMesh()}
	if a.Vehicles {
		m.addDetailedVehicles()
	} else {
		m.vans, m.trucks, m.buses = []*Mesh{carBody(vanBody, Car)}, []*Mesh{truckBody()}, []*Mesh{busBody()}
		for _, p := range bodies {
			m.cars = append(m.cars, carBody(p, Car))
		}
	}
	if a.People {
		m.walkers, m.riders = make([][strides]*Mesh, len(outfits)), make([][strides]*Mesh, len(bikes))
	} else {
		m.walkers, m.riders = make([][strides]*Mesh, 1), make([][strides]*Mesh, 1)
	}
	for i := range strides {
		m.deer[i] = deer(i)
		for k := range m.walkers {
			if a.People {
				m.walkers[k][i] = dressed(&outfits[k], i)
			} else {
				m.walkers[k][i] = walker(i, Pedestrian)
			}
		}
		for k := range m.riders {
			if a.People {
				m.riders[k][i] = cycling(&bikes[k], i)
			} else {
				m.riders[k][i] = rider(i)
			}
		}
	}
	if a.Light {
		for _, of := range [][]*Mesh{m.cars, m.vans, m.trucks, m.buses, {m.motor, m.hood}} {
			for _, mesh := range of {
				mesh.polish()
			}
		}
	}
	return m
}

// polish makes the paint and the glass of a vehicle reflect.
func (m *Mesh) polish() {
	for i := range m.Materials {
		switch mat := &m.Materials[i]; {
		case mat.Texture == Glass:
			mat.Gloss = 1
		case mat.Slot == First:
			mat.Gloss = .6
		}
	}
}

func (m *models) addDetailedVehicles() {
	for i := range carSpecs {
		m.cars = append(m.cars, detailedCar(&carSpecs[i], Car))
	}
	for i := range vanSpecs {
		m.vans = append(m.vans, detailedCar(&vanSpecs[i], Car))
	}
	for i := range truckSpecs {
		m.trucks = append(m.trucks, detailedTruck(&truckSpecs[i]))
	}
	for i := range busSpecs {
		m.buses = append(m.buses, detailedBus(&busSpecs[i]))
	}
}

// body returns the mesh of a vehicle among those of its kind.
func body(of []*Mesh, variant uint32) *Mesh { return of[int(variant)%len(of)] }

// of returns the mesh of an actor.
func (m *models) of(a *actor.Actor) *Mesh {
	phase := int(math.Round(geom.WrapAngle(a.State.Gait)/(2*math.Pi)*strides)+strides) % strides
	v := a.Appearance.Variant
	switch a.Kind {
	case actor.Van:
		return body(m.vans, v)
	case actor.Truck:
		return body(m.trucks, v)
	case actor.Bus:
		return body(m.buses, v)
	case actor.Motorcycle:
		return m.motor
	case actor.Cyclist:
		return m.riders[int(v>>20)%len(m.riders)][phase]
	case actor.Pedestrian, actor.Child:
		return m.walkers[int(v>>20)%len(m.walkers)][phase]
	case actor.Cone:
		return m.cone
	case actor.Box:
		return m.debris
	case actor.Animal:
		return m.deer[phase]
	}
	return body(m.cars, v)
}

// VehicleShape returns the usual shape of the body that the detailed appearance draws for a
// variant of a kind. Kinds with a single body have their default shape.
func VehicleShape(k actor.Kind, variant uint32) actor.Shape {
	s := actor.DefaultShape(k)
	ratio := s.RearToCenter / s.Length
	switch k {
	case actor.Car:
		p := &carSpecs[int(variant)%len(carSpecs)]
		s.Length, s.Width, s.Height = p.length, p.width, p.height
	case actor.Van:
		p := &vanSpecs[int(variant)%len(vanSpecs)]
		s.Length, s.Width, s.Height = p.length, p.width, p.height
	case actor.Truck:
		p := &truckSpecs[int(variant)%len(truckSpecs)]
		s.Length, s.Width, s.Height = p.length, p.width, p.height
	case actor.Bus:
		p := &busSpecs[int(variant)%len(busSpecs)]
		s.Length, s.Width, s.Height = p.length, p.width, p.height
	}
	s.RearToCenter = ratio * s.Length
	return s
}
