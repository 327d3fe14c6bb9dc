package gpu_test

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/gpu"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// loop runs the tests inside Ebitengine's loop, where pixels can be read.
type loop struct {
	m    *testing.M
	code int
}

func (l *loop) Update() error {
	l.code = l.m.Run()
	return ebiten.Termination
}
func (l *loop) Draw(*ebiten.Image)         {}
func (l *loop) Layout(int, int) (int, int) { return 320, 192 }

func TestMain(m *testing.M) {
	l := &loop{m: m, code: 1}
	if err := ebiten.RunGame(l); err != nil && !errors.Is(err, ebiten.Termination) {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(l.code)
}

// Both renderers show the same scenes: the same things at the same places in the
// same light.
func TestAgreesWithReference(t *testing.T) {
	cal := sensor.FrontCamera()
	for _, c := range []struct {
		name string
		road road.Params
		s    float64
		sky  scene.Conditions
		psnr float64 // dB
	}{
		{"town", road.Params{Kind: road.KindTown, Urban: true, Seed: 3}, 40, scene.Conditions{SunElevation: .8, SunAzimuth: 2}, 20},
		{"country", road.Params{Kind: road.KindStraight, Lanes: 2, Seed: 1}, 60, scene.Conditions{SunElevation: .6, SunAzimuth: 1, Cloud: .5}, 21},
		{"fog", road.Params{Kind: road.KindCurve, Seed: 5}, 90, scene.Conditions{SunElevation: .5, Visibility: 80, Cloud: 1}, 24},
		{"night", road.Params{Kind: road.KindFourWay, Urban: true, Control: road.SignalControl, Seed: 2}, 110, scene.Conditions{SunElevation: -.3}, 16},
	} {
		list := compose(t, c.road, c.s, c.sky, &cal)
		want := raster.New(&cal, raster.Channels{}).Render(list)
		dst := ebiten.NewImage(cal.Width, cal.Height)
		gpu.New(&cal, cal.Width, cal.Height).Draw(dst, list)
		got := make([]byte, 4*cal.Width*cal.Height)
		dst.ReadPixels(got)
		save(t, c.name, got, cal.Width, cal.Height)
		if db := psnr(got, want.RGB); db < c.psnr {
			t.Errorf("%s: PSNR %.1f dB, want at least %.1f", c.name, db, c.psnr)
		} else {
			t.Logf("%s: PSNR %.1f dB", c.name, db)
		}
	}
}

func compose(t *testing.T, p road.Params, s float64, sky scene.Conditions, cal *sensor.Camera) *scene.List {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	st, err := stage.New(m)
	if err != nil {
		t.Fatal(err)
	}
	ego := m.Lanes[0].Center.At(s)
	v := &stage.View{View: scene.View{Cal: cal, Ego: ego}, Conditions: sky}
	for i, k := range []actor.Kind{actor.Car, actor.Truck, actor.Pedestrian, actor.Cyclist} {
		pose := ego.Compose(geom.Pose{X: 12 + 7*float64(i), Y: []float64{0, 3.6, -4, -1}[i]})
		v.Actors = append(v.Actors, actor.Actor{ID: actor.ID(i + 1), Kind: k, Shape: actor.DefaultShape(k),
			Looks: actor.Looks{Paint: [3]uint8{180, uint8(60 * i), 40}}, State: actor.State{Pose: pose}})
	}
	for range m.Signals {
		v.Signals = append(v.Signals, road.Red)
	}
	list := new(scene.List)
	st.Compose(list, v)
	return list
}

// psnr compares RGBA with RGB pixels, in dB.
func psnr(rgba, rgb []byte) float64 {
	sum := 0.0
	for i := range len(rgb) / 3 {
		for k := range 3 {
			d := float64(rgba[4*i+k]) - float64(rgb[3*i+k])
			sum += d * d
		}
	}
	return 10 * math.Log10(255*255/(sum/float64(len(rgb))))
}

// save keeps a picture among the test's artifacts.
func save(t *testing.T, name string, rgba []byte, w, h int) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.ArtifactDir(), name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, &image.RGBA{Pix: rgba, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}); err != nil {
		t.Fatal(err)
	}
}
