package gpu_test

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/assets"
	"roadloop/perception"
	"roadloop/perception/inference"
	cnn "roadloop/perception/network"
	"roadloop/sim/gpu"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Required agreement of both renderers: the PSNR of every scene, and the share of
// detections on one image that are also on the other.
const (
	wantPSNR    = 40.0 // dB
	wantMatched = .97
)

// Both renderers draw 200 frames of library scenarios so similarly that the network
// detects the same objects.
func TestAgreesWithReference(t *testing.T) {
	a := compare(t, 200)
	t.Log(a)
	if worst := slices.Min(a.psnr); worst < wantPSNR {
		t.Errorf("PSNR %.1f dB, want %.0f", worst, wantPSNR)
	}
	if share := a.matched(); share < wantMatched {
		t.Errorf("%.1f %% of detections matched, want %.0f %%", 100*share, 100*wantMatched)
	}
}

// They also agree with lens distortion, and with one sample per pixel.
func TestAgreesOnOtherCameras(t *testing.T) {
	plain := sensor.FrontCamera()
	barrel := plain
	barrel.K1, barrel.K2 = -.25, .04
	for _, m := range moments(t, &plain, 2) {
		for _, c := range []struct {
			name    string
			cal     sensor.Camera
			samples int
		}{{"a lens", barrel, 2}, {"one sample", plain, 1}, {"a lens and one sample", barrel, 1}} {
			ours := gpu.NewSampled(&c.cal, c.cal.Width, c.cal.Height, c.samples)
			reference := raster.New(&c.cal, raster.Channels{Coarse: c.samples == 1})
			if v := psnr(draw(ours, &c.cal, &m.list), reference.Render(&m.list).RGB); v < wantPSNR {
				t.Errorf("%s, with %s: PSNR %.1f dB, want %.0f", m.name, c.name, v, wantPSNR)
			}
		}
	}
}

// A moved camera draws the same image as a camera created at the new mount.
func TestMove(t *testing.T) {
	cal := sensor.FrontCamera()
	list := &moments(t, &cal, 1)[0].list
	moved := gpu.New(&cal, cal.Width, cal.Height)
	before := draw(moved, &cal, list)
	cal.Mount = sensor.Mount{X: -8, Y: 2, Z: 4, Yaw: -.2, Pitch: .25}
	moved.Move(cal.Mount)
	got := draw(moved, &cal, list)
	if slices.Equal(got, before) {
		t.Error("the image is the same as before the move")
	}
	if want := draw(gpu.New(&cal, cal.Width, cal.Height), &cal, list); !slices.Equal(got, want) {
		t.Errorf("PSNR %.1f dB against the image of a camera created at the new mount", psnr(got, want))
	}
}

// draw returns the RGB pixels of a rendered list.
func draw(r *gpu.Renderer, cal *sensor.Camera, list *scene.List) []byte {
	dst := ebiten.NewImage(cal.Width, cal.Height)
	defer dst.Deallocate()
	r.Draw(dst, list)
	rgba := make([]byte, 4*cal.Width*cal.Height)
	dst.ReadPixels(rgba)
	return opaque(rgba)
}

// agreement is the agreement of two renderers.
type agreement struct {
	names       []string
	psnr        []float64 // dB by scene
	found, both int       // detections on either image, and those that are also on the other
	missed      []string
}

func (a *agreement) mean() float64 {
	sum := 0.0
	for _, v := range a.psnr {
		sum += v
	}
	return sum / float64(len(a.psnr))
}

func (a *agreement) matched() float64 { return float64(a.both) / float64(a.found) }

