package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/scoring"
	"roadloop/sim/geom"
)

// Mistake is one of the worst mistakes.
type Mistake struct {
	Frame    int64          `json:"frame"`
	Kind     string         `json:"kind"` // missed, false alarm or lane
	Class    string         `json:"class,omitempty"`
	Box      perception.Box `json:"box"`      // px, of the object or the detection
	Distance *float64       `json:"distance"` // m; null if unknown
	// Text describes the mistake.
	Text string `json:"text"`

	badness float64
}

// Kinds of mistakes.
const (
	missed     = "missed"
	falseAlarm = "false alarm"
	lane       = "lane"
)

// maxMistakes is the number of mistakes kept of each kind.
var maxMistakes = map[string]int{missed: 18, falseAlarm: 9, lane: 9}

// worst collects the worst mistakes of each kind, at most one per frame and kind.
type worst struct{ misses, alarms, lanes []Mistake }

func (w *worst) add(o *observation) {
	keep(&w.misses, o.worstMiss())
	keep(&w.alarms, o.worstAlarm())
	keep(&w.lanes, o.worstLane())
}

// list returns the kept mistakes, the worst of a kind first.
func (w *worst) list() []Mistake { return slices.Concat(w.misses, w.alarms, w.lanes) }

// keep inserts a mistake into a sorted list, if it is bad enough.
func keep(list *[]Mistake, m Mistake) {
	if m.badness <= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(*list, m, func(a, b Mistake) int { return cmp.Compare(b.badness, a.badness) })
	*list = slices.Insert(*list, at, m)
	if n := maxMistakes[m.Kind]; len(*list) > n {
		*list = (*list)[:n]
	}
}

// worstMiss returns the nearest object that the driver would miss, or the tallest if
// distances are unknown; hidden parts make it less bad.
func (o *observation) worstMiss() (out Mistake) {
	for i := range o.truths {
		t := &o.truths[i]
		if t.Ignore || t.Distance >= maxRange[t.Class] {
			continue
		}
		nearness := 1 - t.Distance/maxRange[t.Class]
		if !o.placed {
			nearness = (t.Box.Y1 - t.Box.Y0) / float64(o.height)
		}
		bad := nearness * t.Visible * (1 - t.Truncated)
		if bad <= out.badness {
			continue
		}
		if why, found := o.found50(t); !found {
			out = Mistake{
				Frame: o.frame, Kind: missed, Class: t.Class.String(), Box: t.Box, Distance: round(t.Distance), badness: bad,
				Text: fmt.Sprintf("%s%s, %.0f px high, %.0f %% visible: %s%s",
					t.Class, ahead(t.Distance), t.Box.Y1-t.Box.Y0, 100*t.Visible, why, o.underWeather()),
			}
		}
	}
	return out
}

// found50 reports whether an object was found with an IoU of 0.5, and the reason if
// not.
func (o *observation) found50(t *scoring.Truth) (why string, found bool) {
	const touches = .3
	why, most := "not detected", touches
	for i := range o.found {
		d := &o.found[i]
		overlap := d.Box.IoU(t.Box)
		sure := d.Score >= inference.DefaultMinScore
		if d.Class == t.Class && sure && overlap >= .5 {
			return "", true
		}
		if overlap < most {
			continue
		}
		most = overlap
		switch {
		case d.Class != t.Class && sure:
			why = fmt.Sprintf("classified as %s (%.2f)", d.Class, d.Score)
		case !sure:
			why = fmt.Sprintf("detected as %s with a score of only %.2f", d.Class, d.Score)
		default:
			why = fmt.Sprintf("box too far off, IoU %.2f", overlap)
		}
	}
	return why, false
}

// worstAlarm returns the false alarm with the highest score.
func (o *observation) worstAlarm() (out Mistake) {
	for i := range o.found {
		d := &o.found[i]
		if d.Score < inference.DefaultMinScore || d.Score <= out.badness || o.placed && d.Distance >= maxRange[d.Class] {
			continue
		}
		if what, wrong := o.alarm(d); wrong {
			distance := d.Distance
			if !o.placed { // without labelled distances an estimate is meaningless
				distance = math.NaN()
			}
			out = Mistake{
				Frame: o.frame, Kind: falseAlarm, Class: d.Class.String(), Box: d.Box, Distance: round(distance), badness: d.Score,
				Text: fmt.Sprintf("%s with a score of %.2f%s: %s%s", d.Class, d.Score, ahead(distance), what, o.underWeather()),
			}
		}
	}
	return out
}

// alarm reports whether a detection has no object of its class, and describes what is
// there.
func (o *observation) alarm(d *perception.Detection) (what string, wrong bool) {
	const touches = .3
	what, most := "no object there", touches
	for i := range o.truths {
		t := &o.truths[i]
		overlap := t.Box.IoU(d.Box)
		if overlap > 0 && t.Class == d.Class {
			return "", false
		}
		if overlap > most {
			most, what = overlap, fmt.Sprintf("is a %s", t.Class)
		}
	}
	return what, true
}

// worstLane returns the boundary of the own lane with the largest error 10 m ahead.
func (o *observation) worstLane() (out Mistake) {
	for side := perception.Left; side <= perception.Right; side++ {
		l := scoring.Lateral{Ahead: 10}
		l.Add(o.sides[side].truth, o.sides[side].found)
		off := l.Mean()
		if math.IsNaN(off) || off <= out.badness {
			continue
		}
		out = Mistake{
			Frame: o.frame, Kind: lane, Distance: round(l.Ahead), badness: off, Box: around(o.lines[1]),
			Text: fmt.Sprintf("%s boundary of the own lane, %.2f m off 10 m ahead%s", [...]string{"left", "right"}[side-perception.Left], off, o.underWeather()),
		}
	}
	return out
}

// ahead returns a distance for a caption, "" if unknown.
func ahead(distance float64) string {
	if math.IsNaN(distance) {
		return ""
	}
	return fmt.Sprintf(", %.0f m ahead", distance)
}

// underWeather returns the weather for the end of a caption.
func (o *observation) underWeather() string {
	if o.weather == "" {
		return ""
	}
	return "; " + o.weather
}

// around returns the box around lines on the image.
func around(lines [][]geom.Vec) perception.Box {
	b := perception.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, line := range lines {
		for _, p := range line {
			b.X0, b.Y0, b.X1, b.Y1 = math.Min(b.X0, p.X), math.Min(b.Y0, p.Y), math.Max(b.X1, p.X), math.Max(b.Y1, p.Y)
		}
	}
	return b
}
