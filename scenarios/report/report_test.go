package report

import (
	"bytes"
	"context"
	"image"
	"strings"
	"testing"

	"roadloop/scenarios"
)

// drivenPage returns the page of one case of a scenario with a fault in its text.
func drivenPage(t *testing.T) string {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(`
version: 1
name: wall & <b>
description: nothing to see
map: {kind: straight, length: 300 m}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
actors: [{id: wall, kind: car, lane: 0, s: 80 m}]
until: {time: 3 s}
expect: {progress: 200 m}
`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	page, results := New(), scenarios.NewResults()
	o := scenarios.Options{Perception: scenarios.Oracle, Watch: page.Watch,
		Crew: func() (scenarios.Crew, error) { return scenarios.NewStackCrew(nil) }}
	err = scenarios.Run(context.Background(), []*scenarios.Case{c}, o, func(out *scenarios.Outcome) error {
		results.Add(out, &o)
		return page.Add(out)
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := page.Render(results)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPageStandsAlone(t *testing.T) {
	html := drivenPage(t)
	for _, outside := range []string{`src="http`, `href="http`, "@import", "url("} {
		if strings.Contains(html, outside) {
			t.Errorf("the page needs %q from elsewhere", outside)
		}
	}
	if strings.Contains(html, "<b>") {
		t.Error("the name of the scenario is not escaped")
	}
}

func TestPageShowsVerdictMapAndPlots(t *testing.T) {
	html := drivenPage(t)
	for _, want := range []string{"0 of 1 cases passed", "less than 200 m", `class="above"`, "wall &amp; &lt;b&gt;"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if n := strings.Count(html, "<svg"); n != 4 {
		t.Errorf("%d drawings, want the one from above and three plots", n)
	}
	if strings.Count(html, "<svg") != strings.Count(html, "</svg>") {
		t.Error("a drawing does not end")
	}
}

func TestVideoIsMP4(t *testing.T) {
	var frames []*image.RGBA
	for range 6 {
		frames = append(frames, image.NewRGBA(image.Rect(0, 0, 64, 48)))
	}
	data, err := encodeVideo(frames)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data[:min(len(data), 16)], []byte("ftyp")) || !bytes.Contains(data, []byte("avc1")) {
		t.Errorf("%d bytes that are not MP4 with H.264", len(data))
	}
	if _, err := encodeVideo(nil); err == nil {
		t.Error("made a video of nothing")
	}
}
