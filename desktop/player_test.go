package desktop

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"roadloop"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/timeline"
	"roadloop/sim/sensor"
)

// gated is a driver that makes one decision per token.
type gated struct{ tokens chan struct{} }

func (d *gated) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	<-d.tokens
	return roadloop.Decision{}, nil
}
func (d *gated) Clone() roadloop.Driver { return d }
func (d *gated) Stack() *roadloop.Stack { return nil }

// A seek ahead simulates without pauses between decisions, and the previous frame stays on
// the screen. A cancelled seek shows its last frame.
func TestCancelledSeekAheadShowsLastFrame(t *testing.T) {
	tokens := make(chan struct{})
	drive, err := timeline.New(drivetest.Plan(t, "curve/1"), func(*roadloop.Case) (roadloop.Driver, bool, error) { return &gated{tokens}, true, nil })
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(drive, func() string { return filepath.Join(t.TempDir(), "a.trace") }, false)
	give := func(n int) {
		for range n {
			tokens <- struct{}{}
		}
	}
	reach := func(n int) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); drive.Len() < n; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("it came to frame %d of %d", drive.Len(), n)
			}
		}
	}
	give(1)
	reach(1)
	p.seek(40)
	give(20) // without waiting for their times
	reach(20)
	if v := p.now(); v.seekAhead.to != 40 || v.at > 1 || v.playing {
		t.Errorf("seeking to frame %d it shows frame %d, playing: %v", v.seekAhead.to, v.at, v.playing)
	}
	if a := p.now().seekAhead; a.share(a.from) != 0 || a.share(41) != 1 {
		t.Errorf("the seek from %d has the shares %g and %g", a.from, a.share(a.from), a.share(41))
	}
	p.cancelAhead()
	n := drive.Len()
	if v := p.now(); v.seekAhead.active() || v.at != n-1 || v.playing {
		t.Errorf("cancelled at frame %d it shows frame %d", n-1, v.at)
	}
	p.seek(5)
	if v := p.now(); v.at != 5 || v.seekAhead.active() {
		t.Errorf("in the past it shows frame %d", v.at)
	}
	close(tokens) // a step is never cancelled midway
	if err := p.close(); err != nil {
		t.Error(err)
	}
}
