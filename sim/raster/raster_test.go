package raster_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// boxAhead returns a list with a box of 2×2×1 m. Its near face is at the given
// distance ahead of a level camera.
func boxAhead(t *testing.T, cal *sensor.Camera, distance float64) *scene.List {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight})
	if err != nil {
		t.Fatal(err)
	}
	st, err := scene.NewBuilder(m)
	if err != nil {
		t.Fatal(err)
	}
	ego := m.Lanes[0].Center.At(50)
	at := ego.Compose(geom.Pose{X: cal.Mount.X + distance + 1})
	v := &scene.FrameState{View: scene.View{Cal: cal, Ego: ego}, Conditions: scene.Conditions{SunElevation: .8}}
	v.Actors = []actor.Actor{{ID: 4, Kind: actor.Box, Shape: actor.Shape{Length: 2, Width: 2, Height: 1}, State: actor.State{Pose: at}}}
	list := new(scene.List)
	st.Build(list, v)
	return list
}

func levelCamera() sensor.Camera {
	cal := sensor.FrontCamera()
	cal.Mount.Pitch = 0
	return cal
}

// extent returns the bounds of the pixels with an instance id.
func extent(im *raster.Image, id uint16) (x0, y0, x1, y1 int) {
	x0, y0 = im.Width, im.Height
	for i, v := range im.Instance {
		if v == id {
			x, y := i%im.Width, i/im.Width
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
		}
	}
	return x0, y0, x1, y1
}

// Labels do not depend on whether there is a color.
func TestUncoloredLabels(t *testing.T) {
	cal := levelCamera()
	list := boxAhead(t, &cal, 12)
	ch := raster.AllChannels
	want := raster.New(&cal, ch).Render(list)
	ch.Uncolored = true
	got := raster.New(&cal, ch).Render(list)
	if len(got.RGB) != 0 || !slices.Equal(got.Depth, want.Depth) || !slices.Equal(got.Class, want.Class) ||
		!slices.Equal(got.Instance, want.Instance) || !slices.Equal(got.Marking, want.Marking) {
		t.Error("labels without color differ")
	}
}

// A box of known size and distance covers the pixels of the pinhole formula in
// every channel, with its distance as depth.
func TestChannelsOfABox(t *testing.T) {
	cal := levelCamera()
	for _, distance := range []float64{5, 12, 30} {
		im := raster.New(&cal, raster.AllChannels).Render(boxAhead(t, &cal, distance))
		x0, y0, x1, y1 := extent(im, 5)
		f := cal.Fx / distance
		for _, c := range []struct {
			name string
			got  int
			want float64
		}{
			{"left", x0, cal.Cx - f}, {"right", x1, cal.Cx + f},
			{"top", y0, cal.Cy + (cal.Mount.Z-1)*cal.Fy/(distance+2)}, // the far edge of the top
			{"bottom", y1, cal.Cy + cal.Mount.Z*f},
		} {
			if math.Abs(float64(c.got)-c.want) > 1 {
				t.Errorf("%g m: %s edge at %d, want %.1f", distance, c.name, c.got, c.want)
			}
		}
		// A pixel of the front face, which begins below the top's near edge.
		i := (int(cal.Cy+(cal.Mount.Z-.5)*f))*im.Width + int(cal.Cx)
		if im.Class[i] != scene.Cone || im.Instance[i] != 5 || math.Abs(float64(im.Depth[i])-distance) > .02 {
			t.Errorf("%g m: front shows class %d, instance %d at %.2f m", distance, im.Class[i], im.Instance[i], im.Depth[i])
		}
	}
}

// The ground has the depth of the ray's intersection with z = 0; the sky has infinite
// depth.
func TestDepthOfGroundAndSky(t *testing.T) {
	cal := levelCamera()
	im := raster.New(&cal, raster.AllChannels).Render(boxAhead(t, &cal, 40))
	for _, v := range []int{120, 150, 180} {
		i := v*im.Width + im.Width/2
		want := cal.Mount.Z * cal.Fy / (float64(v) + .5 - cal.Cy)
		if math.Abs(float64(im.Depth[i])-want) > .0005*want || im.Class[i] != scene.Road && im.Class[i] != scene.Marking {
			t.Errorf("row %d: class %d at %.2f m, want road at %.2f m", v, im.Class[i], im.Depth[i], want)
		}
	}
	if i := im.Width/2 + im.Width*5; !math.IsInf(float64(im.Depth[i]), 1) || im.Class[i] != scene.Sky {
		t.Errorf("the top of the image shows class %d at %v m", im.Class[i], im.Depth[i])
	}
}

