package synth_test

import (
	"bytes"
	"math"
	"testing"

	"roadloop/perception/training/synth"
	"roadloop/sim/rng"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

const w, h = 64, 48

// testImage returns an image with an edge, a slope and detail.
func testImage() []byte {
	rgb := make([]byte, 3*w*h)
	for i := range w * h {
		x, y := i%w, i/w
		rgb[3*i], rgb[3*i+1], rgb[3*i+2] = byte(4*y), byte(120+8*(x%2)), byte(x/32*200)
	}
	return rgb
}

func apply(t *testing.T, c synth.Corruption, seed uint64) []byte {
	t.Helper()
	rgb := testImage()
	r := rng.New(seed, "test", "corruption")
	if err := c.Pixels(&r, rgb, w); err != nil {
		t.Fatal(err)
	}
	return rgb
}

// distance returns the root mean square difference of two images.
func distance(a, b []byte) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a)))
}

// Each severity is worse than the previous one, and the same stream gives the same
// frame.
func TestPixelCorruptionIncreasesWithSeverity(t *testing.T) {
	for _, k := range []synth.CorruptionKind{synth.Noise, synth.Blur, synth.Dirt, synth.JPEG} {
		last := 0.0
		for s := 1; s <= synth.Severities; s++ {
			c := synth.Corruption{Kind: k, Severity: s}
			got := apply(t, c, 1)
			if !bytes.Equal(got, apply(t, c, 1)) {
				t.Errorf("%v: two runs differ", c)
			}
			d := distance(got, testImage())
			if d <= last {
				t.Errorf("%v: %.2f off the clean frame, previous severity %.2f", c, d, last)
			}
			last = d
		}
	}
}

// The zero corruption and world corruptions do not change pixels.
func TestZeroAndWorldCorruptionsKeepPixels(t *testing.T) {
	for _, c := range []synth.Corruption{{}, {Kind: synth.Fog, Severity: 3}, {Kind: synth.Shift, Severity: 5}} {
		if !bytes.Equal(apply(t, c, 1), testImage()) {
			t.Errorf("%v changes pixels", c)
		}
	}
}

func TestWorldCorruptionIncreasesWithSeverity(t *testing.T) {
	measure := map[synth.CorruptionKind]func(*scene.FrameState) float64{
		synth.Fog:   func(v *scene.FrameState) float64 { return -v.Conditions.Visibility },
		synth.Rain:  func(v *scene.FrameState) float64 { return v.Conditions.Rain },
		synth.Night: func(v *scene.FrameState) float64 { return -v.Exposure },
		synth.Glare: func(v *scene.FrameState) float64 { return v.Conditions.Glare },
	}
	for k, of := range measure {
		last := math.Inf(-1)
		for s := 1; s <= synth.Severities; s++ {
			v := scene.FrameState{}
			v.Conditions, v.Exposure = scene.Day(), 1
			synth.Corruption{Kind: k, Severity: s}.World(&v)
			if m := of(&v); m <= last {
				t.Errorf("%s %d: %g, previous severity %g", k, s, m, last)
			} else {
				last = m
			}
		}
	}
}

func TestShiftRotatesCamera(t *testing.T) {
	cal, clean := sensor.FrontCamera(), sensor.FrontCamera()
	synth.Corruption{Kind: synth.Shift, Severity: 3}.Camera(&cal)
	if got := (cal.Mount.Yaw - clean.Mount.Yaw) * 180 / math.Pi; math.Abs(got-1) > 1e-9 {
		t.Errorf("turned by %g°, want 1°", got)
	}
	synth.Corruption{Kind: synth.Fog, Severity: 3}.Camera(&clean)
	if clean != sensor.FrontCamera() {
		t.Error("fog turned the camera")
	}
}

func TestCheck(t *testing.T) {
	for c, want := range map[synth.Corruption]bool{
		{}:                             true,
		{Kind: synth.Fog, Severity: 5}: true,
		{Kind: synth.Fog, Severity: 6}: false,
		{Kind: synth.Fog}:              false,
		{Kind: "snow", Severity: 1}:    false,
	} {
		if err := c.Check(); (err == nil) != want {
			t.Errorf("%v: %v", c, err)
		}
	}
}
