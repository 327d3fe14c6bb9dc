package inference

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// anchorsOn returns anchors on boundaries parallel to a circle with the given
// curvature that the vehicle drives on, every 2 m from 5 m to 45 m.
func anchorsOn(curvature float64, offsets map[perception.Side]float64) []anchor {
	cal := sensor.FrontCamera()
	var out []anchor
	for side, d := range offsets {
		for s := 5.0; s <= 45; s += 2 {
			p := geom.Vec{X: s}
			yaw := curvature * s
			if curvature != 0 {
				p = geom.Vec{X: math.Sin(yaw) / curvature, Y: (1 - math.Cos(yaw)) / curvature}
			}
			p = p.Add(geom.Unit(yaw).Left().Scale(d))
			out = append(out, anchor{p, side, anchorWeight(p, .8, &cal), .8})
		}
	}
	return out
}

var lanes = map[perception.Side]float64{perception.FarLeft: 5.25, perception.Left: 1.75, perception.Right: -1.75}

// Parallel curves are found within centimeters, for all radii of roads.
func TestRoadModelFitsParallelCurves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		curvature := rapid.Float64Range(-1./60, 1./60).Draw(t, "curvature")
		anchors := anchorsOn(curvature, lanes)
		var r roadModel
		if !r.fit(anchors) {
			t.Fatal("no course")
		}
		for _, a := range anchors {
			if e := math.Abs(r.y(a.side, a.at.X) - a.at.Y); e > .03+.006*a.at.X {
				t.Fatalf("boundary %d is %.2f m off, %.0f m ahead", a.side, e, a.at.X)
			}
		}
	})
}

// A boundary with only one visible dash far ahead runs parallel to the others, also
// near the vehicle.
func TestRoadModelFillsGaps(t *testing.T) {
	all := anchorsOn(.01, lanes)
	var seen []anchor
	for _, a := range all {
		if a.side != perception.Left || a.at.X > 15 && a.at.X < 25 {
			seen = append(seen, a)
		}
	}
	var r roadModel
	if !r.fit(seen) {
		t.Fatal("no course")
	}
	for _, a := range all {
		if e := math.Abs(r.y(a.side, a.at.X) - a.at.Y); a.at.X < 30 && e > .05 {
			t.Errorf("boundary %d is %.2f m off, %.0f m ahead", a.side, e, a.at.X)
		}
	}
}

// Anchors on another marking do not bend the road.
func TestRoadModelIgnoresOutliers(t *testing.T) {
	anchors := anchorsOn(0, lanes)
	wrong := 0
	for i := range anchors {
		if a := &anchors[i]; a.side == perception.Right && a.at.X > 14 && a.at.X < 24 {
			a.at.Y -= .9 // a curb
			wrong++
		}
	}
	var r roadModel
	if !r.fit(anchors) || wrong < 4 {
		t.Fatal("no course")
	}
	for side, want := range lanes {
		for _, x := range []float64{6, 20} {
			if e := math.Abs(r.y(side, x) - want); e > .05 {
				t.Errorf("boundary %d is %.2f m off, %.0f m ahead", side, e, x)
			}
		}
	}
}

// Without anchors or with NaN anchors there is no road model and no boundary.
func TestRoadModelWithoutAnchors(t *testing.T) {
	cal := sensor.FrontCamera()
	var im perception.Image
	Decode(blank(&cal), &cal, &im)
	if len(im.Boundaries) != 0 {
		t.Errorf("%d boundaries without anchors", len(im.Boundaries))
	}
}

// If there are more peaks than maxDetections, the highest are kept.
func TestDecodeKeepsTheHighestPeaks(t *testing.T) {
	cal := sensor.FrontCamera()
	heads := blank(&cal)
	w := cal.Width / network.Stride
	set := func(x, y int, p float64) {
		cell := heads[(y*w+x)*network.HeadChannels:]
		cell[network.HeatChannel+int(perception.Car)] = float32(logit(p))
		cell[network.SizeChannel], cell[network.SizeChannel+1] = float32(math.Log(4)), float32(math.Log(4))
	}
	for i := range 2 * maxDetections {
		set(1+2*(i%38), 2+2*(i/38), .2)
	}
	set(40, 44, .9)
	var im perception.Image
	Decode(heads, &cal, &im)
	if len(im.Detections) > maxDetections || im.Detections[0].Score < .89 {
		t.Errorf("%d detections, the best of score %.2f, want at most %d and 0.9", len(im.Detections), im.Detections[0].Score, maxDetections)
	}
}

// If little of a lane's far side is visible, the lane is assumed as wide as the other
// one.
func TestRoadModelExpectsEqualLanes(t *testing.T) {
	var seen []anchor
	for _, a := range anchorsOn(0, lanes) {
		if a.side == perception.FarLeft {
			if a.at.X < 40 {
				continue
			}
			a.at.Y += 1 // far ahead, and wrong
			a.weight /= 10
		}
		seen = append(seen, a)
	}
	var r roadModel
	if !r.fit(seen) {
		t.Fatal("no course")
	}
	if got := r.y(perception.FarLeft, 10); math.Abs(got-5.25) > .15 {
		t.Errorf("the next lane ends %.2f m to the left, want 5.25 m", got)
	}
}
