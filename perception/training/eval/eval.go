// Package eval judges a network on frames of a stream: detection, distance,
// lanes, drivable area and signals, by class, distance and weather. Run on the
// held-out split it tells what to expect on maps and in weather that training
// never saw.
package eval

import (
	"context"
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/scoring"
	"roadloop/perception/training/stream"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

// minScore is the least score of detections that enter the precision curves; all
// other measures use the score at which the driver acts.
const minScore = 0.05

// evaluation is an evaluation in progress.
type evaluation struct {
	config network.Config
	engine inference.Engine
	maker  *stream.Maker
	tally  *tally

	image, heads, target []float32
	found                perception.Image
	truths               []scoring.Truth
	lines                [2][][]geom.Vec // boundaries on the image, true and found
}

// Evaluate runs the engine on the first n frames of the stream and scores what it
// finds. It stops with the context's error when ctx ends.
func Evaluate(ctx context.Context, engine inference.Engine, s stream.Stream, n int) (*Report, error) {
	if n < 1 {
		return nil, fmt.Errorf("evaluating on %d frames, want at least one", n)
	}
	if c := engine.Config(); c.Width != s.Config.Width || c.Height != s.Config.Height {
		return nil, fmt.Errorf("evaluating: the network wants %d×%d pixels, the stream has %d×%d", c.Width, c.Height, s.Config.Width, s.Config.Height)
	}
	maker, err := stream.NewMaker(s)
	if err != nil {
		return nil, err
	}
	c := s.Config
	e := evaluation{
		config: c, engine: engine, maker: maker, tally: newTally(c.Width, c.Height),
		image: make([]float32, c.ImageSize()), heads: make([]float32, c.HeadSize()), target: make([]float32, c.TargetSize()),
	}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := e.frame(int64(i)); err != nil {
			return nil, fmt.Errorf("evaluating frame %d: %w", i, err)
		}
	}
	r := e.tally.report()
	r.Split, r.Seed, r.Frames = string(s.Split), s.Seed, n
	return r, nil
}

// frame scores one frame.
func (e *evaluation) frame(i int64) error {
	f, err := e.maker.Frame(i)
	if err != nil {
		return err
	}
	e.maker.Encode(f, e.image, e.target)
	if err := e.engine.Infer(e.image, e.heads); err != nil {
		return err
	}
	decoder := inference.Decoder{MinScore: minScore}
	decoder.Decode(e.heads, f.Camera, &e.found)
	e.truths = Truths(e.truths[:0], f)
	e.tally.objects(e.truths, e.found.Detections, weather(f))
	e.lines[0], e.lines[1] = e.lines[0][:0], e.lines[1][:0]
	unseen := 0
	if f.NoLanes {
		unseen = perception.NumSides
	}
	for side := range perception.NumSides {
		found := scoring.Boundary(&e.found, perception.Side(side))
		e.lines[1] = append(e.lines[1], onImage(found, f.Camera))
		if len(f.Lanes[side]) > 0 {
			if f.Marked(label.Boundary(side)) {
				e.lines[0] = append(e.lines[0], onImage(f.Lanes[side], f.Camera))
			} else {
				unseen++
			}
		}
		truth := Seen(f.Lanes[side], f.Camera)
		e.tally.boundary(perception.Side(side), truth, found)
	}
	e.tally.stripes.Add(e.lines[0], e.lines[1], unseen)
	for k, p := range e.found.Drivable {
		e.tally.drivable.Add(e.target[k*network.TargetChannels+network.DrivableChannel] > .5, p > .5)
	}
	return nil
}

// Truths appends the objects of a frame.
func Truths(dst []scoring.Truth, f *stream.Frame) []scoring.Truth {
	for i := range f.Objects {
		o := &f.Objects[i]
		dst = append(dst, scoring.Truth{
			Class: stream.Class(o), Box: perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1},
			Distance: o.Distance, Pos: o.Pos, Heading: geom.WrapAngle(o.Heading + f.Camera.Mount.Yaw),
			Ignore: !stream.Wanted(o),
		})
	}
	return dst
}

// onImage returns the pixels that points on the ground project to.
func onImage(pts []geom.Vec, cal *sensor.Camera) []geom.Vec {
	var out []geom.Vec
	for _, p := range pts {
		if u, v, _, ok := cal.Project(p.X, p.Y, 0); ok {
			out = append(out, geom.Vec{X: u, Y: v})
		}
	}
	return out
}

// Seen returns the part of a boundary that lies in the image.
func Seen(pts []geom.Vec, cal *sensor.Camera) []geom.Vec {
	var out []geom.Vec
	for _, p := range pts {
		u, v, _, ok := cal.Project(p.X, p.Y, 0)
		if ok && u >= 0 && v >= 0 && u < float64(cal.Width) && v < float64(cal.Height) {
			out = append(out, p)
		}
	}
	return out
}

// weather names the light and weather of a frame.
func weather(f *stream.Frame) string {
	c := &f.Conditions
	light := "day"
	switch {
	case c.SunElevation < -.1:
		light = "night"
	case c.SunElevation < .12:
		light = "dusk"
	}
	switch {
	case c.Rain > 0:
		return light + " rain"
	case c.Visibility > 0:
		return light + " fog"
	case c.Glare > 0:
		return light + " glare"
	}
	return light
}

// The boundaries of labels and of perception are the same, in the same order.
var _ = [1]struct{}{}[int(label.NumBoundaries)-int(perception.NumSides)]

// round returns v to four digits after the point, nil when there is nothing to
// measure, which JSON could not hold.
func round(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = math.Round(v*1e4) / 1e4
	return &v
}
