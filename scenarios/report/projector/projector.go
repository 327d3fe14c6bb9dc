// Package projector shows a recorded drive that happens again: its states, what there
// is to plot of it, and pictures of any camera in it, drawn in software. It is what the
// program for browsers is made of, and runs anywhere else alike.
//
// It shows only what was found equal to the recorded drive.
package projector

import (
	"errors"
	"fmt"

	"roadloop/scenarios/report/replay"
	"roadloop/scenarios/rerun"
	"roadloop/sim/rig"
	"roadloop/sim/stage"
)

// Projector shows one drive. It is not safe for concurrent use.
type Projector struct {
	story   *rerun.Story
	stage   *stage.Stage
	camera  camera
	roll    *rig.Roll // of the car's camera; nil until it is asked for
	film    []byte    // pixels of a frame of it
	frame   []byte    // the same with alpha
	differs *rerun.Mismatch
}

// Progress is how far a drive has happened again.
type Progress struct {
	Checked   int  // decisions found in the same world as the recorded ones
	Decisions int  // that were recorded
	Done      bool // nothing more will happen
	// Differs is when the world was another than the recorded one, s, at a decision or at
	// the end; negative where it was not.
	Differs float64
}

// Open makes ready to show a reel, of which nothing has happened yet.
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
		return nil, fmt.Errorf("setting the scene: %w", err)
	}
	return &Projector{story: rerun.NewStory(again), stage: s}, nil
}

// Go lets the drive go on by at most n decisions, and tells how far it is.
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

// Replay returns what the page plays and plots of the drive so far, as JSON; see
// package replay.
func (p *Projector) Replay() ([]byte, error) {
	out := p.story.Outcome()
	if out.Measures == nil {
		return nil, errors.New("nothing of the drive happened as it was recorded")
	}
	return replay.New(out, nil).JSON()
}

// Digests returns the hashes of the worlds that were found equal, eight bytes for each
// decision.
func (p *Projector) Digests() []byte {
	var all []byte
	for _, d := range p.story.Digests() {
		all = append(all, d[:]...)
	}
	return all
}
