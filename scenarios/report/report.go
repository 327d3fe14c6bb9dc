// Package report makes the page of a run: one self-contained HTML file with the
// verdicts, and for every case what the camera saw with what the network found in
// it, the drive from above, and plots over time.
package report

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"sync"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim/clock"
)

//go:embed page.html
var pageHTML string

var page = template.Must(template.New("page").Parse(pageHTML))

// filmPeriod is the number of decisions from one picture of a film to the next.
const filmPeriod = int(clock.PerSecond / clock.DriverPeriod / filmRate)

// maxFilms is how many cases get a film; the page of a long run stays small.
const maxFilms = 24

// Page collects cases for a page. Watch and Add may be used by several
// goroutines at once.
type Page struct {
	mu    sync.Mutex
	films map[*scenarios.Plan]*film
	cases []entry
}

// entry is a case on the page.
type entry struct {
	ID         string
	Name       string
	Seed       uint64
	Passed     bool
	Reason     string
	Text       string
	Parameters []scenarios.Parameter
	Film       template.URL // MP4
	Map        template.HTML
	Plots      []template.HTML
}

// New returns an empty page.
func New() *Page { return &Page{films: make(map[*scenarios.Plan]*film)} }

// Watch returns a watcher that films a case; see scenarios.Options.
func (p *Page) Watch(plan *scenarios.Plan) func(*roadloop.Moment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.films) >= maxFilms {
		return func(*roadloop.Moment) {}
	}
	f := new(film)
	p.films[plan] = f
	return f.watch
}

// Add puts a case on the page, in the order of calls.
func (p *Page) Add(out *scenarios.Outcome) error {
	p.mu.Lock()
	f := p.films[out.Plan]
	p.mu.Unlock()
	s := out.Case.Scenario
	e := entry{
		ID: fmt.Sprintf("%s-%d", s.Slug(), out.Case.Seed), Name: s.Name, Seed: out.Case.Seed, Text: s.Description,
		Passed: out.Verdict.Passed, Reason: out.Verdict.Reason, Parameters: out.Case.Parameters,
	}
	var err error
	if e.Plots, err = plots(out.Samples); err != nil {
		return fmt.Errorf("plotting %s: %w", s.Name, err)
	}
	e.Map = fromAbove(out)
	if f != nil && len(f.frames) > 0 {
		video, err := encodeVideo(f.frames)
		if err != nil {
			return fmt.Errorf("filming %s: %w", s.Name, err)
		}
		e.Film = template.URL("data:video/mp4;base64," + base64.StdEncoding.EncodeToString(video))
		f.frames = nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cases = append(p.cases, e)
	return nil
}

// Render returns the page.
func (p *Page) Render(r *scenarios.Results) ([]byte, error) {
	var b bytes.Buffer
	err := page.Execute(&b, struct {
		Results *scenarios.Results
		Cases   []entry
	}{r, p.cases})
	if err != nil {
		return nil, fmt.Errorf("rendering the page: %w", err)
	}
	return b.Bytes(), nil
}
