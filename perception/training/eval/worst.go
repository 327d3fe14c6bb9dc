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

// Miss is a mistake worth looking at.
type Miss struct {
	Frame    int64          `json:"frame"`
	Kind     string         `json:"kind"` // missed, false alarm or lane
	Class    string         `json:"class,omitempty"`
	Box      perception.Box `json:"box"`      // px, of the object or of what was taken for one
	Distance *float64       `json:"distance"` // m; null where it is unknown
	// Text says what happened.
	Text string `json:"text"`

	badness float64
}

// Kinds of mistakes.
const (
	missed     = "missed"
	falseAlarm = "false alarm"
	lane       = "lane"
)

// worstOf is how many mistakes of a kind are kept.
var worstOf = map[string]int{missed: 18, falseAlarm: 9, lane: 9}

// worst collects the worst mistakes of each kind, one of a frame at most.
type worst struct{ misses, alarms, lanes []Miss }

func (w *worst) add(o *observation) {
	keep(&w.misses, o.worstMiss())
	keep(&w.alarms, o.worstAlarm())
	keep(&w.lanes, o.worstLane())
}

// list returns all that were kept, the worst of a kind first.
func (w *worst) list() []Miss { return slices.Concat(w.misses, w.alarms, w.lanes) }

// keep puts a mistake in its place in a list, if it is bad enough.
func keep(list *[]Miss, m Miss) {
	if m.badness <= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(*list, m, func(a, b Miss) int { return cmp.Compare(b.badness, a.badness) })
	*list = slices.Insert(*list, at, m)
	if n := worstOf[m.Kind]; len(*list) > n {
		*list = (*list)[:n]
	}
}

// worstMiss returns the nearest of the objects that the driver would not see, the
// tallest where distances are unknown; hidden parts make it less bad.
func (o *observation) worstMiss() (out Miss) {
	for i := range o.truths {
		t := &o.truths[i]
		if t.Ignore || t.Distance >= within[t.Class] {
			continue
		}
		nearness := 1 - t.Distance/within[t.Class]
		if !o.placed {
			nearness = (t.Box.Y1 - t.Box.Y0) / float64(o.height)
		}
		bad := nearness * t.Visible * (1 - t.Truncated)
		if bad <= out.badness {
			continue
		}
		if why, found := o.found50(t); !found {
			out = Miss{
				Frame: o.frame, Kind: missed, Class: t.Class.String(), Box: t.Box, Distance: round(t.Distance), badness: bad,
				Text: fmt.Sprintf("%s%s, %.0f px high, %.0f %% of it visible: %s%s",
					t.Class, ahead(t.Distance), t.Box.Y1-t.Box.Y0, 100*t.Visible, why, o.underWeather()),
			}
		}
	}
	return out
}

// found50 reports whether an object was found with an IoU of 0.5, and why not.
func (o *observation) found50(t *scoring.Truth) (why string, found bool) {
	const touches = .3
	why, most := "nothing was seen there", touches
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
			why = fmt.Sprintf("taken for a %s (%.2f)", d.Class, d.Score)
		case !sure:
			why = fmt.Sprintf("seen as a %s, but with a score of %.2f only", d.Class, d.Score)
		default:
			why = fmt.Sprintf("its box was off, an IoU of %.2f", overlap)
		}
	}
	return why, false
}

// worstAlarm returns the surest detection of what is not there.
func (o *observation) worstAlarm() (out Miss) {
	for i := range o.found {
		d := &o.found[i]
		if d.Score < inference.DefaultMinScore || d.Score <= out.badness || o.placed && d.Distance >= within[d.Class] {
			continue
		}
		if what, wrong := o.alarm(d); wrong {
			distance := d.Distance
			if !o.placed { // no label says how far anything is, so an estimate says nothing
				distance = math.NaN()
			}
			out = Miss{
				Frame: o.frame, Kind: falseAlarm, Class: d.Class.String(), Box: d.Box, Distance: round(distance), badness: d.Score,
				Text: fmt.Sprintf("%s with a score of %.2f%s: %s%s", d.Class, d.Score, ahead(distance), what, o.underWeather()),
			}
		}
	}
	return out
}

// alarm reports whether nothing, or something else, is where a detection is.
func (o *observation) alarm(d *perception.Detection) (what string, wrong bool) {
	const touches = .3
	what, most := "there is nothing", touches
	for i := range o.truths {
		t := &o.truths[i]
		overlap := t.Box.IoU(d.Box)
		if overlap > 0 && t.Class == d.Class {
			return "", false
		}
		if overlap > most {
			most, what = overlap, fmt.Sprintf("it is a %s", t.Class)
		}
	}
	return what, true
}

// worstLane returns the boundary of the own lane that is farthest off, 10 m ahead.
func (o *observation) worstLane() (out Miss) {
	for side := perception.Left; side <= perception.Right; side++ {
		l := scoring.Lateral{Ahead: 10}
		l.Add(o.sides[side].truth, o.sides[side].found)
		off := l.Mean()
		if math.IsNaN(off) || off <= out.badness {
			continue
		}
		out = Miss{
			Frame: o.frame, Kind: lane, Distance: round(l.Ahead), badness: off, Box: around(o.lines[1]),
			Text: fmt.Sprintf("%s boundary of the own lane, %.2f m off 10 m ahead%s", [...]string{"left", "right"}[side-perception.Left], off, o.underWeather()),
		}
	}
	return out
}

// ahead returns a distance as text for a caption, nothing where it is unknown.
func ahead(distance float64) string {
	if math.IsNaN(distance) {
		return ""
	}
	return fmt.Sprintf(", %.0f m ahead", distance)
}

// underWeather returns the weather as the end of a caption.
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