// String lists the scenes, worst first.
func (a *agreement) String() string {
	order := make([]int, len(a.psnr))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(a.psnr[i], a.psnr[j]) })
	var b strings.Builder
	fmt.Fprintf(&b, "%d scenes: PSNR mean %.1f dB, worst %.1f dB; %d of %d detections matched, %.1f %%\n",
		len(a.psnr), a.mean(), slices.Min(a.psnr), a.both, a.found, 100*a.matched())
	for _, i := range order[:min(8, len(order))] {
		fmt.Fprintf(&b, "  %.1f dB  %s\n", a.psnr[i], a.names[i])
	}
	fmt.Fprint(&b, strings.Join(a.missed, "\n"))
	return b.String()
}

// compare draws n frames with both renderers, without sensor noise, and runs the
// bundled network on both images.
func compare(t testing.TB, n int) *agreement {
	t.Helper()
	cal := sensor.FrontCamera()
	ours, reference := gpu.New(&cal, cal.Width, cal.Height), raster.New(&cal, raster.Channels{})
	net := newNetwork(t)
	a := new(agreement)
	for i, m := range moments(t, &cal, n) {
		want := reference.Render(&m.list).RGB
		got := draw(ours, &cal, &m.list)
		a.names = append(a.names, fmt.Sprintf("%03d %s", i, m.name))
		a.psnr = append(a.psnr, psnr(got, want))
		save(t, filepath.Join(t.ArtifactDir(), fmt.Sprintf("%03d.png", i)), got, want, cal.Width, cal.Height)
		x, y := detect(t, net, &cal, got), detect(t, net, &cal, want)
		a.judge(i, x, y)
	}
	return a
}

// judge compares the detections on the two images of scene i.
func (a *agreement) judge(i int, x, y []perception.Detection) {
	both := 2 * pairs(x, y)
	a.found += len(x) + len(y)
	a.both += both
	if both < len(x)+len(y) {
		a.missed = append(a.missed, fmt.Sprintf("  %03d: gpu %s; software %s", i, describe(x), describe(y)))
	}
}

func describe(d []perception.Detection) string {
	var s []string
	for i := range d {
		s = append(s, fmt.Sprintf("%s %.2f at %.0f,%.0f", d[i].Class, d[i].Score, d[i].Box.X0, d[i].Box.Y0))
	}
	return strings.Join(s, ", ")
}

// network is a detector with the bundled network.
type network struct {
	engine       inference.Engine
	input, heads []float32
}

func newNetwork(t testing.TB) *network {
	t.Helper()
	w, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	size := engine.Config()
	return &network{engine, make([]float32, size.ImageSize()), make([]float32, size.HeadSize())}
}

// detect returns the detections of the network.
func detect(t testing.TB, e *network, cal *sensor.Camera, rgb []byte) []perception.Detection {
	t.Helper()
	cnn.Scale(e.input, rgb)
	if err := e.engine.Infer(e.input, e.heads); err != nil {
		t.Fatal(err)
	}
	var im perception.Image
	var decoder inference.Decoder
	decoder.Decode(e.heads, cal, &im)
	return im.Detections
}

// pairs counts matched detections of the same class with an IoU of at least 0.5, most
// confident first.
func pairs(a, b []perception.Detection) int {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortStableFunc(a, func(x, y perception.Detection) int { return int(1e6 * (y.Score - x.Score)) })
	n := 0
	for i := range a {
		best, at := .5, -1
		for j := range b {
			if v := a[i].Box.IoU(b[j].Box); b[j].Class == a[i].Class && v >= best {
				best, at = v, j
			}
		}
		if at >= 0 {
			n++
			b = slices.Delete(b, at, at+1)
		}
	}
	return n
}

// opaque returns the RGB of RGBA pixels.
func opaque(rgba []byte) []byte {
	rgb := make([]byte, 0, len(rgba)/4*3)
	for i := 0; i < len(rgba); i += 4 {
		rgb = append(rgb, rgba[i:i+3]...)
	}
	return rgb
}

// psnr returns the peak signal-to-noise ratio of two images, dB.
func psnr(a, b []byte) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255/max(sum/float64(len(a)), 1e-3))
}
