package inference_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/sim/sensor"
)

// brightnessDetector finds a car in a fixed box; its score is the brightness of one
// spot in it.
type brightnessDetector struct {
	box, spot perception.Box
	looks     int
}

func (g *brightnessDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	g.looks++
	sum := 0.0
	for v := int(g.spot.Y0); v < int(g.spot.Y1); v++ {
		for u := int(g.spot.X0); u < int(g.spot.X1); u++ {
			sum += float64(f.Pix[3*(v*f.Cal.Width+u)])
		}
	}
	im.Detections = append(im.Detections[:0], perception.Detection{Class: perception.Car, Score: sum / g.spot.Area() / 255, Box: g.box})
	return nil
}

func (g *brightnessDetector) Clone() perception.Detector {
	return &brightnessDetector{box: g.box, spot: g.spot}
}

// whiteFrame returns a white frame of 160×96 px.
func whiteFrame() *sensor.Frame {
	f := &sensor.Frame{Cal: &sensor.Camera{Width: 160, Height: 96}, Pix: make([]byte, 3*160*96)}
	for i := range f.Pix {
		f.Pix[i] = 255
	}
	return f
}

// The map of a detector that uses one spot peaks there, is zero farther away than a
// patch, and leaves the frame unchanged.
func TestSaliencyPeaksWhereDetectorLooks(t *testing.T) {
	g := &brightnessDetector{box: perception.Box{X0: 40, Y0: 20, X1: 120, Y1: 80}, spot: perception.Box{X0: 96, Y0: 56, X1: 112, Y1: 64}}
	f := whiteFrame()
	target := perception.Detection{Class: perception.Car, Box: g.box}
	coarse := 0
	m, err := inference.Saliency(t.Context(), g, f, target, inference.SaliencyConfig{}, func(first *inference.SaliencyMap) { coarse = first.Runs })
	if err != nil {
		t.Fatal(err)
	}
	u, v, drop := m.Peak()
	if u < 90 || u > 118 || v < 50 || v > 70 || math.Abs(m.Score-1) > 1e-9 || drop < .2 || drop > 127./255+1e-9 {
		t.Errorf("peak of %.2f at (%.0f, %.0f), score %.2f", drop, u, v, m.Score)
	}
	if m.At(20, 20) != 0 || m.At(-1, 5) != 0 || m.At(60, 60) != 0 {
		t.Error("places that the detector does not use have a drop")
	}
	if m.Runs != g.looks || coarse >= m.Runs || coarse < 40 {
		t.Errorf("%d runs, of which %d coarse; the detector ran %d times", m.Runs, coarse, g.looks)
	}
	if d := cmp.Diff(whiteFrame().Pix, f.Pix); d != "" {
		t.Error("the frame was changed")
	}
	again, err := inference.Saliency(t.Context(), g, f, target, inference.DefaultSaliency(), nil)
	if d := cmp.Diff(m, again); err != nil || d != "" {
		t.Errorf("the second time: %v %s", err, d)
	}
}

func TestRejectsBadInput(t *testing.T) {
	g := &brightnessDetector{box: perception.Box{X1: 50, Y1: 50}, spot: perception.Box{X1: 8, Y1: 8}}
	car := perception.Detection{Class: perception.Car, Box: g.box}
	for want, f := range map[string]func() error{
		"finds no truck there": func() error {
			_, err := inference.Saliency(t.Context(), g, whiteFrame(), perception.Detection{Class: perception.Truck, Box: g.box}, inference.SaliencyConfig{}, nil)
			return err
		},
		"a frame without calibration": func() error {
			_, err := inference.Saliency(t.Context(), g, &sensor.Frame{}, car, inference.SaliencyConfig{}, nil)
			return err
		},
		"want sizes above 0": func() error {
			_, err := inference.Saliency(t.Context(), g, whiteFrame(), car, inference.SaliencyConfig{Patch: 8, Coarse: 9, Fine: 4}, nil)
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := inference.Saliency(ctx, g, whiteFrame(), car, inference.SaliencyConfig{}, func(*inference.SaliencyMap) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled after the first pass: %v", err)
	}
}
