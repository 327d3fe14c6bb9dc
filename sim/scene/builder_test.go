package scene_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

func newStage(t testing.TB, p road.Params) (*road.Map, *scene.Builder) {
	t.Helper()
	return styledStage(t, p, scene.Style{})
}

// full is the appearance with all detail.
var full = scene.Appearance{Horizon: true, Vehicles: true, People: true, Roadside: true, Road: true, Light: true}

func styledStage(t testing.TB, p road.Params, style scene.Style) (*road.Map, *scene.Builder) {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	st, err := scene.NewStyledBuilder(m, style)
	if err != nil {
		t.Fatal(err)
	}
	return m, st
}

// view returns a view along lane 0.
func view(m *road.Map, cal *sensor.Camera) *scene.FrameState {
	return &scene.FrameState{View: scene.View{Cal: cal, Ego: m.Lanes[0].Center.At(40)}, Conditions: scene.Conditions{SunElevation: .7}}
}

// model is one of the models of actors.
type model struct {
	name     string
	instance scene.Instance
	shape    actor.Shape
}

// allModels returns the models of all kinds of actors in both appearances.
func allModels(t *testing.T) (all []model) {
	for name, a := range map[string]scene.Appearance{"plain": {}, "full": full} {
		m, st := styledStage(t, road.Params{Kind: road.KindStraight}, scene.Style{Appearance: a})
		cal := sensor.FrontCamera()
		for i := range actor.Kinds() {
			k := actor.Kind(i)
			for variant := range uint32(12) {
				v := view(m, &cal)
				shape := actor.DefaultShape(k)
				if a.Vehicles {
					shape = scene.VehicleShape(k, variant)
				}
				at := v.Ego.Compose(geom.Pose{X: 20})
				looks := actor.Appearance{Variant: variant | variant<<20}
				v.Actors = []actor.Actor{{ID: 3, Kind: k, Shape: shape, Appearance: looks, State: actor.State{Pose: at, Gait: float64(variant)}}}
				var list scene.List
				st.Build(&list, v)
				if len(list.Instances) != 1 || list.Instances[0].ID != 4 {
					t.Fatalf("%v: %d instances", k, len(list.Instances))
				}
				all = append(all, model{fmt.Sprintf("%s %v %d", name, k, variant), list.Instances[0], shape})
			}
		}
	}
	return all
}

// The model of every kind of actor fills the length and height of its box, with
// tolerances for mirrors and feet.
func TestModelsFitTheirBoxes(t *testing.T) {
	for _, m := range allModels(t) {
		in, shape := &m.instance, m.shape
		var height, length, width float32
		for _, p := range in.Mesh.Verts {
			height = max(height, p.Z*in.Scale.Z)
			length = max(length, 2*abs(p.X*in.Scale.X))
			width = max(width, 2*abs(p.Y*in.Scale.Y))
			if p.Z < -1e-3 {
				t.Errorf("%s is partly below the ground", m.name)
			}
		}
		if math.Abs(float64(height)-shape.Height) > .03*shape.Height {
			t.Errorf("%s is %.2f m high, its box %.2f m", m.name, height, shape.Height)
		}
		if float64(length) > 1.1*shape.Length {
			t.Errorf("%s is %.2f m long, its box %.2f m", m.name, length, shape.Length)
		}
		if float64(width) > shape.Width+.25 {
			t.Errorf("%s is %.2f m wide, its box %.2f m", m.name, width, shape.Width)
		}
	}
}

func abs(v float32) float32 { return max(v, -v) }

// Compose drops actors behind the camera or out of range and keeps actors ahead.
func TestComposeCulls(t *testing.T) {
	m, st := newStage(t, road.Params{Kind: road.KindStraight, Length: 900})
	cal := sensor.FrontCamera()
	for _, c := range []struct {
		ahead, left float64
		want        int
	}{{30, 0, 1}, {-30, 0, 0}, {400, 0, 0}, {20, 60, 0}} {
		v := view(m, &cal)
		at := v.Ego.Compose(geom.Pose{X: c.ahead, Y: c.left})
		v.Actors = []actor.Actor{{ID: 1, Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: at}}}
		var list scene.List
		st.Build(&list, v)
		if len(list.Instances) != c.want {
			t.Errorf("an actor at (%g, %g): %d instances, want %d", c.ahead, c.left, len(list.Instances), c.want)
		}
	}
}

// A signal shows the lamp of its state, and has a halo only toward its facing direction.
func TestSignalsShowTheirState(t *testing.T) {
	m, st := newStage(t, road.Params{Kind: road.KindFourWay, Control: road.SignalControl})
	cal := sensor.FrontCamera()
	mine := m.Lanes[0].Signal
	for state, lamp := range map[road.SignalState]scene.Lamp{road.Red: scene.RedLamp, road.Amber: scene.AmberLamp, road.Green: scene.GreenLamp, road.Off: 0} {
		v := view(m, &cal)
		v.Ego = m.Lanes[0].Center.At(m.Lanes[0].StopS - 20)
		for range m.Signals {
			v.Signals = append(v.Signals, state)
		}
		var list scene.List
		st.Build(&list, v)
		found := false
		for i := range list.Instances {
			if in := &list.Instances[i]; in.ID == scene.FirstSignal+uint16(mine) {
				found = true
				if in.Lamps != lamp {
					t.Errorf("%v: lamps %b, want %b", state, in.Lamps, lamp)
				}
			}
		}
		if !found {
			t.Errorf("%v: the own signal is not in view", state)
		}
		if (len(list.Glows) > 0) != (state != road.Off) {
			t.Errorf("%v: %d glows", state, len(list.Glows))
		}
	}
}

func TestDarkness(t *testing.T) {
	for _, c := range []struct{ degrees, want float64 }{{30, 0}, {6, 0}, {0, .5}, {-6, 1}, {-40, 1}} {
		if got := scene.Darkness(scene.Conditions{SunElevation: c.degrees * math.Pi / 180}); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("sun at %g°: darkness %g, want %g", c.degrees, got, c.want)
		}
	}
}
