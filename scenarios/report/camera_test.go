package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"roadloop"
	"roadloop/internal/browsertest"
	"roadloop/internal/opencv"
	"roadloop/perception"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

// finder detects a car in every image, at a position that depends on its time.
type finder struct{}

func (finder) Detect(f *sensor.Frame, out *perception.Image) error {
	x := float64(f.Time % 250)
	*out = perception.Image{Detections: []perception.Detection{{Class: perception.Car, Score: .25, Distance: 200,
		Box: perception.Box{X0: x, Y0: 20, X1: x + 40, Y1: 50}}}}
	return nil
}

func (finder) Clone() perception.Detector { return finder{} }

// seeing drives a case with a camera and a finder, adds it to a page, and returns the
// pixels of the newest image by time.
func seeing(t *testing.T, page *Page, file string) (*runner.Results, map[clock.Tick][]byte) {
	t.Helper()
	s, err := scenarios.Parse("dirty.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	newest := make(map[clock.Tick][]byte)
	var last []byte
	results := runner.NewResults()
	o := runner.Options{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.CNN},
		NewFactory: func() (runner.DriverFactory, error) { return runner.NewStackFactory(finder{}), nil },
		Watch: func(p *runner.Spec) func(*roadloop.Step) {
			films := page.Watch(p)
			return func(m *roadloop.Step) {
				films(m)
				if n := len(m.Obs.Frames); n > 0 {
					last = bytes.Clone(m.Obs.Frames[n-1].Pix)
				}
				if last != nil {
					newest[m.Time] = last
				}
			}
		}}
	err = runner.Run(context.Background(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error {
		if out.Err != nil {
			return out.Err
		}
		results.Append(runner.NewResult(out, &o))
		return page.Add(out)
	})
	if err != nil {
		t.Fatal(err)
	}
	return results, newest
}

// dirty is a drive at night in the rain with a dirty lens and dropped images.
const dirty = `
version: 1
name: Dirty
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
actors: [{id: lead, kind: car, lane: 0, s: 45 m, speed: 10 m/s}, {id: walker, kind: pedestrian, lane: 0, s: 60 m, d: 4 m}]
weather: {time: night, rain: 0.7}
faults: {camera: {dirt: 0.1, dropout: 0.3}}
until: {time: 3 s}
`

// A page with the program has no video: it renders the car's camera images again, with the
// same bytes as in the drive, and draws the detections on them.
func TestBrowserRendersSameImages(t *testing.T) {
	page := NewPage(PageOptions{Program: program(t)})
	r, native := seeing(t, page, dirty)
	data, err := page.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte(`id="film-`)) || !bytes.Contains(data, []byte(`"retaken":true`)) {
		t.Fatal("the page has a video, or does not mark the camera as rendered again")
	}
	b := browsertest.Start(t)
	b.Open(written(t, data), 1280, 720)
	b.Click("#cases tbody a")
	b.Until(`document.querySelector("#check.good") && page.opened.screen.pictures > 0`)
	var from float64
	b.Eval(`page.opened.case.filmFrom`, &from)
	var n int
	b.Eval(`page.opened.replay.sights.length`, &n)
	if n < 25 {
		t.Fatalf("detections of %d images in 3 s", n)
	}
	hash := func(pix []byte) string { sum := sha256.Sum256(pix); return hex.EncodeToString(sum[:]) }
	for i := range n {
		at := clock.FromSeconds(from) + clock.Tick(i*filmPeriod)*clock.DriverPeriod
		var got string
		b.Eval(fmt.Sprintf(`page.opened.rerun.projector.ask("frame", %d).then(async ({width, height, pixels}) => {
			const rgb = new Uint8Array(3 * width * height);
			for (let i = 0; i < width * height; i++) rgb.set(pixels.subarray(4 * i, 4 * i + 3), 3 * i);
			return [...new Uint8Array(await sha256(rgb))].map((x) => x.toString(16).padStart(2, "0")).join("");
			async function sha256(data) { return crypto.subtle.digest("SHA-256", data); }
		})`, at), &got)
		if want := native[at]; want == nil || got != hash(want) {
			t.Fatalf("the image at %v differs from the native run", at)
		}
	}
	b.Press("Home")
	b.Until(`page.opened.screen.shown === "film 0"`)
	var before, after, box, text string
	picture, found := `document.querySelector("#film").toDataURL()`, `document.querySelector(".sights rect").getAttribute("x")`
	b.Eval(picture, &before)
	b.Eval(`page.opened.player.seek(1.5)`, nil)
	b.Until(`page.opened.screen.shown === "film " + page.opened.screen.film.index(1.5)`)
	b.Eval(picture, &after)
	b.Eval(found, &box)
	if before == after {
		t.Error("the image does not change with time")
	}
	b.Eval(`document.querySelector(".sights").textContent`, &text)
	if !strings.Contains(text, "car 20") || box == "0" {
		t.Errorf("the label on the image is %q, at x = %s", text, box)
	}
	if *shots != "" {
		b.Picture(filepath.Join(*shots, "retaken.png"))
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// With Options.Films the page keeps videos.
func TestVideosOnDemand(t *testing.T) {
	if !opencv.Included {
		t.Skip(opencv.ErrNotIncluded)
	}
	page := NewPage(PageOptions{Program: &Program{}, Videos: true})
	r, _ := seeing(t, page, dirty)
	data, err := page.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(`id="film-0"`)) || bytes.Contains(data, []byte(`"retaken":true`)) {
		t.Error("there is no video")
	}
	if err := page.Close(); err != nil {
		t.Fatal(err)
	}
}
