package scene_test

import (
	"math"
	"reflect"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

var styledRoads = []road.Params{
	{Kind: road.KindStraight, Lanes: 3, OneWay: true, Length: 500, Seed: 1},
	{Kind: road.KindCurve, Radius: 70, Angle: 1.2, Seed: 4},
	{Kind: road.KindFourWay, Urban: true, Lanes: 2, Crosswalks: true, Control: road.SignalControl, Seed: 2},
	{Kind: road.KindMerge, Lanes: 2, OneWay: true, Seed: 5},
}

// everything returns what a camera with all-round sight would see: the lists of four views.
func everything(m *road.Map, st *scene.Builder, sky scene.Conditions) (all []scene.List) {
	cal := sensor.FrontCamera()
	for i := range 4 {
		v := view(m, &cal)
		v.Conditions = sky
		v.Ego.Yaw += float64(i) * math.Pi / 2
		v.Actors = []actor.Actor{{ID: 1, Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: v.Ego.Compose(geom.Pose{X: 20})}}}
		var list scene.List
		st.Build(&list, v)
		all = append(all, list)
	}
	return all
}

// A style determines the picture. Another seed gives another picture, without detail the
// seed has no effect.
func TestStyleDeterminesPicture(t *testing.T) {
	sky := scene.Conditions{SunElevation: .6}
	for _, p := range styledRoads {
		lists := func(s scene.Style) []scene.List {
			m, st := styledStage(t, p, s)
			return everything(m, st, sky)
		}
		one := lists(scene.Style{Appearance: full, Seed: 1})
		if !reflect.DeepEqual(one, lists(scene.Style{Appearance: full, Seed: 1})) {
			t.Errorf("%v: the same style gives another list", p.Kind)
		}
		if reflect.DeepEqual(one, lists(scene.Style{Appearance: full, Seed: 2})) {
			t.Errorf("%v: two seeds give the same list", p.Kind)
		}
		plain := lists(scene.Style{Seed: 1})
		if !reflect.DeepEqual(plain, lists(scene.Style{Seed: 2})) {
			t.Errorf("%v: the seed changes the plain appearance", p.Kind)
		}
		if reflect.DeepEqual(plain, one) {
			t.Errorf("%v: detail changes nothing", p.Kind)
		}
	}
}

// Each part of the appearance adds to the display list.
func TestEachDetailIsDrawn(t *testing.T) {
	for name, a := range map[string]scene.Appearance{
		"horizon": {Horizon: true}, "vehicles": {Vehicles: true}, "roadside": {Roadside: true}, "road": {Road: true}, "light": {Light: true},
	} {
		p := road.Params{Kind: road.KindStraight, Urban: true, Seed: 7}
		m, plain := newStage(t, p)
		_, detailed := styledStage(t, p, scene.Style{Appearance: a, Seed: 1})
		sky := scene.Conditions{SunElevation: .6}
		if reflect.DeepEqual(everything(m, plain, sky), everything(m, detailed, sky)) {
			t.Errorf("%s: the lists are those of the plain appearance", name)
		}
	}
}

// Nothing that stands at the roadside is on the road below the height of a truck.
func TestRoadsideKeepsRoadFree(t *testing.T) {
	for _, p := range styledRoads {
		for seed := range uint64(6) {
			m, st := styledStage(t, p, scene.Style{Appearance: full, Seed: seed})
			bad := 0
			for _, list := range everything(m, st, scene.Conditions{}) {
				for _, mesh := range list.Static {
					for i := range mesh.Faces {
						f := &mesh.Faces[i]
						if c := mesh.Materials[f.Mat].Class; c == scene.Sidewalk { // curbs
							continue
						}
						var mid geom.Vec
						low := float32(math.Inf(1))
						for _, k := range mesh.Index[f.First : f.First+f.N] {
							v := mesh.Verts[k]
							mid = mid.Add(geom.Vec{X: float64(v.X), Y: float64(v.Y)}.Scale(1 / float64(f.N)))
							low = min(low, v.Z)
						}
						if low < 3 && m.Drivable(mid) {
							bad++
						}
					}
				}
			}
			if bad > 0 {
				t.Errorf("%v, seed %d: %d faces stand on the road", p.Kind, seed, bad)
			}
		}
	}
}

// With a sun of 45° in the west, the shadow of a building reaches as far to the east as it is
// high; without sun there is none.
func TestStaticShadows(t *testing.T) {
	p := road.Params{Kind: road.KindStraight, Urban: true, Seed: 7}
	m, st := styledStage(t, p, scene.Style{Appearance: scene.Appearance{Light: true}})
	var want geom.Vec
	found := false
	sky := scene.Conditions{SunElevation: math.Pi / 4, SunAzimuth: math.Pi}
	lists := everything(m, st, sky)
	for i := range m.Props {
		b := &m.Props[i]
		if b.Kind != road.Building || b.Pose.Pos().Dist(m.Lanes[0].Center.At(40).Pos()) > 30 {
			continue
		}
		for _, c := range b.Box().Corners() {
			want = c.Add(geom.Vec{X: b.Height})
			for _, l := range lists {
				for _, q := range l.Shadows {
					found = found || q.Dist(want) < 1e-6
				}
			}
		}
	}
	if !found {
		t.Errorf("no building casts a shadow to a point like %v", want)
	}
	for _, l := range everything(m, st, scene.Conditions{SunElevation: .8, Cloud: 1}) {
		if n := len(l.ShadowEnds); n > 1 { // that of the actor
			t.Errorf("%d shadows under an overcast sky", n)
		}
	}
}
