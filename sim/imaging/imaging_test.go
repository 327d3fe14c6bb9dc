package imaging

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"strings"
	"testing"

	"roadloop/sim/rng"
)

// flat returns a picture of one gray.
func flat(w, h int, v byte) []byte { return bytes.Repeat([]byte{v}, 3*w*h) }

// natural returns a picture with smooth areas, edges and some noise.
func natural(w, h int) []byte {
	out := make([]byte, 0, 3*w*h)
	r := rng.New(1, "test", "picture")
	for y := range h {
		for x := range w {
			v := 90 + 60*math.Sin(float64(x)/23) + 40*math.Cos(float64(y)/17)
			if x > w/3 && x < w/2 && y > h/4 {
				v = 30
			}
			n := 6 * r.Norm()
			out = append(out, clamp8(int32(v+n)), clamp8(int32(.8*v+n)), clamp8(int32(200-.6*v+n)))
		}
	}
	return out
}

func TestZeroCameraChangesNothing(t *testing.T) {
	for _, size := range [][2]int{{320, 192}, {1, 1}, {17, 5}} {
		want := natural(size[0], size[1])
		got := bytes.Clone(want)
		New(size[0], size[1]).Apply(&Camera{}, 7, got)
		if !bytes.Equal(got, want) {
			t.Errorf("%v: the picture differs", size)
		}
	}
}

// The loss is that of the standard library's encoder and decoder, up to the rounding of the
// cosine transform.
func TestCompressionIsThatOfJPEG(t *testing.T) {
	for _, size := range [][2]int{{320, 192}, {33, 17}} {
		w, h := size[0], size[1]
		p := New(w, h)
		for _, quality := range []int{10, 35, 50, 75, 95, 100} {
			from := natural(w, h)
			got := bytes.Clone(from)
			p.Apply(&Camera{Quality: quality}, 0, got)
			im := image.NewRGBA(image.Rect(0, 0, w, h))
			for i := range w * h {
				im.SetRGBA(i%w, i/w, color.RGBA{from[3*i], from[3*i+1], from[3*i+2], 255})
			}
			var file bytes.Buffer
			if err := jpeg.Encode(&file, im, &jpeg.Options{Quality: quality}); err != nil {
				t.Fatal(err)
			}
			back, err := jpeg.Decode(&file)
			if err != nil {
				t.Fatal(err)
			}
			sum, worst := 0.0, 0.0
			for i := range w * h {
				r, g, b, _ := back.At(i%w, i/w).RGBA()
				for k, v := range [3]uint32{r >> 8, g >> 8, b >> 8} {
					d := math.Abs(float64(v) - float64(got[3*i+k]))
					sum, worst = sum+d, math.Max(worst, d)
				}
			}
			if mean := sum / float64(3*w*h); mean > .6 || worst > 40 {
				t.Errorf("%d×%d, quality %d: the mean difference is %.2f, the largest %.0f", w, h, quality, mean, worst)
			}
		}
	}
}

// The transform of T.81: a block of one value has only the coefficient 8·value; forward and
// inverse cancel.
func TestTransform(t *testing.T) {
	var b [64]int32
	for i := range b {
		b[i] = 50 << fraction
	}
	for i := range 8 {
		forward(&b, 8*i, 1)
	}
	for i := range 8 {
		forward(&b, i, 8)
	}
	for i, v := range b {
		want := int32(0)
		if i == 0 {
			want = 8 * 50 << fraction
		}
		if v-want > 3 || want-v > 3 {
			t.Errorf("coefficient %d: %d, want %d", i, v, want)
		}
	}
	r := rng.New(1, "test", "block")
	var ones, from [64]int32
	for i := range from {
		from[i], ones[i] = int32(r.IntN(256)-128), 1
	}
	got := from
	quantize(&got, &ones)
	for i := range got {
		if d := got[i] - from[i]; d > 1 || d < -1 {
			t.Errorf("value %d: %d, was %d", i, got[i], from[i])
		}
	}
}

