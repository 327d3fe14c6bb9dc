// Package projector plays a re-simulated drive: its states, its plots, and images of any
// camera in it, rendered in software. It is the core of the WebAssembly program
// cmd/roadloop-replay, but runs on any platform.
//
// It shows only the part of the drive that equals the recording.
package projector

import (
	"errors"
	"fmt"

	"roadloop/scenarios/report/replay"
	"roadloop/scenarios/rerun"
	"roadloop/sim/rig"
	"roadloop/sim/stage"
)

// Projector plays one drive. It is not safe for concurrent use.
type Projector struct {
	story    *rerun.Story
	stage    *stage.Stage
	camera   camera
	replayer *rig.Roll // of the car's camera; nil until first use
	pixels   []byte    // RGB of the last camera image
	frame    []byte    // the same as RGBA
	differs  *rerun.Mismatch
}

// Progress is the progress of a re-simulation.
type Progress struct {
	Checked   int  // decisions at which the world equals the recorded one
	Decisions int  // recorded decisions
	Done      bool // the re-simulation ended
	// Differs is the time at which the world differs from the recorded one, s, at a
	// decision or at the end; negative for none.
	Differs float64
}

// Open returns a projector at the start of a reel.
func Open(reel []byte) (*Projector, error) {
	r, err := rerun.ReadReel(reel)
	if err != nil {
		return nil, err
	}
	again, err := rerun.New(r)
	if err != nil {
		return nil, err
	}
	s, err := stage.New(again.Plan().Drive.World.Map)
	if err != nil {
		return nil, fmt.Errorf("building the scene: %w", err)
	}
	return &Projector{story: rerun.NewStory(again), stage: s}, nil
}

// Go re-simulates at most n more decisions and returns the progress.
func (p *Projector) Go(n int) (Progress, error) {
	more, err := p.story.Go(n)
	if err != nil && !errors.As(err, &p.differs) {
		return Progress{}, err
	}
	now := Progress{Checked: p.story.Checked(), Decisions: p.story.Len(), Done: !more, Differs: -1}
	if p.differs != nil {
		now.Differs = p.differs.Time.Seconds()
	}
	return now, nil
}

// Replay returns the replay of the drive so far as JSON; see package replay.
func (p *Projector) Replay() ([]byte, error) {
	out := p.story.Outcome()
	if out.Measures == nil {
		return nil, errors.New("no part of the drive equals the recording")
	}
	return replay.New(out, nil).JSON()
}

// Digests returns the hashes of the checked worlds, eight bytes per decision.
func (p *Projector) Digests() []byte {
	var all []byte
	for _, d := range p.story.Digests() {
		all = append(all, d[:]...)
	}
	return all
}
