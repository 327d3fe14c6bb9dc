package scene

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// Sectors of the horizon, each with its own mesh, so that a camera draws only those in view.
const sectors = 20

// Colors of distant land.
var (
	drygrass = RGB{.58, .48, .30}
	meadow   = RGB{.33, .40, .20}
	forest   = RGB{.13, .19, .10}
	rock     = RGB{.40, .38, .36}
	soil     = RGB{.42, .33, .24}
)

// backdrop builds the land around a map: far hills in rings, and tree lines, houses and pylons
// in front of them.
type backdrop struct {
	r      *rng.Stream
	center geom.Vec
	meshes [sectors]builder
}

// newBackdrop returns the meshes of the horizon of a map.
func newBackdrop(m *road.Map, r *rng.Stream) []*Mesh {
	lo, hi := m.Bounds()
	b := backdrop{r: r, center: lo.Lerp(hi, .5)}
	edge := lo.Dist(hi)/2 + 60
	for _, far := range [...]float64{2400, 1100, 480} {
		if r.Chance(.65) {
			b.ridge(edge+far*r.Range(.8, 1.2), far)
		}
	}
	for range 1 + r.IntN(3) {
		b.treeLine(edge + r.Range(0, 260))
	}
	if r.Chance(.5) {
		b.town(edge+r.Range(40, 500), r.Range(8, 45))
	}
	if r.Chance(.35) {
		b.pylons(edge + r.Range(20, 200))
	}
	var out []*Mesh
	for i := range b.meshes {
		if mesh := b.meshes[i].build(); mesh != nil {
			out = append(out, mesh)
		}
	}
	return out
}

// randomSky returns a sky between deep blue and milky, clear or hazy.
func randomSky(r *rng.Stream) SkyTint {
	warm, milk := r.Range(-.08, .08), r.Range(0, .5)
	blue := func(i int) float32 { return float32(1 + milk*[...]float64{.9, .4, -.05}[i] + .4*r.Range(-.3, .3)) }
	return SkyTint{
		Zenith:  RGB{blue(0), blue(1), blue(2)},
		Horizon: RGB{float32(r.Range(.8, 1.15) + warm), float32(r.Range(.9, 1.1)), float32(r.Range(.85, 1.12) - warm)},
		Haze:    float32(math.Pow(2, r.Range(-3, .5))),
	}
}

// at returns a point of the ring with the given radius.
func (b *backdrop) at(radius, angle, z float64) Vec3 {
	p := b.center.Add(geom.Unit(angle).Scale(radius))
	return at(float32(p.X), float32(p.Y), float32(z))
}

// mesh returns the mesh of the sector in a direction.
func (b *backdrop) mesh(angle float64) *builder {
	i := int(math.Floor(angle/(2*math.Pi)*sectors)) % sectors
	return &b.meshes[(i+sectors)%sectors]
}

// panel adds a wall that faces the middle of the ring, from angle a to angle c.
func (b *backdrop) panel(m Material, radius, a, c, low, za, zc float64) {
	mesh := b.mesh((a + c) / 2)
	if !mesh.full(4) {
		mesh.face(m, b.at(radius, c, low), b.at(radius, a, low), b.at(radius, a, za), b.at(radius, c, zc))
	}
}

// wave is a random periodic function of an angle with values from 0 to 1.
type wave struct{ phase, weight [5]float64 }

func newWave(r *rng.Stream) (w wave) {
	for i := range w.phase {
		w.phase[i], w.weight[i] = r.Range(0, 2*math.Pi), r.Range(.3, 1)
	}
	return w
}

// at returns the value at an angle; rough sets the weight of the short waves.
func (w *wave) at(angle, rough float64) float64 {
	sum, all := 0.0, 0.0
	for i, k := range [...]float64{2, 5, 11, 23, 47} {
		weight := w.weight[i] * math.Pow(rough, float64(i))
		sum += weight * (1 + math.Sin(k*angle+w.phase[i])) / 2
		all += weight
	}
	return sum / all
}

