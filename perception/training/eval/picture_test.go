package eval_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/results"
	"roadloop/perception/training/eval"
)

// kept keeps the objects of the last picture.
type kept struct{ objects []results.Object }

func (k *kept) Write(_ *results.Image, objects []results.Object) error {
	k.objects = append(k.objects[:0], objects...)
	return nil
}

func (k *kept) Close() error   { return nil }
func (k *kept) Discard() error { return nil }

// drawnCar matches the box of a car on a page.
var drawnCar = regexp.MustCompile(`<rect class="car" x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"><title>(.*?),`)

// The page draws the detections of the evaluation, which come from all views of a picture,
// and no others.
func TestPageDrawsEvaluatedDetections(t *testing.T) {
	c := network.DefaultConfig()
	engine := fixedEngine{c, []object{
		{perception.Car, .9, perception.Box{X0: 20, Y0: 100, X1: 60, Y1: 130}},
		{perception.Car, .95, perception.Box{X0: 200, Y0: 110, X1: 230, Y1: 130}},
		{perception.Car, .1, perception.Box{X0: 100, Y0: 100, X1: 140, Y1: 130}}, // below the driver's threshold
	}}
	set := openSet(t, kitti(kittiMisc, kittiCar), 1242, 375)
	frames := func() (eval.Frames, error) { return set.Reader(c) }
	counts := make(map[bool]int)
	for _, tiles := range []bool{false, true} {
		var found kept
		r, err := (&eval.Evaluation{
			Engine: func() (inference.Engine, error) { return engine, nil }, Frames: frames, Count: 1, Tiles: tiles, Found: &found,
		}).Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		reader, err := frames()
		if err != nil {
			t.Fatal(err)
		}
		p := eval.Page{Report: r, Engine: engine, Frames: reader, Tiles: tiles}
		html, err := p.Render()
		if err != nil {
			t.Fatal(err)
		}
		f, err := reader.Frame(0)
		if err != nil {
			t.Fatal(err)
		}
		want := make(map[string]perception.Box)
		for _, o := range found.objects {
			if box, ok := f.Picture.View.BoxFromPicture(o.Box); ok && o.Score >= inference.DefaultMinScore {
				want[fmt.Sprintf("%s %.2f at %.0f", o.Class, o.Score, box.X0)] = box
			}
		}
		_, figure, ok := strings.Cut(string(html), "<figure>\n  <div class=\"frame\">")
		if !ok {
			t.Fatal("the page has no mistake")
		}
		figure, _, _ = strings.Cut(figure, "</figure>")
		drawn := drawnCar.FindAllStringSubmatch(figure, -1)
		counts[tiles] = len(drawn)
		if len(drawn) != len(want) {
			t.Errorf("views %d: %d cars are drawn, want %d", r.Views, len(drawn), len(want))
		}
		for _, m := range drawn {
			var v [4]float64
			for i := range v {
				if v[i], err = strconv.ParseFloat(m[1+i], 64); err != nil {
					t.Fatal(err)
				}
			}
			box := perception.Box{X0: v[0], Y0: v[1], X1: v[0] + v[2], Y1: v[1] + v[3]}
			key := fmt.Sprintf("%s at %.0f", m[5], box.X0)
			if b, ok := want[key]; !ok || math.Abs(b.Y0-box.Y0) > 1e-9 || math.Abs(b.X1-box.X1) > 1e-9 {
				t.Errorf("views %d: drew %s: %+v, which was not evaluated: %v", r.Views, key, box, want)
			}
		}
	}
	if counts[false] != 2 || counts[true] <= 2 {
		t.Errorf("%d cars of one view, %d of all views, want 2 and more", counts[false], counts[true])
	}
}

// A mistake outside of the network's view has no frame.
func TestPageOmitsFrameOutsideOfTheView(t *testing.T) {
	const left = "Car 0.00 0 -1.67 0 190 40 340 1.41 1.58 4.36 -4 1.6 5 -1.58" // at the left edge of the picture
	c := network.DefaultConfig()
	engine := fixedEngine{config: c}
	set := openSet(t, kitti(left), 1242, 375)
	r, err := (&eval.Evaluation{
		Engine: func() (inference.Engine, error) { return engine, nil },
		Frames: func() (eval.Frames, error) { return set.Reader(c) }, Count: 1,
	}).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := set.Reader(c)
	if err != nil {
		t.Fatal(err)
	}
	p := eval.Page{Report: r, Engine: engine, Frames: reader}
	html, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Worst) != 1 {
		t.Fatalf("%d mistakes, want the missed car", len(r.Worst))
	}
	if strings.Contains(string(html), `<rect class="mistake"`) {
		t.Error("the page frames a car that its image does not show")
	}
}
