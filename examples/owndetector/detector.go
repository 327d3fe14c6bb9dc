package main

import (
	"io"
	"math"

	"roadloop/assets"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/sim/sensor"
)

// openBrightened returns the detector with the bundled network.
func openBrightened() (perception.Detector, error) {
	w, err := assets.Model()
	if err != nil {
		return nil, err
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		return nil, err
	}
	return &brightened{inner: inference.NewDetector(engine), engine: engine}, nil
}

// brightened brightens frames for another detector.
type brightened struct {
	inner  perception.Detector
	engine io.Closer
	pix    []byte // scratch
}

// gamma brightens dark pixels more than bright ones.
const gamma = 0.7

// curve is the brightness of each value of a pixel.
var curve = func() (c [256]byte) {
	for v := range c {
		c[v] = byte(math.Round(255 * math.Pow(float64(v)/255, gamma)))
	}
	return c
}()

// Detect reads the brightened frame.
func (d *brightened) Detect(f *sensor.Frame, im *perception.Image) error {
	d.pix = d.pix[:0]
	for _, v := range f.Pix {
		d.pix = append(d.pix, curve[v])
	}
	bright := *f
	bright.Pix = d.pix
	return d.inner.Detect(&bright, im)
}

// Clone returns a detector for another drive, which shares the network.
func (d *brightened) Clone() perception.Detector {
	return &brightened{inner: d.inner.Clone(), engine: d.engine}
}

// Close frees the network.
func (d *brightened) Close() error { return d.engine.Close() }
