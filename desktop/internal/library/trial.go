package library

import (
	"context"
	"fmt"
	"sync"

	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// tries is the number of seeds, from 1.
const tries = 10

// try is the result of a seed.
type try struct {
	seed   uint64
	passed bool
	reason string
}

// trial drives the seeds of a scenario in the background, with its settings, to show
// which of them fail. It uses oracle perception, which is fast and shows failures of
// the driver only.
type trial struct {
	stop context.CancelFunc
	done chan struct{}

	mu    sync.Mutex
	tried []try
	err   error
}

// begin starts a trial of cases with a driver. It calls come after each of them.
func begin(cases []*scenarios.Case, registry *drivers.Registry, driver string, come func()) *trial {
	ctx, stop := context.WithCancel(context.Background())
	t := &trial{stop: stop, done: make(chan struct{})}
	go func() {
		defer close(t.done)
		for _, c := range cases {
			one, err := drive(ctx, c, registry, driver)
			if ctx.Err() != nil {
				return
			}
			t.mu.Lock()
			if t.err = err; err == nil {
				t.tried = append(t.tried, one)
			}
			t.mu.Unlock()
			come()
			if err != nil {
				return
			}
		}
	}()
	return t
}

// drive drives a case to its end.
func drive(ctx context.Context, c *scenarios.Case, registry *drivers.Registry, driver string) (try, error) {
	plan, err := runner.Compile(c)
	if err != nil {
		return try{}, err
	}
	factory, err := registry.Open(trace.DriverID{Name: driver, Perception: runner.Oracle})
	if err != nil {
		return try{}, err
	}
	ride, err := runner.NewCaseRun(plan, factory.Driver)
	if err != nil {
		return try{}, fmt.Errorf("trying %s: %w", c.ID(), err)
	}
	v, err := ride.Finish(ctx)
	if err != nil {
		return try{}, fmt.Errorf("trying %s: %w", c.ID(), err)
	}
	return try{c.Seed, v.Passed, v.Reason}, factory.Close()
}

// results returns the results so far, and the error.
func (t *trial) results() ([]try, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tried, t.err
}

// close ends a trial, if there is one, and waits for its end.
func (t *trial) close() {
	if t != nil {
		t.stop()
		<-t.done
	}
}

// startTrial starts a trial of the selected scenario with its settings.
func (s *Screen) startTrial() {
	ch, driver := s.choice(), s.driver.chosen().Name
	if driver == manual {
		driver = runner.Stack
	}
	var cases []*scenarios.Case
	for seed := uint64(1); seed <= tries; seed++ {
		c, err := ch.of(seed)
		if err != nil {
			ch.err = err
			return
		}
		cases = append(cases, c)
	}
	s.trial.close()
	s.trial, s.tried = begin(cases, s.config.Drivers, driver, s.config.changed), s.chosen
}

// drawTrial draws the results: a square per seed. A click selects the seed.
func (s *Screen) drawTrial(k *ui.Flow) {
	row := k.Next(ui.ControlHeight, 8)
	if ui.Button(k.Canvas, k.In, row.CutLeft(112), "Try seeds 1–10") {
		s.startTrial()
	}
	k.In.Tooltip(k.Canvas, ui.Rect{X: k.X, Y: row.Y, W: 112, H: row.H}, "Drive ten seeds with ground truth in the background and show which ones fail")
	if s.trial == nil || s.tried != s.chosen {
		return
	}
	row.CutLeft(10)
	tried, err := s.trial.results()
	if err != nil {
		s.choice().err = err
	}
	size := min(22, row.W/tries)
	for i := range tries {
		cell := row.CutLeft(size).Centered(size-3, size-3)
		if i >= len(tried) {
			k.Canvas.RoundFrame(cell, 3, 1, k.Canvas.Theme.Edge)
			continue
		}
		s.drawTry(k, cell, &tried[i])
	}
}

// drawTry draws the result of a seed: filled if passed, crossed out if failed.
func (s *Screen) drawTry(k *ui.Flow, r ui.Rect, t *try) {
	c := k.Canvas.Scoped(fmt.Sprintf("try %d", t.seed))
	col, text := c.Theme.Good, fmt.Sprintf("seed %d passed", t.seed)
	if !t.passed {
		col, text = c.Theme.Bad, fmt.Sprintf("seed %d: %s", t.seed, t.reason)
	}
	on := s.choice().seed == t.seed
	if ui.Chip(c, k.In, r, "", &on) {
		s.setSeed(t.seed)
	}
	c.RoundRect(r, 3, col)
	if !t.passed {
		c.Cross(r.Center(), min(r.W, r.H)/2-4, 1.5, c.Theme.Surface)
	}
	if s.choice().seed == t.seed {
		c.RoundFrame(ui.Rect{X: r.X - 2, Y: r.Y - 2, W: r.W + 4, H: r.H + 4}, 4, 1.5, c.Theme.Ink)
	}
	k.In.Tooltip(c, r, text)
}
