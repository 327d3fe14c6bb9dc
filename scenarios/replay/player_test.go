package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
)

// recorded returns the reel of a short drive behind another car.
func recorded(t *testing.T) *timeline.CommandLog {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(`
version: 1
name: Behind a car
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
actors: [{id: lead, kind: car, lane: 0, s: 45 m, speed: 10 m/s}]
until: {time: 2 s}
`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	o := runner.Options{NewFactory: runner.NewOracleFactory}
	var reel *timeline.CommandLog
	err = runner.Run(t.Context(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error {
		var err error
		if out.Err == nil {
			reel, err = timeline.NewCommandLog(out.Trace)
		}
		return errors.Join(out.Err, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	return reel
}

func open(t *testing.T, reel *timeline.CommandLog) *Player {
	t.Helper()
	data, err := reel.Encode()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProjectorGoesToTheEnd(t *testing.T) {
	p := open(t, recorded(t))
	if _, err := p.Replay(); err == nil {
		t.Error("replays a drive before its start")
	}
	if now, err := p.Go(7); err != nil || now != (Progress{Checked: 7, Decisions: 40, Differs: -1}) {
		t.Errorf("after 7 decisions: %+v, %v", now, err)
	}
	if now, err := p.Go(100); err != nil || now != (Progress{Checked: 40, Decisions: 40, Done: true, Differs: -1}) {
		t.Errorf("in the end: %+v, %v", now, err)
	}
	text, err := p.Replay()
	var r struct{ Actors []struct{ Name string } }
	if err != nil || json.Unmarshal(text, &r) != nil || len(r.Actors) != 2 || r.Actors[1].Name != "lead" {
		t.Errorf("%v: actors %+v", err, r.Actors)
	}
	if n := len(p.Digests()); n != 40*8 {
		t.Errorf("%d bytes of hashes of 40 worlds", n)
	}
}

func TestProjectorStopsAtDifference(t *testing.T) {
	reel := recorded(t)
	reel.Commands[9].Accel -= .1
	p := open(t, reel)
	for range 2 { // also in a second call
		if now, err := p.Go(100); err != nil || now != (Progress{Checked: 10, Decisions: 40, Done: true, Differs: .5}) {
			t.Errorf("%+v, %v", now, err)
		}
	}
	last, err := p.Picture(ImageRequest{"chase", 0, 64, 40}, 45)
	if err != nil {
		t.Fatal(err)
	}
	last = bytes.Clone(last)
	if after, err := p.Picture(ImageRequest{"chase", 0, 64, 40}, 150); err != nil || !bytes.Equal(after, last) {
		t.Errorf("after the difference the image changes (%v)", err)
	}
}

// A difference after the last decision is detected too.
func TestProjectorDetectsDifferentEnd(t *testing.T) {
	reel := recorded(t)
	reel.Commands[39].Accel -= .1
	p := open(t, reel)
	if now, err := p.Go(100); err != nil || now != (Progress{Checked: 40, Decisions: 40, Done: true, Differs: 2}) {
		t.Errorf("%+v, %v", now, err)
	}
}

// Images depend only on the view, the time and the size.
func TestPictures(t *testing.T) {
	p := open(t, recorded(t))
	if _, err := p.Go(100); err != nil {
		t.Fatal(err)
	}
	draw := func(view string, at clock.Tick, w, h int) string {
		t.Helper()
		pix, err := p.Picture(ImageRequest{view, 0, w, h}, at)
		if err != nil || len(pix) != 4*w*h || pix[3] != 255 {
			t.Fatalf("%s: %d bytes, %v", view, len(pix), err)
		}
		return string(pix)
	}
	seen := make(map[string]bool)
	for view := range views {
		seen[draw(view, 100, 160, 96)] = true
	}
	first := draw("driver", 0, 160, 96)
	seen[first] = true
	seen[draw("driver", 0, 80, 48)] = true
	chased := func(view string, of actor.ID) string {
		pix, err := p.Picture(ImageRequest{view, of, 160, 96}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return string(pix)
	}
	if chased("chase", 1) == chased("chase", 0) {
		t.Error("chasing another road user gives the same image")
	}
	if chased("driver", 1) != first {
		t.Error("the driver's view is not that of the ego")
	}
	if len(seen) != 5 || draw("driver", 0, 160, 96) != first {
		t.Errorf("%d different images of 5", len(seen))
	}
	for _, c := range []struct {
		view string
		of   actor.ID
		w, h int
	}{{"moon", 0, 10, 10}, {"driver", 0, 0, 10}, {"driver", 0, 10, -1}, {"driver", 0, maxSide + 1, 10}, {"chase", 2, 10, 10}, {"chase", -1, 10, 10}} {
		if _, err := p.Picture(ImageRequest{c.view, c.of, c.w, c.h}, 0); err == nil {
			t.Errorf("draws %+v", c)
		}
	}
}

func TestOpenRejectsUnknownVersion(t *testing.T) {
	if _, err := Open([]byte("roadloop reel 9\n")); !errors.Is(err, timeline.ErrCommandLogVersion) {
		t.Errorf("a reel of another version: %v", err)
	}
}