func TestExposure(t *testing.T) {
	const w, h = 64, 48
	p := New(w, h)
	at := func(c Camera, v byte) []byte {
		rgb := flat(w, h, v)
		p.Apply(&c, 1, rgb)
		return rgb
	}
	middle := 3 * (h/2*w + w/2)
	if v := at(Camera{Metering: 1}, 60)[middle]; v < 108 || v > 114 {
		t.Errorf("metering brings 60 to %d, want about 112", v)
	}
	if v := at(Camera{Metering: 1}, 10)[middle]; v != 22 { // the limit of the gain
		t.Errorf("metering brings 10 to %d, want 22", v)
	}
	if v := at(Camera{Metering: 1}, 255)[middle]; v != 128 {
		t.Errorf("metering brings 255 to %d, want 128", v)
	}
	if px := at(Camera{Red: .1, Blue: -.1}, 100)[middle : middle+3]; !bytes.Equal(px, []byte{110, 100, 90}) {
		t.Errorf("white balance brings 100 to %v, want [110 100 90]", px)
	}
	dark := at(Camera{Vignette: .5}, 200)
	if corner := dark[0]; corner < 100 || corner > 106 || dark[middle] != 200 {
		t.Errorf("vignetting by half brings 200 to %d in the corner and %d in the middle", dark[0], dark[middle])
	}
}

// The noise has the chosen standard deviation at middle gray, half a level more or less, and
// another seed has other noise.
func TestNoise(t *testing.T) {
	const w, h = 160, 120
	p := New(w, h)
	for _, sigma := range []float64{2, 8} {
		rgb := flat(w, h, 112)
		p.Apply(&Camera{Noise: sigma}, 3, rgb)
		other := flat(w, h, 112)
		p.Apply(&Camera{Noise: sigma}, 4, other)
		if bytes.Equal(rgb, other) {
			t.Error("two seeds have the same noise")
		}
		sum, square := 0.0, 0.0
		for _, v := range rgb {
			d := float64(v) - 112
			sum, square = sum+d, square+d*d
		}
		n := float64(len(rgb))
		if got := math.Sqrt(square / n); math.Abs(got-sigma) > .1*sigma+.1 || math.Abs(sum/n) > .2 {
			t.Errorf("noise with standard deviation %.2f and mean %.2f, want %g and 0", got, sum/n, sigma)
		}
	}
	rgb := flat(w, h, 112)
	p.Apply(&Camera{ChromaNoise: 5}, 3, rgb)
	for i := range 4 { // a block of 2×2 has one color
		at := 3 * (i/2*w + i%2)
		if !bytes.Equal(rgb[at:at+3], rgb[:3]) {
			t.Errorf("chroma noise: pixel %d of a block is %v, the first %v", i, rgb[at:at+3], rgb[:3])
		}
	}
}

// A step of 100 levels overshoots by a quarter of the amount on both sides: one of four
// neighbors differs.
func TestSharpeningHasHalos(t *testing.T) {
	const w, h = 20, 9
	rgb := flat(w, h, 80)
	for y := range h {
		copy(rgb[3*(y*w+10):3*(y+1)*w], flat(10, 1, 180))
	}
	New(w, h).Apply(&Camera{Sharpen: .8}, 0, rgb)
	for x, want := range map[int]byte{5: 80, 9: 60, 10: 200, 15: 180} {
		if got := rgb[3*(4*w+x)]; got < want-1 || got > want+1 {
			t.Errorf("column %d: %d, want %d", x, got, want)
		}
	}
}

