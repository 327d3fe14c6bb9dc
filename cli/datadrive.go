package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"roadloop/perception/training/dataset"
	"roadloop/scenarios"
	"roadloop/scenarios/drivedata"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// dividesDecisions reports whether frames at a rate are at equal intervals of decisions.
func dividesDecisions(rate float64) bool {
	_, err := drivedata.EveryAt(rate)
	return err == nil
}

// drives drives all cases and traces, and returns the number of frames of all.
func (f *dataFlags) drives(ctx context.Context, stderr io.Writer) (out []dataset.Drive, frames int, err error) {
	every, err := drivedata.EveryAt(f.rate)
	if err != nil {
		return nil, 0, named("--rate", err)
	}
	for _, name := range f.scenarios {
		m := newMeter(stderr, 0, "decision", f.quiet)
		o := drivedata.Options{Every: every, First: f.first, Frames: f.frames, Done: m.at}
		drive := f.driveCase
		if isTrace(name) {
			drive = f.driveTrace
		}
		d, err := drive(ctx, name, m, o)
		m.clear()
		if err != nil {
			return nil, 0, named("--scenario", err)
		}
		out = append(out, *d)
		frames += len(d.Worlds)
	}
	return out, frames, nil
}

// driveCase drives a case. A scenario name alone stands for its case of seed 1.
func (f *dataFlags) driveCase(ctx context.Context, name string, m *meter, o drivedata.Options) (d *dataset.Drive, err error) {
	if !namesSeed(name) {
		name += "/1"
	}
	c, err := await(ctx, func() (*scenarios.Case, error) { return scenarios.FindCase(name) })
	if err != nil {
		return nil, err
	}
	if err := runner.Check(ctx, c.Scenario); err != nil {
		return nil, err
	}
	spec, err := runner.Compile(c)
	if err != nil {
		return nil, err
	}
	id, err := f.registry.Resolve(f.id)
	if err != nil {
		return nil, err
	}
	factory, err := await(ctx, func() (runner.DriverFactory, error) { return f.registry.Open(id) })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, factory.Close()) }()
	t, err := timeline.New(spec, factory.Driver)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t.SetDriverID(id)
	m.total = int(spec.Drive.Duration/clock.DriverPeriod) + 1
	sum := sha256.Sum256(c.Scenario.Source)
	if d, err = drivedata.Record(ctx, t, c.ID(), hex.EncodeToString(sum[:]), o); err != nil {
		return nil, err
	}
	return d, nil
}

// driveTrace drives a trace again.
func (f *dataFlags) driveTrace(ctx context.Context, path string, m *meter, o drivedata.Options) (d *dataset.Drive, err error) {
	recorded, err := await(ctx, func() (*trace.Trace, error) { return trace.ReadFile(path) })
	if err != nil {
		return nil, err
	}
	pool, err := recordedDrivers(f.registry, &recorded.Header, f.id.Model)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	m.total = len(recorded.Records)
	c, err := scenarios.RecordedCase(&recorded.Header)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if d, err = drivedata.Replay(ctx, recorded, c.ID(), pool.Open, o); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}
