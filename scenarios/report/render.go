package report

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/internal/palette"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/playback"
	"roadloop/scenarios/runner"
)

// pageFiles are the parts of the page.
//
//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))

// scripts are the parts of the page's script after that of package playback, in this order;
// together they are one module.
var scripts = []string{"texts", "data", "table", "measures", "projector", "film", "screen", "case", "main"}

// document is the data that the page loads at once. It unpacks replays and videos when a
// case is opened.
type document struct {
	Schema  string                  `json:"schema"`
	Suite   []fact                  `json:"suite"`
	Passed  int                     `json:"passed"`
	Failed  int                     `json:"failed"`
	Invalid int                     `json:"invalid"`
	About   map[string]scenarioInfo `json:"about"` // by scenario
	// Units are the units of the metrics of cases.
	Units    map[string]string `json:"units"`
	FilmRate int               `json:"filmRate"` // 1/s
	// Program reports whether the page can re-simulate drives. Lone reports whether it
	// shows one drive, not a suite.
	Program bool  `json:"program"`
	Lone    bool  `json:"lone"`
	Cases   []row `json:"cases"`
}

// blob is packed data in the page.
type blob struct {
	ID   string
	Data template.HTML // base64
}

func newBlob(id string, data []byte) blob { return blob{id, template.HTML(data)} }

// Render returns the page of the results r, with the replays and videos of the cases that
// were added. It states the number of other cases.
func (p *Page) Render(r *runner.Results) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := document{Schema: r.Schema, Suite: facts(r), Passed: r.Passed, Failed: r.Failed, Invalid: r.Invalid, About: p.about, Units: units(r), FilmRate: filmRate,
		Lone: p.lean && len(r.Cases) == 1}
	var blobs []blob
	earlier := 0
	for i, id := range ids(r.Cases) {
		c := row{Result: &r.Cases[i], ID: id, Scores: scoreValues(&r.Cases[i])}
		key := keyOfResult(&r.Cases[i])
		c.showDrivers(p.drivers[key])
		c.Sensors = p.sensors[key]
		c.Repeat = p.repeatCommand(&c)
		if c.Earlier = !c.Invalid && !p.added[key]; c.Earlier {
			earlier++
		}
		if it := p.replays.find(key); it != nil {
			c.Replay = true
			blobs = append(blobs, newBlob("replay-"+strconv.Itoa(i), it.data))
		}
		if it := p.films.find(key); it != nil {
			c.Film, c.FilmFrom = true, it.from
			blobs = append(blobs, newBlob("film-"+strconv.Itoa(i), it.data))
		}
		if it := p.reels.find(key); it != nil {
			c.Reel = true
			if it.camera {
				c.Retaken, c.FilmFrom = true, it.from
			}
			blobs = append(blobs, newBlob("reel-"+strconv.Itoa(i), it.data))
		}
		doc.Cases = append(doc.Cases, c)
	}
	if earlier > 0 {
		doc.Suite = append(doc.Suite, fact{"driven earlier", fmt.Sprintf("%d of %s, before the run was resumed: without replay and film here", earlier, english.Plural(len(r.Cases), "case", ""))})
	}
	if p.program != nil && len(p.reels.items) > 0 {
		parts, err := p.program.blobs()
		if err != nil {
			return nil, fmt.Errorf("rendering the page: %w", err)
		}
		doc.Program = true
		blobs = append(blobs, parts...)
	}
	data, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("rendering the page: %w", err)
	}
	style, script, err := assets()
	if err != nil {
		return nil, fmt.Errorf("rendering the page: %w", err)
	}
	var b bytes.Buffer
	err = pageTemplate.Execute(&b, map[string]any{
		"Style": template.CSS(style), "Script": template.JS(script), "Data": template.JS(data), "Blobs": blobs,
	})
	if err != nil {
		return nil, fmt.Errorf("rendering the page: %w", err)
	}
	return b.Bytes(), nil
}

// assets returns the style sheet and the script of the page.
func assets() (style, script string, err error) {
	var b strings.Builder
	b.WriteString(playback.Script())
	for _, name := range scripts {
		text, err := pageFiles.ReadFile("page/" + name + ".js")
		if err != nil {
			return "", "", err
		}
		b.Write(text)
	}
	b.WriteString(palette.ThemeScript())
	css, err := pageFiles.ReadFile("page/page.css")
	return palette.PageStyle() + playback.Style() + string(css), b.String(), err
}

// repeatCommand returns the command that drives a case again.
func (p *Page) repeatCommand(c *row) string {
	if c.Command != "" {
		return c.Command
	}
	return p.repeat.Command(cmp.Or(c.File, c.Scenario) + "/" + c.Label())
}

// fact is a line in the head of the page.
type fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// facts describe the suite and the setup.
func facts(r *runner.Results) []fact {
	var list []fact
	add := func(name, value string) {
		if value != "" {
			list = append(list, fact{name, value})
		}
	}
	if s := r.Suite; s != nil {
		add("suite", fmt.Sprintf("%s, %s of %s", s.Name, english.Plural(s.Cases, "case", ""), english.Plural(len(s.Scenarios), "scenario", "")))
		add("suite hash", s.SHA256[:min(len(s.SHA256), 16)])
	}
	add("shard", r.Shard)
	if s := r.Setup; s != nil {
		add("driver", s.Name)
		add("perception", s.Perception)
		add("network", s.Model[:min(len(s.Model), 16)])
		add("instruction set", s.ISA)
		add("injected fault", s.Fault)
		if s.TimeoutSeconds > 0 {
			add("time limit", fmt.Sprintf("%g s", s.TimeoutSeconds))
		}
		add("roadloop", s.Build)
	}
	return list
}

// units returns the units of all metrics in the results.
func units(r *runner.Results) map[string]string {
	u := make(map[string]string)
	for i := range r.Cases {
		for name := range r.Cases[i].Measures {
			u[name] = metrics.Unit(name)
		}
	}
	return u
}
