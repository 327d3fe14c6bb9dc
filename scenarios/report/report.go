package report

import (
	"errors"
	"fmt"
	"sync"

	"roadloop"
	"roadloop/internal/opencv"
	"roadloop/scenarios/replay"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// PageOptions limit the content of a page. The zero value is valid.
type PageOptions struct {
	// MaxVideos is the number of cases with a video, 24 if 0; negative for none. A build
	// without OpenCV has no videos.
	MaxVideos int
	// MaxBytes limits the total encoded size of all replays, and that of all videos, each;
	// 24 MB if 0.
	MaxBytes int
	// Repeat makes the commands that drive the cases again.
	Repeat runner.Repeat
	// Program re-simulates the drives in the page and renders any camera in them, also
	// the car's camera: then there are no videos. Nil disables it; see Bundled.
	Program *Program
	// Videos keeps videos in addition to Program, for drives in which the camera images
	// differ from the scenario's, for example with a fault injected into the sensors.
	Videos bool
	// Lean leaves out replays and videos: Program computes them from the commands.
	Lean bool
}

// Defaults of Options.
const (
	defaultFilms = 24
	defaultBytes = 24 << 20
)

// Page collects cases for a page. Watch and Add are safe for concurrent use; Add is called
// in the order of the cases.
type Page struct {
	mu      sync.Mutex
	filming map[*runner.Spec]*cameraVideo // cases in progress
	dir     videoDir
	about   map[string]scenarioInfo          // by scenario
	added   map[string]bool                  // keys of drives
	sensors map[string][]string              // of the car, by key
	drivers map[string][]timeline.DriverSpan // by key
	replays itemStore
	films   itemStore
	reels   itemStore // for Program
	repeat  runner.Repeat
	program *Program
	lean    bool
	filmed  bool // the page has camera videos
}

// NewPage returns an empty page.
func NewPage(o PageOptions) *Page {
	if o.MaxVideos == 0 {
		o.MaxVideos = defaultFilms
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultBytes
	}
	if o.Lean || !opencv.Included {
		o.MaxVideos = -1
	}
	return &Page{
		repeat: o.Repeat, program: o.Program, lean: o.Lean, filmed: o.Program == nil || o.Videos,
		filming: make(map[*runner.Spec]*cameraVideo), about: make(map[string]scenarioInfo), added: make(map[string]bool),
		sensors: make(map[string][]string),
		drivers: make(map[string][]timeline.DriverSpan),
		replays: itemStore{maxItems: 1 << 30, maxBytes: o.MaxBytes},
		films:   itemStore{maxItems: max(0, o.MaxVideos), maxBytes: o.MaxBytes},
		reels:   itemStore{maxItems: 1 << 30, maxBytes: o.MaxBytes},
	}
}

// LacksVideos reports whether the page should have videos, but the build has no OpenCV.
func (p *Page) LacksVideos() bool { return p.filmed && !p.lean && !opencv.Included }

// Close removes the temporary videos of unfinished cases. Render works after Close.
func (p *Page) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dir.close()
}

// Watch returns a watcher that records the camera of a case; see runner.Options.
func (p *Page) Watch(plan *runner.Spec) func(*roadloop.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.filmed && !p.films.hasRoomFor(rankFailed) {
		return func(*roadloop.Step) {}
	}
	f := &cameraVideo{camera: plan.Drive.Rig.FrontCamera()}
	if p.filmed {
		f.dir = &p.dir
	}
	p.filming[plan] = f
	return f.watch
}

// Add adds a case to the page, in the order of calls. It keeps no reference to the
// outcome.
func (p *Page) Add(out *runner.Outcome) error {
	p.mu.Lock()
	f := p.filming[out.Spec]
	delete(p.filming, out.Spec)
	p.mu.Unlock()
	if f == nil {
		f = new(cameraVideo) // Watch was not used
	}
	if out.Err != nil {
		p.addScenario(out)
		return f.discard()
	}
	packed, reel, err := p.packed(out, f.sights)
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", out.Case.ID(), err), f.discard())
	}
	video, err := f.finish()
	if err != nil {
		return fmt.Errorf("recording the camera of %s: %w", out.Case.ID(), err)
	}
	rank := rankOther
	if p.addScenario(out) {
		rank = rankFirst
	}
	if !out.Verdict.Passed {
		rank = rankFailed
	}
	key := keyOf(out)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.added[key], p.drivers[key] = true, timeline.DriverSpans(out.Trace)
	if out.Trace.Header.Perception != runner.Oracle { // which needs no sensors
		p.sensors[key] = out.Spec.Drive.Rig.Names()
	}
	if packed != nil {
		p.replays.put(item{key: key, rank: rank, data: packed})
	}
	if reel != nil {
		p.reels.put(item{key: key, rank: rank, data: reel, from: f.from, camera: p.canReplayCamera(out)})
	}
	if video != nil {
		p.films.put(item{key: key, rank: rank, data: video, from: f.from})
	}
	return nil
}

// canReplayCamera reports whether the program can render the driver's camera images.
func (p *Page) canReplayCamera(out *runner.Outcome) bool {
	return !p.filmed && out.Trace.Header.Perception != runner.Oracle
}

// packed returns the replay of an outcome and its reel; nil for those that the page leaves
// out.
func (p *Page) packed(out *runner.Outcome, sights []replay.FrameDetections) (played, reel []byte, err error) {
	if !p.lean {
		if played, err = packReplay(out, sights); err != nil {
			return nil, nil, err
		}
	}
	if p.program != nil {
		reel, err = packReel(out.Trace)
	}
	return played, reel, err
}

// addScenario stores the description of a scenario and reports whether it is new.
func (p *Page) addScenario(out *runner.Outcome) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := out.Case.Scenario
	_, known := p.about[s.Slug()]
	p.about[s.Slug()] = scenarioInfo{Name: s.Name, Text: s.Description, Tags: s.Tags}
	return !known
}
