package scene_test

import (
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
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	st, err := scene.NewBuilder(m)
	if err != nil {
		t.Fatal(err)
	}
	return m, st
}

// view returns a view along lane 0.
func view(m *road.Map, cal *sensor.Camera) *scene.FrameState {
	return &scene.FrameState{View: scene.View{Cal: cal, Ego: m.Lanes[0].Center.At(40)}, Conditions: scene.Conditions{SunElevation: .7}}
}

// The model of every kind of actor fills the length and height of its box, with
// tolerances for mirrors and feet.
func TestModelsFitTheirBoxes(t *testing.T) {
	m, st := newStage(t, road.Params{Kind: road.KindStraight})
	cal := sensor.FrontCamera()
	for i := range actor.Kinds() {
		k := actor.Kind(i)
		for variant := range uint32(4) {
			v := view(m, &cal)
			shape := actor.DefaultShape(k)
			at := v.Ego.Compose(geom.Pose{X: 20})
			v.Actors = []actor.Actor{{ID: 3, Kind: k, Shape: shape, Appearance: actor.Appearance{Variant: variant}, State: actor.State{Pose: at}}}
			var list scene.List
			st.Build(&list, v)
			if len(list.Instances) != 1 || list.Instances[0].ID != 4 {
				t.Fatalf("%v: %d instances", k, len(list.Instances))
			}
			in := &list.Instances[0]
			var height, length float32
			for _, p := range in.Mesh.Verts {
				height = max(height, p.Z*in.Scale.Z)
				length = max(length, 2*abs(p.X*in.Scale.X))
				if p.Z < -1e-3 {
					t.Errorf("%v is partly below the ground", k)
				}
			}
			if math.Abs(float64(height)-shape.Height) > .03*shape.Height {
				t.Errorf("%v is %.2f m high, its box %.2f m", k, height, shape.Height)
			}
			if float64(length) > 1.1*shape.Length {
				t.Errorf("%v is %.2f m long, its box %.2f m", k, length, shape.Length)
			}
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
