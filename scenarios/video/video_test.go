package video_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"roadloop/internal/palette"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/scenarios/video"
)

// drive drives a case of the library with the oracle for a number of decisions.
func drive(t *testing.T, name string, decisions int) *timeline.Timeline {
	t.Helper()
	p := drivetest.Plan(t, name)
	d, err := timeline.New(p, drivetest.Driver(nil))
	if err != nil {
		t.Fatal(err)
	}
	for range decisions {
		if _, err := d.Step(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// draw renders a frame and stores it as a test artifact.
func draw(t *testing.T, d *timeline.Timeline, v *runner.Verdict, view string, overlays ...string) *image.RGBA {
	t.Helper()
	a, err := video.New(d.Plan(), video.Options{View: view, Overlays: overlays, Size: image.Pt(640, 360)})
	if err != nil {
		t.Fatal(err)
	}
	im := a.Draw(d.StepAt(d.Len()-1), v)
	f, err := os.Create(filepath.Join(t.ArtifactDir(), view+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
	return im
}

// count returns the number of pixels with nearly the color.
func count(im *image.RGBA, c color.RGBA) (n int) {
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) < 60 }
	for i := 0; i < len(im.Pix); i += 4 {
		if near(im.Pix[i], c.R) && near(im.Pix[i+1], c.G) && near(im.Pix[i+2], c.B) {
			n++
		}
	}
	return n
}

var (
	blue  = palette.Belief.Dark
	green = palette.Plan.Dark
	red   = palette.Failure.Dark
)

// Every view shows exactly the selected overlays, and the same pixels each time.
func TestViewsShowOverlays(t *testing.T) {
	d := drive(t, "cut-in/3", 100)
	for _, view := range video.Views {
		with, again := draw(t, d, nil, view, video.Overlays...), draw(t, d, nil, view, video.Overlays...)
		if !bytes.Equal(with.Pix, again.Pix) {
			t.Errorf("%s: the same decision gives different pixels", view)
		}
		if without := draw(t, d, nil, view); bytes.Equal(with.Pix, without.Pix) {
			t.Errorf("%s: overlays change nothing", view)
		}
	}
	top := draw(t, d, nil, "top", "tracks")
	if n := count(top, blue); n < 40 {
		t.Errorf("%d pixels of tracks from above", n)
	}
	if n := count(top, green); n > 10 {
		t.Errorf("%d pixels of a plan that was not selected", n)
	}
	if n := count(draw(t, d, nil, "top", "plan"), green); n < 150 {
		t.Errorf("%d pixels of the plan from above", n)
	}
	if n := count(draw(t, d, nil, "chase", "tracks"), blue) - count(draw(t, d, nil, "chase"), blue); n < 60 {
		t.Errorf("%d pixels of tracks from behind", n)
	}
}

// The caption shows a failure from its time on.
func TestCaptionShowsFailure(t *testing.T) {
	d := drive(t, "cut-in/3", 40)
	now := d.StepAt(d.Len() - 1).Time
	failed := runner.Verdict{Reason: "collision with cutter", At: now}
	before := count(draw(t, d, nil, "top"), red)
	if n := count(draw(t, d, &failed, "top"), red) - before; n < 20 {
		t.Errorf("%d pixels of a failure at that time", n)
	}
	failed.At = now + 1
	if n := count(draw(t, d, &failed, "top"), red) - before; n != 0 {
		t.Errorf("%d pixels of a later failure", n)
	}
}

func TestNewRejectsInvalidOptions(t *testing.T) {
	d := drive(t, "cut-in/3", 1)
	for _, o := range []video.Options{
		{View: "side", Size: image.Pt(640, 360)},
		{View: "top", Size: image.Pt(10, 360)},
		{View: "top", Size: image.Pt(640, 100000)},
		{View: "top", Size: image.Pt(640, 360), Overlays: []string{"stars"}},
	} {
		if _, err := video.New(d.Plan(), o); err == nil {
			t.Errorf("accepts %+v", o)
		}
	}
}
