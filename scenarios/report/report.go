// Package report makes the page of a run: one self-contained HTML file that needs
// neither network nor server. It has the verdicts in a table with filters, and for
// every case the reason of its failure, the film of its camera with what the
// network found in it, a replay from above that plays in the page, and plots of
// all measures on one time axis, truth beside belief.
//
// The page stays within bounds however many cases there are: replays and films are
// kept of failed cases first, then of the first case of each scenario. The others
// stay in the table, with the command that drives them again.
package report

import (
	"errors"
	"fmt"
	"sync"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/report/replay"
	"roadloop/scenarios/tape"
)

// Options bound what a page holds. The zero value works.
type Options struct {
	// MaxFilms is how many cases have a film, 24 if 0; negative for none.
	MaxFilms int
	// MaxBytes is the size of all replays together, and that of all films, as they
	// stand in the page; 24 MB if 0.
	MaxBytes int
	// Program lets the page simulate the drives again, and show any camera in them, that
	// of the car as well: then there are no films. Nil leaves that out; see Bundled.
	Program *Program
	// Films keeps films beside the Program, for drives whose cameras showed something
	// else than the scenario's, as with a fault planted in the sensors.
	Films bool
	// Lean leaves out replays and films: what there is to see the Program makes of the
	// commands alone.
	Lean bool
}

// Defaults of Options.
const (
	defaultFilms = 24
	defaultBytes = 24 << 20
)

// Page collects cases for a page. Watch and Add may be used by several goroutines
// at once; Add is to be called in the order of the cases.
type Page struct {
	mu      sync.Mutex
	filming map[*scenarios.Plan]*film // cases that are being driven
	studio  studio
	about   map[string]about             // by scenario
	added   map[string]bool              // keys of drives
	drivers map[string][]tape.DriverSpan // by key
	replays shelf
	films   shelf
	reels   shelf // for the program to simulate
	program *Program
	lean    bool
	filmed  bool // films show what the camera saw, and not the program
}

// New returns an empty page.
func New(o Options) *Page {
	if o.MaxFilms == 0 {
		o.MaxFilms = defaultFilms
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultBytes
	}
	if o.Lean {
		o.MaxFilms = -1
	}
	return &Page{
		program: o.Program, lean: o.Lean, filmed: o.Program == nil || o.Films,
		filming: make(map[*scenarios.Plan]*film), about: make(map[string]about), added: make(map[string]bool),
		drivers: make(map[string][]tape.DriverSpan),
		replays: shelf{maxItems: 1 << 30, maxBytes: o.MaxBytes},
		films:   shelf{maxItems: max(0, o.MaxFilms), maxBytes: o.MaxBytes},
		reels:   shelf{maxItems: 1 << 30, maxBytes: o.MaxBytes},
	}
}

// Close removes the films of cases that never ended. A page can be rendered after
// that.
func (p *Page) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.studio.close()
}

// Watch returns a watcher that films a case; see scenarios.Options.
func (p *Page) Watch(plan *scenarios.Plan) func(*roadloop.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.filmed && !p.films.wants(failing) {
		return func(*roadloop.Step) {}
	}
	f := new(film)
	if p.filmed {
		f.studio = &p.studio
	}
	p.filming[plan] = f
	return f.watch
}

// Add puts a case on the page, in the order of calls. Nothing of the outcome is
// kept but what the page shows.
func (p *Page) Add(out *scenarios.Outcome) error {
	p.mu.Lock()
	f := p.filming[out.Plan]
	delete(p.filming, out.Plan)
	p.mu.Unlock()
	if f == nil {
		f = new(film) // nobody watched the case
	}
	if out.Err != nil {
		p.introduce(out)
		return f.discard()
	}
	packed, reel, err := p.packed(out, f.sights)
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", out.Case.ID(), err), f.discard())
	}
	video, err := f.finish()
	if err != nil {
		return fmt.Errorf("filming %s: %w", out.Case.ID(), err)
	}
	rank := usual
	if p.introduce(out) {
		rank = sample
	}
	if !out.Verdict.Passed {
		rank = failing
	}
	key := keyOf(out)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.added[key], p.drivers[key] = true, tape.DriverSpans(out.Trace)
	if packed != nil {
		p.replays.put(item{key: key, rank: rank, data: packed})
	}
	if reel != nil {
		p.reels.put(item{key: key, rank: rank, data: reel, from: f.from, camera: p.looked(out)})
	}
	if video != nil {
		p.films.put(item{key: key, rank: rank, data: video, from: f.from})
	}
	return nil
}

// looked tells that the program can show what the driver saw.
func (p *Page) looked(out *scenarios.Outcome) bool {
	return !p.filmed && out.Trace.Header.Perception != scenarios.Oracle
}

// packed returns the replay of an outcome and its reel; nil for what the page leaves
// out.
func (p *Page) packed(out *scenarios.Outcome, sights []replay.Sight) (played, reel []byte, err error) {
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

// introduce notes what a scenario is about, and reports whether it is new.
func (p *Page) introduce(out *scenarios.Outcome) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := out.Case.Scenario
	_, known := p.about[s.Slug()]
	p.about[s.Slug()] = about{Name: s.Name, Text: s.Description, Tags: s.Tags}
	return !known
}
