package replay

import (
	"encoding/json"
	"fmt"

	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/sim/geom"
)

// Data is the data with which the page plays and plots a case. Arrays of numbers are
// columns, with one value per step unless stated otherwise.
type Data struct {
	Times  json.RawMessage   `json:"t"` // 0.01 s
	Map    roadway           `json:"map"`
	Actors []motion          `json:"actors"` // the ego first
	Belief motion            `json:"belief"` // the ego at its estimated pose
	Tracks []track           `json:"tracks"`
	Plans  []plan            `json:"plans"`
	Lights []signalLine      `json:"lights"`
	Spans  []span            `json:"spans"`
	Events []event           `json:"events"`
	Curves []curve           `json:"curves"`
	Sights []FrameDetections `json:"sights,omitempty"` // one per frame of the video
	Scores []scoreJSON       `json:"scores"`
}

// motion is the motion of a road user: the center of its box in cm, heading in mrad.
type motion struct {
	Name   string          `json:"name,omitempty"`
	Kind   string          `json:"kind,omitempty"`
	Length float64         `json:"l"`
	Width  float64         `json:"w"`
	X      json.RawMessage `json:"x"`
	Y      json.RawMessage `json:"y"`
	Yaw    json.RawMessage `json:"h"`
}

// NewData returns the replay of an outcome with a log. sights are the detections in the frames
// of its video.
func NewData(out *runner.Outcome, sights []FrameDetections) *Data {
	l := out.Log
	return &Data{
		Times: column(len(l.Steps), 1, func(i int) float64 { return float64(l.Steps[i].Time) }),
		Map:   newRoadway(l), Actors: actorMotions(l), Belief: believedEgo(l),
		Tracks: tracks(l), Plans: plans(l), Lights: signalLines(l), Spans: spans(l), Events: events(out),
		Curves: curves(l, out.Measures), Sights: sights, Scores: scores(out.Scores),
	}
}

// NewEpisode returns the replay of a drive without a case. failure describes why it failed at
// its end, "" if it did not.
func NewEpisode(l *metrics.DriveLog, failure string) *Data {
	spec := &runner.Spec{}
	for i := range l.Actors {
		spec.Names = append(spec.Names, l.Actors[i].Name)
	}
	out := runner.Outcome{Spec: spec, Log: l, Measures: metrics.ComputeSafety(l)}
	if failure != "" {
		out.Verdict.Failures = []runner.Failure{{At: l.Steps[len(l.Steps)-1].Time.Seconds(), Message: failure}}
	}
	return NewData(&out, nil)
}

// actorMotions returns the true motions of all actors.
func actorMotions(l *metrics.DriveLog) []motion {
	list := make([]motion, len(l.Actors))
	for id := range l.Actors {
		a := &l.Actors[id]
		list[id] = newMotion(len(l.Steps), func(i int) geom.Pose {
			pose := l.Steps[i].States[id].Pose
			p := pose.ToWorld(geom.Vec{X: a.Shape.RearToCenter})
			return geom.Pose{X: p.X, Y: p.Y, Yaw: pose.Yaw}
		})
		list[id].Name, list[id].Kind = a.Name, a.Kind.String()
		list[id].Length, list[id].Width = a.Shape.Length, a.Shape.Width
	}
	return list
}

// believedEgo returns the estimated motion of the ego.
func believedEgo(l *metrics.DriveLog) motion {
	shape := l.Actors[0].Shape
	m := newMotion(len(l.Steps), func(i int) geom.Pose {
		b := &l.Steps[i].Belief
		if !b.Known {
			return nanPose
		}
		p := b.Ego.Pose.ToWorld(geom.Vec{X: shape.RearToCenter})
		return geom.Pose{X: p.X, Y: p.Y, Yaw: b.Ego.Pose.Yaw}
	})
	m.Length, m.Width = shape.Length, shape.Width
	return m
}

// newMotion encodes a path of n poses.
func newMotion(n int, at func(int) geom.Pose) motion {
	return motion{
		X:   column(n, centi, func(i int) float64 { return at(i).X }),
		Y:   column(n, centi, func(i int) float64 { return at(i).Y }),
		Yaw: column(n, milli, func(i int) float64 { return at(i).Yaw }),
	}
}

// JSON encodes a replay for the page. The same replay gives the same bytes.
func (r *Data) JSON() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encoding a replay: %w", err)
	}
	return text, nil
}
