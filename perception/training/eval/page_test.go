package eval

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/jpeg"
	"strings"
	"testing"

	"roadloop/internal/palette"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
)

// A page contains the numbers, every plot, and an image of every mistake.
func TestPage(t *testing.T) {
	c := network.DefaultConfig()
	c.Widths = [6]int{4, 4, 4, 4, 4, 8}
	w, err := network.NewWeights(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	s := synth.Stream{Config: c, Seed: 3, Split: synth.HeldOut}
	frames, err := synth.NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Evaluate(t.Context(), engine, s, 6)
	if err != nil {
		t.Fatal(err)
	}
	some := .5
	r.Robustness = &Robustness{Frames: 2, Clean: Summary{AP50: &some},
		Kinds: []KindScores{{Kind: synth.Fog, Severities: []Summary{{AP50: &some}, {}}}}}
	p := Page{Title: "a <b>bold</b> name", Report: r, Engine: engine, Frames: frames}
	html, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(html, []byte(`<figure class="chart">`)); n != len(charts(r)) || n < 3 {
		t.Errorf("%d plots of %d", n, len(charts(r)))
	}
	if bytes.Contains(html, []byte("<b>bold")) {
		t.Error("the title is not escaped")
	}
	if len(r.Worst) == 0 {
		t.Fatal("an untrained network makes no mistakes")
	}
	for _, m := range r.Worst {
		if !bytes.Contains(html, []byte(m.Text)) {
			t.Errorf("%q is not on the page", m.Text)
		}
	}
	parts := strings.Split(string(html), "data:image/jpeg;base64,")[1:]
	if len(parts) != len(r.Worst) {
		t.Fatalf("%d pictures of %d mistakes", len(parts), len(r.Worst))
	}
	data, _, _ := strings.Cut(parts[0], `"`)
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(data, "&#43;", "+"))
	if err != nil {
		t.Fatal(err)
	}
	im, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if b := im.Bounds(); b.Dx() != 320 || b.Dy() != 192 {
		t.Errorf("a picture of %v, want 320×192", b)
	}
}

// Every class has its color of the palette by name: a green signal is not drawn red.
func TestClassColors(t *testing.T) {
	r := &Report{}
	for k := range perception.NumClasses {
		r.Curves = append(r.Curves, Curve{Class: perception.Class(k).String(), Recall: []float64{0, 1}, Precision: []float64{1, .5}})
	}
	css := palette.PageStyle()
	marks := make(map[string]string)
	for _, l := range precision(r).Lines {
		if want := strings.ReplaceAll(l.Name, " ", "-"); l.Color != want || !strings.Contains(css, "--"+want+":") {
			t.Errorf("%s is drawn in --%s", l.Name, l.Color)
		}
		if other, taken := marks[l.Mark.Path()]; taken {
			t.Errorf("%s and %s share a mark", l.Name, other)
		}
		marks[l.Mark.Path()] = l.Name
	}
}

// Labels are inside the image and do not overlap.
func TestLabelsDoNotOverlap(t *testing.T) {
	m := mistake{Width: 320, Height: 192}
	for i := range 40 {
		x, y := float64(i*37%320), float64(i*53%192)
		m.label("car", &perception.Box{X0: x, Y0: y, X1: x + 30, Y1: y + 20}, "pedestrian 0.93")
	}
	if len(m.Labels) < 8 {
		t.Errorf("%d of 40 labels", len(m.Labels))
	}
	for i, l := range m.Labels {
		if l.X < 0 || l.Y < 0 || l.X+l.W > 320 || l.Y+l.H > 192 {
			t.Errorf("a label at %+v", l)
		}
		for _, o := range m.Labels[i+1:] {
			if l.overlaps(o) {
				t.Errorf("%+v lies on %+v", l, o)
			}
		}
	}
}