// The depth of the road is that of the ray through the center of the pixel, without
// bias at any distance.
func TestDepthOfRoadIsUnbiased(t *testing.T) {
	cal := sensor.FrontCamera()
	im := raster.New(&cal, raster.AllChannels).Render(boxAhead(t, &cal, 100))
	var bias, worst [5]float64
	var n [5]int
	for i, class := range im.Class {
		if class != scene.Road && class != scene.Marking {
			continue
		}
		p, ok := cal.Ground(float64(i%im.Width)+.5, float64(i/im.Width)+.5)
		_, _, want := cal.Mount.ToSensor(p.X, p.Y, 0)
		if band := int(want / 10); ok && band < len(n) {
			d := float64(im.Depth[i]) - want
			bias[band], worst[band] = bias[band]+d, math.Max(worst[band], math.Abs(d))
			n[band]++
		}
	}
	for band := range n {
		if n[band] < 50 {
			t.Errorf("%d–%d m: only %d pixels of road", 10*band, 10*band+10, n[band])
		}
		if b := bias[band] / float64(n[band]); math.Abs(b) > .05 || worst[band] > .3 {
			t.Errorf("%d–%d m: depth is off by %.3f m in the mean, by %.3f m at most", 10*band, 10*band+10, b, worst[band])
		}
	}
}

// The edges of an instance agree with its color edges. Over many subpixel positions
// neither has a bias.
func TestInstanceEdgesLieOnColorEdges(t *testing.T) {
	cal := levelCamera()
	r := raster.New(&cal, raster.AllChannels)
	const first, step, frames = 8, .0413, 60
	var bias [2]float64 // left, right
	for k := range frames {
		list := boxAhead(t, &cal, first+step*float64(k))
		list.Shadows, list.ShadowEnds = nil, nil
		row := int(cal.Cy+(cal.Mount.Z-.5)*cal.Fy/(first+step*float64(k))) * cal.Width
		im := r.Render(list)
		with := bytes.Clone(im.RGB[3*row : 3*(row+cal.Width)])
		x0, x1 := cal.Width, 0
		for x, id := range im.Instance[row : row+cal.Width] {
			if id == 5 {
				x0, x1 = min(x0, x), max(x1, x+1)
			}
		}
		list.Instances = nil
		without := r.Render(list).RGB[3*row : 3*(row+cal.Width)]
		middle := (x0 + x1) / 2
		front := float64(with[3*middle])
		var half [2]float64 // px of front to the left and to the right of the middle
		for x := x0 - 2; x < x1+2; x++ {
			share := (float64(with[3*x]) - float64(without[3*x])) / (front - float64(without[3*x]))
			if x < middle {
				half[0] += share
			} else {
				half[1] += share
			}
		}
		bias[0] += (half[0] - float64(middle-x0)) / frames
		bias[1] += (half[1] - float64(x1-middle)) / frames
	}
	if !(math.Abs(bias[0]) < .08 && math.Abs(bias[1]) < .08) {
		t.Errorf("the color reaches %.3f px farther left and %.3f px farther right than the instance", bias[0], bias[1])
	}
}

// Nearer objects hide farther ones, independent of the order in the list.
func TestNearerHidesFarther(t *testing.T) {
	cal := levelCamera()
	list := boxAhead(t, &cal, 20)
	near := list.Instances[len(list.Instances)-1]
	near.ID = 77
	near.Pos.X -= 8
	for _, order := range [][]scene.Instance{{near, list.Instances[0]}, {list.Instances[0], near}} {
		list.Instances = order
		im := raster.New(&cal, raster.AllChannels).Render(list)
		if got := im.Instance[int(cal.Cy+20)*im.Width+int(cal.Cx)]; got != 77 {
			t.Errorf("instance %d in front, want 77", got)
		}
	}
}

// With lens distortion, points appear at the pixels of the camera model.
func TestDistortion(t *testing.T) {
	cal := levelCamera()
	cal.K1, cal.K2 = -.12, .02
	cal.Mount.Yaw = .3 // the box moves toward the edge, where the distortion is largest
	im := raster.New(&cal, raster.AllChannels).Render(boxAhead(t, &cal, 12))
	x0, y0, x1, y1 := extent(im, 5)
	lo, hi := math.Inf(1), math.Inf(-1)
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, x := range []float64{12, 14} {
		for _, y := range []float64{-1, 1} {
			for _, z := range []float64{0, 1} {
				u, v, _, ok := cal.Project(cal.Mount.X+x, y, z)
				if !ok {
					t.Fatal("behind the camera")
				}
				lo, hi, top, bottom = math.Min(lo, u), math.Max(hi, u), math.Min(top, v), math.Max(bottom, v)
			}
		}
	}
	for _, c := range [][2]float64{{float64(x0), lo}, {float64(x1), hi}, {float64(y0), top}, {float64(y1), bottom}} {
		if math.Abs(c[0]-c[1]) > 1.5 {
			t.Errorf("an edge at %g, want %.1f", c[0], c[1])
		}
	}
}

