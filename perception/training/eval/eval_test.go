package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
)

// perfectEngine is an engine that returns the targets of a stream's frames, in order:
// a perfect network.
type perfectEngine struct {
	stream synth.Stream
	maker  *synth.Generator
	next   int64
	target []float32
	image  []float32
}

func newPerfectEngine(t testing.TB, s synth.Stream) *perfectEngine {
	t.Helper()
	m, err := synth.NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	return &perfectEngine{stream: s, maker: m, target: make([]float32, s.Config.TargetSize()), image: make([]float32, s.Config.ImageSize())}
}

func (c *perfectEngine) Config() network.Config { return c.stream.Config }
func (c *perfectEngine) Close() error           { return nil }

func (c *perfectEngine) Infer(_, heads []float32) error {
	f, err := c.maker.Frame(c.next)
	if err != nil {
		return err
	}
	c.next++
	c.maker.Encode(f, c.image, c.target)
	for i := range len(heads) / network.HeadChannels {
		h := heads[i*network.HeadChannels:][:network.HeadChannels]
		copy(h, c.target[i*network.TargetChannels:])
		for k := range h {
			if k < network.OffsetChannel || k >= network.DrivableChannel {
				p := math.Max(1e-4, math.Min(1-1e-4, float64(h[k])))
				h[k] = float32(math.Log(p / (1 - p)))
			}
		}
	}
	return nil
}

func heldOut() synth.Stream {
	return synth.Stream{Config: network.DefaultConfig(), Seed: 9, Split: synth.HeldOut}
}

// The decoder inverts the encoder: a network that reaches its targets finds nearly
// all objects at their positions.
func TestDecoderInvertsEncoder(t *testing.T) {
	s := heldOut()
	r, err := Evaluate(t.Context(), newPerfectEngine(t, s), s, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Classes {
		c := &r.Classes[i]
		if c.Objects < 10 {
			continue
		}
		// Two objects with their middles in one cell cannot both be encoded.
		if *c.AP50 < .92 || *c.AP < .9 {
			t.Errorf("%s: AP50 %.3f, AP %.3f, want about 1", c.Class, *c.AP50, *c.AP)
		}
		if *c.DistanceRelative > .03 || *c.Heading > .05 {
			t.Errorf("%s: distances off by %.1f %%, headings by %.2f", c.Class, 100**c.DistanceRelative, *c.Heading)
		}
	}
	for _, l := range r.OwnLane {
		if l.Ahead <= 10 && (*l.MeanError > .02 || *l.Error95 > .05) {
			t.Errorf("boundaries at %g m are off by %.3f m, 5 %% by more than %.3f m", l.Ahead, *l.MeanError, *l.Error95)
		}
	}
	if *r.DrivableIoU < .999 {
		t.Errorf("drivable area: IoU %.3f, want 1", *r.DrivableIoU)
	}
	if a := r.Signals.Accuracy; a != nil && *a < .99 {
		t.Errorf("signals: %.3f correct, want all", *a)
	}
}

// A network with zero output scores zero.
func TestZeroOutputScoresZero(t *testing.T) {
	s := heldOut()
	r, err := Evaluate(t.Context(), zeroEngine{s.Config}, s, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Classes {
		if c.AP50 != nil && *c.AP50 != 0 {
			t.Errorf("%s: AP50 %g, want 0", c.Class, *c.AP50)
		}
	}
	if *r.DrivableIoU != 0 {
		t.Errorf("drivable area: IoU %g, want 0", *r.DrivableIoU)
	}
}

type zeroEngine struct{ config network.Config }

func (s zeroEngine) Config() network.Config { return s.config }
func (s zeroEngine) Close() error           { return nil }
func (s zeroEngine) Infer(_, heads []float32) error {
	for i := range heads {
		heads[i] = -9
	}
	return nil
}

func TestReportIsJSONAndTable(t *testing.T) {
	s := heldOut()
	r, err := Evaluate(t.Context(), newPerfectEngine(t, s), s, 5)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatalf("a report without measurements must be valid JSON: %v", err)
	}
	var back Report
	if err := json.Unmarshal(b, &back); err != nil || back.Frames != 5 || len(back.Classes) != int(perception.NumClasses) {
		t.Errorf("read back %+v, %v", back, err)
	}
	var table bytes.Buffer
	if err := r.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"held-out", "AP50", "drivable area", "signals within 40 m"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, table.String())
		}
	}
}

func TestEvaluateRejectsBadInput(t *testing.T) {
	s := heldOut()
	if _, err := Evaluate(t.Context(), zeroEngine{s.Config}, s, 0); err == nil {
		t.Error("an evaluation without frames was accepted")
	}
	small := s.Config
	small.Width = 160
	if _, err := Evaluate(t.Context(), zeroEngine{small}, s, 1); err == nil {
		t.Error("a network of another size was accepted")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Evaluate(ctx, zeroEngine{s.Config}, s, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v, want %v", err, context.Canceled)
	}
}
