package page

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/jpeg"
	"strings"
	"testing"

	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/corruption"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/stream"
)

// A page holds the numbers, every plot, and a picture of every mistake.
func TestPage(t *testing.T) {
	c := network.DefaultConfig()
	c.Widths = [6]int{4, 4, 4, 4, 4, 8}
	w, err := network.NewWeights(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewNative(w)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	s := stream.Stream{Config: c, Seed: 3, Split: stream.HeldOut}
	frames, err := stream.NewMaker(s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := eval.Evaluate(t.Context(), engine, s, 6)
	if err != nil {
		t.Fatal(err)
	}
	some := .5
	r.Robustness = &eval.Robustness{Frames: 2, Clean: eval.Glimpse{AP50: &some},
		Kinds: []eval.Weakness{{Kind: corruption.Fog, Severities: []eval.Glimpse{{AP50: &some}, {}}}}}
	p := Page{Title: "a <b>bold</b> name", Report: r, Engine: engine, Frames: frames}
	html, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(html, []byte("<svg")); n != 5 {
		t.Errorf("%d plots, want 5", n)
	}
	if bytes.Contains(html, []byte("<b>bold")) {
		t.Error("the title is not escaped")
	}
	if len(r.Worst) == 0 {
		t.Fatal("a network that has learned nothing makes no mistakes")
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
	if b := im.Bounds(); b.Dx() != 640 || b.Dy() != 384 {
		t.Errorf("a picture of %v, want 640×384", b)
	}
}
