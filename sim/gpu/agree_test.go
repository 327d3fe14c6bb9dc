package gpu_test

import (
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
	"roadloop/sim/sensor"
)

// What both cameras must reach: the mean over scenes, and the share of detections on
// the one picture that are also on the other.
const (
	wantPSNR    = 30.0 // dB
	wantMatched = .97
	// sampleMatched is what a test of few scenes asks for, where one detection in a crowd
	// of small ones is 2 %.
	sampleMatched = .95
	// sought is the least score of what a detection on one picture is looked for
	// among on the other. Below the usual threshold, as one of 0.14 here may be one of
	// 0.12 there.
	sought = inference.DefaultMinScore / 2
)

// Both cameras show the same moments of the library so alike that the network finds
// the same in them. The benchmark does so with many more.
func TestAgreesWithReference(t *testing.T) {
	compare(t, 24).check(t, sampleMatched)
}

// BenchmarkAgreement measures how well both cameras agree over 200 moments.
func BenchmarkAgreement(b *testing.B) {
	for b.Loop() {
		a := compare(b, 200)
		a.check(b, wantMatched)
		b.ReportMetric(a.mean(), "dB(mean)")
		b.ReportMetric(slices.Min(a.psnr), "dB(worst)")
		b.ReportMetric(100*a.matched(), "%matched")
		b.ReportMetric(100*float64(a.strictly)/float64(a.found), "%matched-at-threshold")
	}
}

// check reports an agreement that is not good enough.
func (a *agreement) check(t testing.TB, matched float64) {
	t.Helper()
	t.Log(a)
	if mean := a.mean(); mean < wantPSNR {
		t.Errorf("mean PSNR %.1f dB, want %.0f", mean, wantPSNR)
	}
	if share := a.matched(); share < matched {
		t.Errorf("%.1f %% of detections matched, want %.0f %%", 100*share, 100*matched)
	}
}

// agreement is how far two cameras agree.
type agreement struct {
	names       []string
	psnr        []float64 // dB by scene
	found, both int       // detections on either picture, and those also on the other
	strictly    int       // those that are there with the usual score too
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

// String lists the scenes from the worst on.
func (a *agreement) String() string {
	order := make([]int, len(a.psnr))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return int(1000 * (a.psnr[i] - a.psnr[j])) })
	var b strings.Builder
	fmt.Fprintf(&b, "%d scenes: PSNR mean %.1f dB, worst %.1f dB; %d of %d detections matched, %.1f %%, %d with the usual score\n",
		len(a.psnr), a.mean(), slices.Min(a.psnr), a.both, a.found, 100*a.matched(), a.strictly)
	for _, i := range order[:min(8, len(order))] {
		fmt.Fprintf(&b, "  %.1f dB  %s\n", a.psnr[i], a.names[i])
	}
	fmt.Fprint(&b, strings.Join(a.missed, "\n"))
	return b.String()
}

// compare draws n moments with both cameras, without sensor noise, and reads both
// pictures with the network that comes along.
func compare(t testing.TB, n int) *agreement {
	t.Helper()
	cal := sensor.FrontCamera()
	ours, reference := gpu.New(&cal, cal.Width, cal.Height), raster.New(&cal, raster.Channels{})
	eyes := network(t)
	dst := ebiten.NewImage(cal.Width, cal.Height)
	rgba := make([]byte, 4*cal.Width*cal.Height)
	a := new(agreement)
	for i, m := range moments(t, &cal, n) {
		want := reference.Render(&m.list).RGB
		ours.Draw(dst, &m.list)
		dst.ReadPixels(rgba)
		got := opaque(rgba)
		a.names = append(a.names, fmt.Sprintf("%03d %s", i, m.name))
		a.psnr = append(a.psnr, psnr(got, want))
		save(t, filepath.Join(t.ArtifactDir(), fmt.Sprintf("%03d.png", i)), got, want, cal.Width, cal.Height)
		x, y := detect(t, eyes, &cal, got), detect(t, eyes, &cal, want)
		a.judge(i, x, y)
	}
	return a
}

// judge compares the detections on the two pictures of scene i.
func (a *agreement) judge(i int, x, y []perception.Detection) {
	sureX, sureY := sure(x), sure(y)
	both := pairs(sureX, y) + pairs(sureY, x)
	a.found += len(sureX) + len(sureY)
	a.both += both
	a.strictly += 2 * pairs(sureX, sureY)
	if both < len(sureX)+len(sureY) {
		a.missed = append(a.missed, fmt.Sprintf("  %03d: gpu %s; software %s", i, describe(x), describe(y)))
	}
}

// sure returns the detections with the usual score, which come first.
func sure(d []perception.Detection) []perception.Detection {
	n := 0
	for n < len(d) && d[n].Score >= inference.DefaultMinScore {
		n++
	}
	return d[:n]
}

func describe(d []perception.Detection) string {
	var s []string
	for i := range d {
		s = append(s, fmt.Sprintf("%s %.2f at %.0f,%.0f", d[i].Class, d[i].Score, d[i].Box.X0, d[i].Box.Y0))
	}
	return strings.Join(s, ", ")
}

// eyes are the network that comes along.
type eyes struct {
	engine       inference.Engine
	input, heads []float32
}

func network(t testing.TB) *eyes {
	t.Helper()
	w, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewNative(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	size := engine.Config()
	return &eyes{engine, make([]float32, size.ImageSize()), make([]float32, size.HeadSize())}
}

// detect returns what the network finds, the surest first, down to the score sought.
func detect(t testing.TB, e *eyes, cal *sensor.Camera, rgb []byte) []perception.Detection {
	t.Helper()
	cnn.Scale(e.input, rgb)
	if err := e.engine.Infer(e.input, e.heads); err != nil {
		t.Fatal(err)
	}
	var im perception.Image
	decoder := inference.Decoder{MinScore: sought}
	decoder.Decode(e.heads, cal, &im)
	return im.Detections
}

// pairs counts detections of one class that overlap by half or more, the surest first.
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

// psnr compares pixels, in dB.
func psnr(a, b []byte) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255/max(sum/float64(len(a)), 1e-3))
}