// The same list gives the same bytes from a used and a new renderer; only the
// noise seed changes them.
func TestRepeatable(t *testing.T) {
	cal := sensor.FrontCamera()
	for i := range samples {
		st, v := compose(t, &samples[i], &cal)
		var list scene.List
		st.Build(&list, v)
		r := raster.New(&cal, raster.AllChannels)
		first := bytes.Clone(r.Render(&list).RGB)
		st.Build(&list, v)
		if !bytes.Equal(first, r.Render(&list).RGB) || !bytes.Equal(first, raster.New(&cal, raster.Channels{}).Render(&list).RGB) {
			t.Errorf("%s: pixels differ from one time to the next", samples[i].name)
		}
		v.NoiseSeed++
		st.Build(&list, v)
		if bytes.Equal(first, r.Render(&list).RGB) {
			t.Errorf("%s: the noise does not depend on its seed", samples[i].name)
		}
	}
}

// Night is darker than day, and fog reduces contrast.
func TestLightAndWeatherShow(t *testing.T) {
	cal := sensor.FrontCamera()
	stats := func(c scene.Conditions) (mean, spread float64) {
		s := samples[0]
		s.sky = c
		st, v := compose(t, &s, &cal)
		var list scene.List
		st.Build(&list, v)
		rgb := raster.New(&cal, raster.Channels{}).Render(&list).RGB
		for _, p := range rgb {
			mean += float64(p) / float64(len(rgb))
		}
		for _, p := range rgb {
			spread += math.Pow(float64(p)-mean, 2) / float64(len(rgb))
		}
		return mean, math.Sqrt(spread)
	}
	day, dayContrast := stats(noon)
	night, _ := stats(scene.Conditions{SunElevation: -.3})
	_, fogContrast := stats(scene.Conditions{SunElevation: .8, Visibility: 40, Cloud: 1})
	if night > .5*day {
		t.Errorf("mean brightness %.0f at night, %.0f by day", night, day)
	}
	if fogContrast > .7*dayContrast {
		t.Errorf("contrast %.0f in fog, %.0f in clear air", fogContrast, dayContrast)
	}
}

func TestFramesAllocateNothing(t *testing.T) {
	cal := sensor.FrontCamera()
	st, v := compose(t, &samples[3], &cal)
	var list scene.List
	r := raster.New(&cal, raster.AllChannels)
	frame := func() {
		st.Build(&list, v)
		r.Render(&list)
	}
	frame()
	if n := testing.AllocsPerRun(5, frame); n > 0 {
		t.Errorf("%.0f allocations per frame", n)
	}
}

// crowd is a town scene with about twenty actors.
func crowd(b *testing.B, cal *sensor.Camera) (*scene.Builder, *scene.FrameState) {
	s := samples[0]
	for i := range 14 {
		s.place = append(s.place, placed{actor.Kind(i % 8), 9 + 4*float64(i), 4.2 - 8.4*float64(i%2), 0, actor.BrakeLights})
	}
	return compose(b, &s, cal)
}

// BenchmarkCamera96 renders 96×96 pixels without labels, with one sample per
// pixel. It includes Compose.
func BenchmarkCamera96(b *testing.B) {
	cal := sensor.FrontCamera()
	f := 96.0 / float64(cal.Width)
	cal.Width, cal.Height = 96, 96
	cal.Fx, cal.Fy, cal.Cx, cal.Cy = f*cal.Fx, f*cal.Fy, 48, 44
	benchmark(b, &cal, raster.Channels{Coarse: true})
}

// BenchmarkCamera320Labels is the default camera with every label channel.
func BenchmarkCamera320Labels(b *testing.B) {
	cal := sensor.FrontCamera()
	benchmark(b, &cal, raster.AllChannels)
}

func benchmark(b *testing.B, cal *sensor.Camera, ch raster.Channels) {
	st, v := crowd(b, cal)
	r := raster.New(cal, ch)
	var list scene.List
	b.ReportAllocs()
	for b.Loop() {
		v.NoiseSeed++
		st.Build(&list, v)
		r.Render(&list)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}