// One bright column moves by the known shift of each effect.
func TestShiftsOfAColumn(t *testing.T) {
	const w, h, at = 101, 61, 80
	column := func(c Camera) []byte {
		rgb := flat(w, h, 0)
		for y := range h {
			for k := range 3 {
				rgb[3*(y*w+at)+k] = 240
			}
		}
		New(w, h).Apply(&c, 0, rgb)
		return rgb
	}
	// center returns the center of light of a channel in a row.
	center := func(rgb []byte, y, k int) float64 {
		sum, moment := 0.0, 0.0
		for x := range w {
			v := float64(rgb[3*(y*w+x)+k])
			sum, moment = sum+v, moment+v*float64(x)
		}
		return moment / sum
	}
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > .1 {
			t.Errorf("%s: the column is at %.2f, want %.2f", name, got, want)
		}
	}
	// In the middle row, the column is 30 of 59 px from the center to a corner.
	shift := 2 * 30 / math.Hypot(w/2., h/2.)
	rgb := column(Camera{Aberration: 2})
	near("red", center(rgb, h/2, 0), at+shift)
	near("green", center(rgb, h/2, 1), at)
	near("blue", center(rgb, h/2, 2), at-shift)
	rgb = column(Camera{Rolling: 6})
	near("first row", center(rgb, 0, 0), at-3)
	near("middle row", center(rgb, h/2, 0), at)
	near("last row", center(rgb, h-1, 0), at+3)
	rgb = column(Camera{BlurX: 4})
	near("blurred", center(rgb, h/2, 0), at)
	for x, want := range map[int]byte{at - 3: 0, at - 2: 48, at: 48, at + 2: 48, at + 3: 0} {
		if got := rgb[3*(h/2*w+x)]; got != want {
			t.Errorf("blurred column: pixel %d is %d, want %d", x, got, want)
		}
	}
}

// A bright spot in one corner lights the opposite part of the picture; a dark picture has no
// flare.
func TestFlare(t *testing.T) {
	const w, h = 96, 64
	rgb := flat(w, h, 20)
	for y := range 10 {
		copy(rgb[3*y*w:3*y*w+60], flat(20, 1, 255))
	}
	p := New(w, h)
	p.Apply(&Camera{Flare: 1}, 0, rgb)
	if at := 3 * (60*w + 88); rgb[at] <= 20 {
		t.Error("no ghost opposite to the bright spot")
	}
	dark := flat(w, h, 20)
	p.Apply(&Camera{Flare: 1}, 0, dark)
	if !bytes.Equal(dark, flat(w, h, 20)) {
		t.Error("flare without a bright spot")
	}
}

// Random cameras are valid and give the same bytes for the same seed, without allocations.
func TestRandomCameras(t *testing.T) {
	const w, h = 64, 48
	r := rng.New(1, "test", "camera")
	p := New(w, h)
	for i := range 200 {
		c := Random(&r)
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		one, two := natural(w, h), natural(w, h)
		p.Apply(&c, uint64(i), one)
		New(w, h).Apply(&c, uint64(i), two)
		if !bytes.Equal(one, two) {
			t.Fatalf("%+v: two processors give different pictures", c)
		}
		if i%20 == 0 {
			if n := testing.AllocsPerRun(1, func() { p.Apply(&c, 1, one) }); n > 0 {
				t.Errorf("%+v: %g allocations", c, n)
			}
		}
	}
}

func TestCheckNamesTheSetting(t *testing.T) {
	for _, c := range []struct {
		camera Camera
		want   string
	}{
		{Camera{Flare: 2}, "flare 2"}, {Camera{Noise: -1}, "noise -1"}, {Camera{Quality: 101}, "quality 101"},
		{Camera{BlurX: math.NaN()}, "blur_x NaN"}, {Camera{Vignette: 1.5}, "vignette 1.5"}, {Camera{Aberration: 1e9}, "aberration 1e+09"},
	} {
		if err := c.camera.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.camera, err, c.want)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	const w, h = 320, 192
	p := New(w, h)
	from := natural(w, h)
	rgb := make([]byte, len(from))
	for name, c := range map[string]Camera{
		"exposure": {Metering: 1, Vignette: .3, Noise: 2, ChromaNoise: 2}, "sharpen": {Sharpen: 1}, "jpeg": {Quality: 60},
		"aberration": {Aberration: .5}, "blur": {BlurX: 2},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				copy(rgb, from)
				p.Apply(&c, 1, rgb)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}