// ridge adds a line of hills or mountains, with bare and wooded parts.
func (b *backdrop) ridge(radius, far float64) {
	r := b.r
	height := far * r.Range(.015, .13)
	rough := r.Range(.35, .75)
	shape, cover := newWave(r), newWave(r)
	ground := tint(r, pick(r, []RGB{drygrass, meadow, forest, rock, soil}), .2, .08)
	wood := tint(r, forest, .3, .1)
	const n = 160
	for i := range n {
		a, c := float64(i)/n*2*math.Pi, float64(i+1)/n*2*math.Pi
		za, zc := height*shape.at(a, rough), height*shape.at(c, rough)
		m := Material{Color: ground, Texture: Grass, Class: Terrain}
		if cover.at(a, .8) > .5 {
			m = Material{Color: wood, Texture: Foliage, Class: Vegetation}
		}
		b.panel(m, radius, a, c, 0, za, zc)
	}
}

// treeLine adds a row of crowns of varying height, with gaps.
func (b *backdrop) treeLine(radius float64) {
	r := b.r
	height, step := r.Range(5, 20), r.Range(6, 14)/radius
	gaps, share := newWave(r), r.Range(.2, .6)
	kind := r.IntN(3)
	for a := 0.0; a < 2*math.Pi; a += step * r.Range(.5, 1.2) {
		if gaps.at(a, .7) < share {
			continue
		}
		m := Material{Color: tint(r, pick(r, append(olives, forest, leafs[0])), .25, .1), Texture: Foliage, Class: Vegetation}
		b.crown(m, radius+r.Range(0, 25), a, height*r.Range(.5, 1.15), step*radius*r.Range(.5, .9), kind)
	}
}

// crown adds the outline of a tree that faces the middle of the ring: round, conical or bushy.
func (b *backdrop) crown(m Material, radius, angle, height, half float64, kind int) {
	outline := [][2]float64{{-.4, 0}, {.4, 0}, {.9, .35}, {1, .65}, {.55, .93}, {0, 1}, {-.6, .9}, {-1, .6}, {-.9, .3}}
	switch {
	case kind == 1:
		outline = [][2]float64{{-.5, 0}, {.5, 0}, {.62, .12}, {.1, 1}, {-.1, 1}, {-.62, .12}}
	case kind == 2 && b.r.Chance(.5):
		outline = [][2]float64{{-1, 0}, {1, 0}, {1.1, .4}, {.6, .75}, {-.4, .8}, {-1.1, .45}}
	}
	mesh := b.mesh(angle)
	if mesh.full(len(outline)) {
		return
	}
	pts := make([]Vec3, len(outline))
	for i, p := range outline {
		pts[i] = b.at(radius, angle-half*p[0]/radius, height*p[1]*b.r.Range(.94, 1.06))
	}
	mesh.face(m, pts...)
}

// town adds a cluster of buildings in one part of the horizon.
func (b *backdrop) town(radius, height float64) {
	r := b.r
	from := r.Range(0, 2*math.Pi)
	for a := from; a < from+r.Range(.5, 3); {
		width := r.Range(10, 40)
		m := Material{Color: tint(r, pick(r, walls), .2, .05), Texture: Facade, Class: Building}
		if r.Chance(.4) {
			m.Texture = Plain
		}
		if height < 14 && r.Chance(.3) { // a warehouse
			width, m.Color = 2*width, RGB{.78, .79, .80}
		}
		z := height * r.Range(.3, 1)
		b.panel(m, radius+r.Range(0, 60), a, a+width/radius, 0, z, z)
		a += width * r.Range(.6, 2.5) / radius
	}
}

// pylons adds poles of power lines or lamps.
func (b *backdrop) pylons(radius float64) {
	r := b.r
	m := Material{Color: RGB{.36, .36, .37}, Class: Pole}
	height, step := r.Range(9, 30), r.Range(40, 130)/radius
	for a := r.Range(0, step); a < 2*math.Pi; a += step {
		const half = .3
		b.panel(m, radius, a-half/radius, a+half/radius, 0, height, height)
		for _, z := range [...]float64{.82, .93} {
			arm := .1 * height / radius
			mesh := b.mesh(a)
			mesh.face(m, b.at(radius-.5, a+arm, z*height), b.at(radius-.5, a-arm, z*height), b.at(radius-.5, a-arm, z*height+.35), b.at(radius-.5, a+arm, z*height+.35))
		}
	}
}

// seesFar reports whether a mesh of the horizon may be in view.
func (f *frustum) seesFar(m *Mesh) bool {
	q := f.axis.ToLocal(geom.Vec{X: float64(m.Center.X), Y: float64(m.Center.Y)})
	radius := float64(m.Radius)
	return q.X > -radius && math.Abs(q.Y) < f.slope*math.Max(q.X, 0)+radius*(1+f.slope)
}
