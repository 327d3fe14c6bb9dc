// Package replay makes columns of numbers of a run: what a page needs to play it from
// above and to plot it. Positions are in the map frame in cm, headings in mrad, times
// in ticks, each counted from the one before; the page's data.js turns them back.
package replay

import (
	"encoding/json"
	"fmt"

	"roadloop/scenarios"
	"roadloop/scenarios/record"
	"roadloop/sim/geom"
)

// Replay is what the page needs to play a case from above and to plot it. Arrays
// of numbers are columns, with one value for each step unless said otherwise.
type Replay struct {
	Times  json.RawMessage `json:"t"` // 0.01 s
	Map    roadway         `json:"map"`
	Actors []mover         `json:"actors"` // the ego first
	Belief mover           `json:"belief"` // the ego, where it believed to be
	Tracks []track         `json:"tracks"`
	Plans  []plan          `json:"plans"`
	Lights []light         `json:"lights"`
	Spans  []span          `json:"spans"`
	Events []mark          `json:"events"`
	Curves []curve         `json:"curves"`
	Sights []Sight         `json:"sights,omitempty"` // one for each picture of the film
	Scores []scoreJSON     `json:"scores"`
}

// mover is a road user on its way: the middle of its box in cm, heading in mrad.
type mover struct {
	Name   string          `json:"name,omitempty"`
	Kind   string          `json:"kind,omitempty"`
	Length float64         `json:"l"`
	Width  float64         `json:"w"`
	X      json.RawMessage `json:"x"`
	Y      json.RawMessage `json:"y"`
	Yaw    json.RawMessage `json:"h"`
}

// New gathers what there is to play of an outcome that has a log, and of its film.
func New(out *scenarios.Outcome, sights []Sight) *Replay {
	l := out.Log
	return &Replay{
		Times: column(len(l.Steps), 1, func(i int) float64 { return float64(l.Steps[i].Time) }),
		Map:   newRoadway(l), Actors: movers(l), Belief: believedEgo(l),
		Tracks: tracks(l), Plans: plans(l), Lights: lights(l), Spans: spans(l), Events: marks(out),
		Curves: curves(l, out.Measures), Sights: sights, Scores: scores(out.Scores),
	}
}

// movers are all actors, as they truly moved.
func movers(l *record.Log) []mover {
	list := make([]mover, len(l.Actors))
	for id := range l.Actors {
		a := &l.Actors[id]
		list[id] = moving(len(l.Steps), func(i int) geom.Pose {
			pose := l.Steps[i].States[id].Pose
			p := pose.ToWorld(geom.Vec{X: a.Shape.RearToCenter})
			return geom.Pose{X: p.X, Y: p.Y, Yaw: pose.Yaw}
		})
		list[id].Name, list[id].Kind = a.Name, a.Kind.String()
		list[id].Length, list[id].Width = a.Shape.Length, a.Shape.Width
	}
	return list
}

// believedEgo is where the ego believed to be.
func believedEgo(l *record.Log) mover {
	shape := l.Actors[0].Shape
	m := moving(len(l.Steps), func(i int) geom.Pose {
		b := &l.Steps[i].Belief
		if !b.Known {
			return nowhere
		}
		p := b.Ego.Pose.ToWorld(geom.Vec{X: shape.RearToCenter})
		return geom.Pose{X: p.X, Y: p.Y, Yaw: b.Ego.Pose.Yaw}
	})
	m.Length, m.Width = shape.Length, shape.Width
	return m
}

// moving encodes a way of n poses.
func moving(n int, at func(int) geom.Pose) mover {
	return mover{
		X:   column(n, centi, func(i int) float64 { return at(i).X }),
		Y:   column(n, centi, func(i int) float64 { return at(i).Y }),
		Yaw: column(n, milli, func(i int) float64 { return at(i).Yaw }),
	}
}

// JSON returns a replay as the page reads it. The same replay gives the same bytes.
func (r *Replay) JSON() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encoding a replay: %w", err)
	}
	return text, nil
}
