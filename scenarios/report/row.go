package report

import (
	"fmt"

	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// row is a case in the table.
type row struct {
	*runner.Result
	ID       string  `json:"id"`       // of the case on the page, for links
	Repeat   string  `json:"repeat"`   // the command that drives the case again
	Earlier  bool    `json:"earlier"`  // driven before the run was resumed
	Replay   bool    `json:"replay"`   // it has a replay
	Film     bool    `json:"film"`     // it has a camera video
	Reel     bool    `json:"reel"`     // the page can re-simulate it
	Retaken  bool    `json:"retaken"`  // the page renders its camera images again, instead of a video
	FilmFrom float64 `json:"filmFrom"` // time of the video's first frame, s
	// Drivers are the spans of the drive with the driver in control, if known, and
	// DriversText is their description. Human reports whether a human was among them.
	Drivers     []driverSpan `json:"drivers,omitempty"`
	DriversText string       `json:"driversText,omitempty"`
	Human       bool         `json:"human,omitempty"`
	// Sensors are the names of the car's sensors; nil for a drive with ground truth, or one
	// driven before the run was resumed.
	Sensors []string `json:"sensors,omitempty"`
	// Scores replace those of the result; the replay has their terms.
	Scores map[string]total `json:"scores"`
}

// driverSpan is a part of a drive in which one driver had control.
type driverSpan struct {
	From  float64 `json:"from"` // s
	To    float64 `json:"to"`   // s
	Name  string  `json:"name"`
	Human bool    `json:"human,omitempty"`
}

// showDrivers fills in the drivers.
func (r *row) showDrivers(spans []timeline.DriverSpan) {
	for i := range spans {
		s := &spans[i]
		r.Drivers = append(r.Drivers, driverSpan{s.From.Seconds(), s.To.Seconds(), s.Name(), s.Human})
	}
	if len(spans) > 0 {
		r.DriversText, r.Human = timeline.DriversText(spans), timeline.DrivenByHuman(spans)
	}
}

// total is the value of a score, with the version of its definition.
type total struct {
	Version string  `json:"version"`
	Value   float64 `json:"value"`
}

// scoreValues returns the scores of a result without their terms.
func scoreValues(c *runner.Result) map[string]total {
	m := make(map[string]total, len(c.Scores))
	for name, s := range c.Scores {
		m[name] = total{s.Version, s.Value}
	}
	return m
}

// scenarioInfo describes a scenario.
type scenarioInfo struct {
	Name string   `json:"name"`
	Text string   `json:"text,omitempty"` // description
	Tags []string `json:"tags,omitempty"`
}

// key identifies a drive in a page: the same case may occur several times, with different
// drivers or different human drives.
func key(id, driver, perception, traceSHA256 string) string {
	return id + " " + driver + " " + perception + " " + traceSHA256
}

// keyOf returns the key of a driven outcome.
func keyOf(out *runner.Outcome) string {
	return key(out.Case.ID(), out.Trace.Header.DriverID.Name, out.Trace.Header.Perception, out.Trace.SHA256())
}

// keyOfResult returns the key of a result.
func keyOfResult(c *runner.Result) string {
	return key(c.Case, c.Driver, c.Perception, c.TraceSHA256)
}

// ids returns a unique ID for every case, for links: the ID of the case, with a number if
// several have the same.
func ids(cases []runner.Result) []string {
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
