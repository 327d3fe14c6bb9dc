package replay

import (
	"errors"
	"fmt"

	"roadloop/scenarios/timeline"
	"roadloop/sim/rig"
	"roadloop/sim/scene"
)

// Player plays one drive. It is not safe for concurrent use.
type Player struct {
	resim    *timeline.Resim
	stage    *scene.Builder
	camera   camera
	replayer *rig.CameraReplay // of the car's camera; nil until first use
	pixels   []byte            // RGB of the last camera image
	frame    []byte            // the same as RGBA
	differs  *timeline.Mismatch
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

// Open returns a player at the start of a drive. reel is a command log.
func Open(reel []byte) (*Player, error) {
	r, err := timeline.ReadCommandLog(reel)
	if err != nil {
		return nil, err
	}
	again, err := timeline.NewResim(r)
	if err != nil {
		return nil, err
	}
	s, err := scene.NewBuilder(again.Plan().Drive.World.Map)
	if err != nil {
		return nil, fmt.Errorf("building the scene: %w", err)
	}
	return &Player{resim: again, stage: s}, nil
}

// Go re-simulates at most n more decisions and returns the progress.
func (p *Player) Go(n int) (Progress, error) {
	more, err := p.resim.Advance(n)
	if err != nil && !errors.As(err, &p.differs) {
		return Progress{}, err
	}
	now := Progress{Checked: p.resim.Checked(), Decisions: p.resim.Len(), Done: !more, Differs: -1}
	if p.differs != nil {
		now.Differs = p.differs.Time.Seconds()
	}
	return now, nil
}

// Replay returns the replay of the drive so far as JSON; see package replay.
func (p *Player) Replay() ([]byte, error) {
	out := p.resim.Outcome()
	if out.Measures == nil {
		return nil, errors.New("no part of the drive equals the recording")
	}
	return NewData(out, nil).JSON()
}

// Digests returns the hashes of the checked worlds, eight bytes per decision.
func (p *Player) Digests() []byte {
	var all []byte
	for _, d := range p.resim.Digests() {
		all = append(all, d[:]...)
	}
	return all
}
