// Package drivedata records drives for data sets: the world at equal intervals of time,
// from the case of a scenario or from a trace. Package dataset renders and labels the
// worlds later, with any sensors, so that the driver needs none.
package drivedata

import (
	"context"
	"errors"
	"fmt"
	"math"

	"roadloop/perception/training/dataset"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// DecisionRate is the number of decisions per second, the highest rate of frames.
const DecisionRate = int(clock.PerSecond / clock.DriverPeriod)

// Options select the part of a drive. The zero value selects every decision.
type Options struct {
	// Every is the number of decisions from one frame to the next; 0 means 1.
	Every int
	// First is the number of the first frame to keep, counted at the chosen rate. Frames is
	// the largest number of frames; 0 means all.
	First, Frames int
	// Done is called with the number of decisions so far; it may be nil.
	Done func(int)
}

// EveryAt returns the number of decisions from one frame to the next at a rate in frames
// per second. Frames are at equal intervals, so the rate must divide DecisionRate.
func EveryAt(rate float64) (int, error) {
	every := math.Round(float64(DecisionRate) / rate)
	if !(rate > 0) || every < 1 || math.Abs(every*rate-float64(DecisionRate)) > 1e-6*float64(DecisionRate) {
		return 0, fmt.Errorf("%g frames per second: the rate must divide the %d decisions per second, such as 20, 10, 5, 4, 2, 1 or 0.5", rate, DecisionRate)
	}
	return int(every), nil
}

// Record drives a timeline to its end, or to the last frame to keep, and returns the
// drive. A timeline that follows a cut trace ends with the recording. name and source
// describe the drive in data sets.
func Record(ctx context.Context, t *timeline.Timeline, name, source string, o Options) (*dataset.Drive, error) {
	every := max(o.Every, 1)
	d := &dataset.Drive{
		Name: name, Source: source, Driver: t.DriverIDAt(0).String(), Seed: t.Plan().Drive.World.Seed,
		Period: float64(every) / float64(DecisionRate),
	}
	end := t.Recorded() // 0 for a drive that follows no trace
	for more := true; more && (end == 0 || t.Len() < end) && (o.Frames == 0 || len(d.Worlds) < o.Frames); {
		var err error
		if more, err = t.Step(ctx, nil); err != nil {
			return nil, err
		}
		n := t.Len() - 1
		if n%every == 0 && n/every >= o.First {
			s := t.StepAt(n)
			if s == nil {
				return nil, fmt.Errorf("decision %d cannot be re-simulated", n)
			}
			d.Worlds = append(d.Worlds, s.World)
		}
		if o.Done != nil {
			o.Done(n + 1)
		}
	}
	if len(d.Worlds) == 0 {
		return nil, fmt.Errorf("%s: the drive ends before frame %d", name, o.First)
	}
	return d, nil
}

// Replay re-simulates a trace and records the drive.
func Replay(ctx context.Context, recorded *trace.Trace, name string, open timeline.OpenDriver, o Options) (*dataset.Drive, error) {
	if len(recorded.Records) == 0 {
		return nil, errors.New("the trace has no decisions")
	}
	t, err := timeline.Open(recorded, open)
	if err != nil {
		return nil, err
	}
	d, err := Record(ctx, t, name, recorded.SHA256(), o)
	if err == nil {
		d.Driver = timeline.DriversText(timeline.DriverSpans(recorded))
	}
	return d, err
}
