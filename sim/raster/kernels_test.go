package raster

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// The fastest kernels of this processor give the same pixels and labels as the reference,
// bit for bit: on random maps, in any light and weather, with any view and size.
func TestKernelsGiveTheSameBits(t *testing.T) {
	if reflect.ValueOf(newKernels().shade).Pointer() == reflect.ValueOf(plainKernels().shade).Pointer() {
		t.Skip("this build or processor has only the reference kernels")
	}
	for seed := range uint64(60) {
		cal, list := randomList(t, seed)
		for _, ch := range []Channels{AllChannels, {Coarse: true, Depth: true, Class: true, Instance: true, Marking: true}} {
			fast, plain := New(&cal, ch), New(&cal, ch)
			plain.setKernels(plainKernels())
			got, want := fast.Render(list), plain.Render(list)
			if i := different(got.RGB, want.RGB); i >= 0 {
				t.Errorf("seed %d, %d samples: pixel (%d, %d) is %v, the reference has %v", seed, fast.fill.samples,
					i/3%cal.Width, i/3/cal.Width, got.RGB[i/3*3:i/3*3+3], want.RGB[i/3*3:i/3*3+3])
			}
			for _, c := range [][2][]float32{{fast.shader.r, plain.shader.r}, {fast.shader.g, plain.shader.g}, {fast.shader.b, plain.shader.b}} {
				checkLight(t, seed, &fast.shader, c)
			}
			if !slices.Equal(got.Class, want.Class) || !slices.Equal(got.Instance, want.Instance) || !slices.Equal(got.Marking, want.Marking) {
				t.Errorf("seed %d: labels differ from the reference", seed)
			}
			for i, d := range got.Depth {
				if math.Float32bits(d) != math.Float32bits(want.Depth[i]) {
					t.Errorf("seed %d: depth of pixel %d is %g, the reference has %g", seed, i, d, want.Depth[i])
					break
				}
			}
		}
	}
}

// checkLight compares the linear light of all pixels, without the padding of rows.
func checkLight(t *testing.T, seed uint64, s *shader, c [2][]float32) {
	t.Helper()
	for y := range s.cam.h {
		for x := range s.cam.w {
			if i := y*s.stride + x; math.Float32bits(c[0][i]) != math.Float32bits(c[1][i]) {
				t.Errorf("seed %d: light of pixel (%d, %d) is %g, the reference has %g", seed, x, y, c[0][i], c[1][i])
				return
			}
		}
	}
}

func different(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

// randomList returns a camera and a list with random content.
func randomList(t testing.TB, seed uint64) (sensor.Camera, *scene.List) {
	t.Helper()
	r := rng.New(seed, "raster", "kernels")
	maps := []road.Params{
		{Kind: road.KindTown, Urban: true, Crosswalks: true, Control: road.SignalControl},
		{Kind: road.KindStraight, Lanes: 3, OneWay: true, Length: 900, SpeedLimit: 33},
		{Kind: road.KindCurve, Radius: 70, Angle: 1.2, Yellow: true, Wear: .6},
		{Kind: road.KindFourWay, Urban: true, Control: road.SignalControl, Lanes: 2, Crosswalks: true},
		{Kind: road.KindStraight, Urban: true, Length: 400, Wear: .3},
	}
	p := maps[int(seed)%len(maps)]
	p.Seed = seed
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	builder, err := scene.NewBuilder(m)
	if err != nil {
		t.Fatal(err)
	}
	cal := sensor.FrontCamera()
	f := r.Range(.2, 1)
	cal.Width, cal.Height = int(f*320), int(f*192)+r.IntN(5)
	cal.Fx, cal.Fy, cal.Cx, cal.Cy = f*cal.Fx, f*cal.Fy, f*cal.Cx, f*cal.Cy
	cal.Mount.Pitch += r.Range(-.3, .3)
	cal.Mount.Roll = r.Range(-.2, .2)
	cal.Mount.Yaw = r.Range(-3, 3)
	if seed%7 == 3 {
		cal.K1, cal.K2 = -.12, .02
	}
	lane := m.Lanes[r.IntN(len(m.Lanes))].Center
	ego := lane.At(r.Range(0, lane.Length()))
	v := &scene.FrameState{View: scene.View{Cal: &cal, Ego: ego, Noise: r.Range(0, 3), NoiseSeed: r.Uint64(), Exposure: r.Range(.5, 3)}}
	v.Conditions = scene.Conditions{SunElevation: r.Range(-.4, 1.2), SunAzimuth: r.Range(-3, 3), Cloud: r.Range(0, 1)}
	c := &v.Conditions
	if seed%2 == 1 {
		c.Rain, c.Wet = r.Range(0, 1), r.Range(0, 1)
	}
	if seed%3 == 1 {
		c.Visibility = r.Range(40, 400)
	}
	if seed%5 == 1 {
		c.Glare, c.SunElevation, c.SunAzimuth = .5, .1, ego.Yaw+cal.Mount.Yaw
	}
	for i := range 12 {
		kind := actor.Kind(r.IntN(11))
		a := actor.Actor{ID: actor.ID(i + 1), Kind: kind, Shape: actor.DefaultShape(kind)}
		a.Appearance = actor.Appearance{Paint: [3]uint8{byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))}, Variant: uint32(r.Uint64())}
		turn := cal.Mount.Yaw + r.Range(-.6, .6)
		at := ego.Compose(geom.Pose{Yaw: turn}).Compose(geom.Pose{X: r.Range(1, 60), Yaw: r.Range(-3, 3)})
		a.State = actor.State{Pose: at, Lights: actor.Lights(r.IntN(32)), Gait: r.Range(-3, 3)}
		v.Actors = append(v.Actors, a)
	}
	for range m.Signals {
		v.Signals = append(v.Signals, road.SignalState(r.IntN(4)))
	}
	if seed%4 == 1 {
		c.Snow = r.Range(0, 1)
	}
	list := new(scene.List)
	builder.Build(list, v)
	if seed%3 == 2 {
		list.Sky = scene.SkyTint{Zenith: scene.RGB{.8, .9, 1.2}, Horizon: scene.RGB{1.1, .9, .7}, Haze: float32(r.Range(.2, 3))}
	}
	return cal, list
}
