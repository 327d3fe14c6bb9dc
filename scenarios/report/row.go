package report

import (
	"fmt"

	"roadloop/scenarios"
	"roadloop/scenarios/tape"
)

// row is a case in the table.
type row struct {
	*scenarios.Result
	ID       string  `json:"id"`       // of the case on the page, for links
	Repeat   string  `json:"repeat"`   // the command that drives the case again
	Earlier  bool    `json:"earlier"`  // it was driven before the run was resumed, unseen by the page
	Replay   bool    `json:"replay"`   // it can be played
	Film     bool    `json:"film"`     // there is a film of its camera
	Reel     bool    `json:"reel"`     // the page can simulate it again
	Retaken  bool    `json:"retaken"`  // with that it takes the pictures of its camera again, in the place of a film
	FilmFrom float64 `json:"filmFrom"` // time of the film's first picture, s
	// Drivers are the parts of the drive with who had control, where the page knows them,
	// and DriversText says the same in words. Human reports that a human was among them.
	Drivers     []driverSpan `json:"drivers,omitempty"`
	DriversText string       `json:"driversText,omitempty"`
	Human       bool         `json:"human,omitempty"`
	// Scores stand in place of the result's, whose terms are in the replay.
	Scores map[string]total `json:"scores"`
}

// driverSpan is a part of a drive in which one driver had control.
type driverSpan struct {
	From  float64 `json:"from"` // s
	To    float64 `json:"to"`   // s
	Name  string  `json:"name"`
	Human bool    `json:"human,omitempty"`
}

// showDrivers puts into a row who had control when.
func (r *row) showDrivers(spans []tape.DriverSpan) {
	for i := range spans {
		s := &spans[i]
		r.Drivers = append(r.Drivers, driverSpan{s.From.Seconds(), s.To.Seconds(), s.Name(), s.Human})
	}
	if len(spans) > 0 {
		r.DriversText, r.Human = tape.DriversText(spans), tape.DrivenByHuman(spans)
	}
}

// total is the value of a score, with the version of its definition.
type total struct {
	Version string  `json:"version"`
	Value   float64 `json:"value"`
}

// brief returns the scores of a result without their terms.
func brief(c *scenarios.Result) map[string]total {
	m := make(map[string]total, len(c.Scores))
	for name, s := range c.Scores {
		m[name] = total{s.Version, s.Value}
	}
	return m
}

// about is what the page tells of a scenario.
type about struct {
	Name string   `json:"name"`
	Text string   `json:"text,omitempty"` // what it is about
	Tags []string `json:"tags,omitempty"`
}

// key identifies a drive among all of a page: the same case may be there several times,
// driven by others, or by a human in several ways.
func key(id, driver, perception, traceSHA256 string) string {
	return id + " " + driver + " " + perception + " " + traceSHA256
}

// keyOf is the key of an outcome that was driven.
func keyOf(out *scenarios.Outcome) string {
	return key(out.Case.ID(), out.Trace.Header.Driver, out.Trace.Header.Perception, out.Trace.SHA256())
}

// keyOfResult is the key of a result.
func keyOfResult(c *scenarios.Result) string {
	return key(c.Case, c.Driver, c.Perception, c.TraceSHA256)
}

// ids gives every case a name of its own for links: that of the case, with a number
// where several have the same.
func ids(cases []scenarios.Result) []string {
	out, seen := make([]string, len(cases)), make(map[string]int)
	for i := range cases {
		id := cases[i].Case
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s/%d", id, seen[id])
		}
		out[i] = id
	}
	return out
}
