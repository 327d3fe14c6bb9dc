package inference_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"roadloop/assets"
	"roadloop/internal/imagefile"
	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/perception/inference"
)

// paint holds points of the own lane's boundaries in real highway frames, [column, row], px:
// the middle of the paint, read by eye in pictures enlarged to their full size, good to about
// 3 px. Points are up to 30 m ahead; dashes give points on paint alone.
var paint = []struct {
	file        string
	left, right [][2]float64
}{
	{"01_test1", [][2]float64{{298, 684}, {430, 590}, {560, 492}}, [][2]float64{{1050, 655}, {837, 526}, {763, 484}}},
	{"02_test3", [][2]float64{{283, 684}, {405, 595}, {505, 525}, {590, 472}}, [][2]float64{{1043, 656}, {949, 600}, {769, 485}}},
	{"05_test6", [][2]float64{{305, 684}, {405, 605}, {500, 536}, {585, 478}}, [][2]float64{{938, 582}, {817, 512}}},
	{"07_solidWhiteCurve", [][2]float64{{317, 436}, {387, 381}, {414, 361}}, [][2]float64{{700, 432}, {600, 372}}},
	{"08_solidWhiteRight", [][2]float64{{180, 519}, {337, 409}, {391, 371}}, [][2]float64{{700, 442}, {590, 372}}},
	{"09_solidYellowCurve", [][2]float64{{165, 538}, {300, 440}, {405, 366}}, [][2]float64{{783, 493}, {631, 405}, {558, 358}}},
	{"10_solidYellowLeft", [][2]float64{{145, 538}, {300, 437}, {420, 346}}, [][2]float64{{722, 459}, {605, 386}, {568, 362}}},
}

// The boundaries of the own lane are on the paint of real frames, at a focal length that is
// known and a horizon that is estimated. The limits hold for the bundled network; the goal is
// all points within 10 px. The cameras of the frames are about 1.2 m above the road, by the
// width of a lane of 3.66 m, which is lower than those of training: boundaries of dashes are
// found too near to the middle.
func TestLanesOfRealFrames(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "data", "frames", "udacity", "images")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the real frames are missing")
	}
	w, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		t.Fatal(err)
	}
	p := inference.NewPictureDetector(engine)
	defer p.Close()
	var errors []float64
	missing := 0
	for _, frame := range paint {
		im, err := imagefile.Read(filepath.Join(folder, frame.file+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		size := im.Bounds().Size()
		rgb := imagefile.RGB(nil, im)
		const share = 1158. / 1280 // focal length of both cameras, as a share of the width
		h := camera.Hints{Focal: share * float64(size.X)}
		c, _, err := h.Camera(size.X, size.Y, func() (float64, bool) { return camera.FindHorizon(rgb, size.X, size.Y) })
		if err != nil {
			t.Fatal(err)
		}
		var found inference.Found
		if err := p.Detect(rgb, &c, &found); err != nil {
			t.Fatal(err)
		}
		for side, points := range map[perception.Side][][2]float64{perception.Left: frame.left, perception.Right: frame.right} {
			for _, q := range points {
				x, ok := columnAt(&found, side, q[1])
				if !ok {
					missing++
					t.Logf("%s: no boundary %d in row %.0f", frame.file, side, q[1])
					continue
				}
				e := math.Abs(x-q[0]) * 960 / float64(size.X)
				errors = append(errors, e)
				if e > 10 {
					t.Logf("%s: boundary %d in row %.0f is %.0f px (of 960) off", frame.file, side, q[1], e)
				}
			}
		}
	}
	slices.Sort(errors)
	within, _ := slices.BinarySearch(errors, 10)
	all := len(errors) + missing
	t.Logf("%d of %d points within 10 px of 960, median error %.1f px, %d missing", within, all, errors[len(errors)/2], missing)
	if share := float64(within) / float64(all); share < .4 || errors[len(errors)/2] > 12 {
		t.Errorf("%.2f of the points are within 10 px", share)
	}
}

// columnAt returns the column of a boundary in a row.
func columnAt(found *inference.Found, side perception.Side, row float64) (x float64, ok bool) {
	for i := range found.Boundaries {
		if found.Boundaries[i].Side != side {
			continue
		}
		line := found.Lines[i]
		for k := 1; k < len(line); k++ {
			a, b := line[k-1], line[k]
			if (a.Y-row)*(b.Y-row) <= 0 && a.Y != b.Y {
				return a.X + (b.X-a.X)*(row-a.Y)/(b.Y-a.Y), true
			}
		}
	}
	return 0, false
}
