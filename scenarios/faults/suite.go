package faults

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

// Suite runs faults on cases.
type Suite struct {
	Faults []Fault
	Cases  []*scenarios.Case
	// Oracle and Pipeline create the drivers. Pipeline is for faults in layers that only a
	// perception pipeline has, Oracle, which is much faster, for all others.
	Oracle, Pipeline func() (runner.DriverFactory, error)
	Jobs             int  // faults in parallel; 0 means 1
	All              bool // continue after a fault is caught, for the whole matrix
	// Explain finds the cause of the first failure of every caught fault.
	Explain bool
	// OnResult, if set, is called for every finished fault, in no particular order, by one
	// goroutine at a time.
	OnResult func(*Result)
}

// Result is the result of one fault.
type Result struct {
	Fault       string `json:"fault"`
	Layer       string `json:"layer"`
	Description string `json:"means"`
	Pipeline    bool   `json:"senses"` // tested with a perception pipeline; else with an oracle
	Caught      bool   `json:"caught"`
	// By are the cases that caught it: the first one, or all with Suite.All.
	By []Catch `json:"by,omitempty"`
	// Tried is the number of driven cases that pass without the fault.
	Tried int `json:"tried"`
	// Explained reports whether the cause was searched. Blamed are the layers found.
	Explained bool     `json:"explained,omitempty"`
	Blamed    []string `json:"blamed,omitempty"`
}

// Catch is a case that passes without a fault and fails with it.
type Catch struct {
	Case   string `json:"case"`
	Reason string `json:"reason"`
}

// Right reports whether exactly the layer of the fault was blamed.
func (r *Result) Right() bool { return len(r.Blamed) == 1 && r.Blamed[0] == r.Layer }

// Run tests every fault and returns the results in the order of the faults, for any
// number of jobs. When ctx ends it returns the finished results.
func (s *Suite) Run(ctx context.Context) ([]Result, error) {
	g, within := errgroup.WithContext(ctx)
	run := &run{Suite: s, results: make([]*Result, len(s.Faults)), clean: make(map[string]*baseline)}
	var next atomic.Int64
	for range max(1, min(s.Jobs, len(s.Faults))) {
		g.Go(func() error { return run.work(within, &next) })
	}
	err := g.Wait()
	var done []Result
	for _, r := range run.results {
		if r != nil {
			done = append(done, *r)
		}
	}
	return done, err
}

// run is a running suite.
type run struct {
	*Suite
	results []*Result
	mu      sync.Mutex // guards clean and calls of OnResult
	clean   map[string]*baseline
}

// baseline caches whether a case passes without a fault.
type baseline struct {
	once   sync.Once
	passed bool
	err    error
}

// crews are the crews of a worker, created on first use.
type crews struct{ oracle, pipeline runner.DriverFactory }

func (r *run) work(ctx context.Context, next *atomic.Int64) (err error) {
	var c crews
	defer func() {
		for _, crew := range []runner.DriverFactory{c.oracle, c.pipeline} {
			if crew != nil {
				err = cmp.Or(err, crew.Close())
			}
		}
	}()
	for i := int(next.Add(1)) - 1; i < len(r.Faults); i = int(next.Add(1)) - 1 {
		f := &r.Faults[i]
		crew, err := r.crew(&c, f.NeedsPipeline())
		if err != nil {
			return err
		}
		res, err := r.try(ctx, f, crew)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		r.results[i] = res
		if r.OnResult != nil {
			r.mu.Lock()
			r.OnResult(res)
			r.mu.Unlock()
		}
	}
	return nil
}

func (r *run) crew(c *crews, pipeline bool) (runner.DriverFactory, error) {
	slot, open := &c.oracle, r.Oracle
	if pipeline {
		slot, open = &c.pipeline, r.Pipeline
	}
	if *slot != nil {
		return *slot, nil
	}
	crew, err := open()
	*slot = crew
	return crew, err
}

// try drives cases with a fault until one catches it, or all cases with Suite.All.
func (r *run) try(ctx context.Context, f *Fault, crew runner.DriverFactory) (*Result, error) {
	res := &Result{Fault: f.Name, Layer: f.Layer.String(), Description: f.Description, Pipeline: f.NeedsPipeline()}
	for _, c := range f.order(r.Cases) {
		passes, err := r.passes(ctx, c, crew, res.Pipeline)
		if err != nil {
			return nil, err
		}
		if !passes {
			continue
		}
		res.Tried++
		v, err := drive(ctx, c, crew, f)
		if err != nil {
			return nil, err
		}
		if v.Passed {
			continue
		}
		res.By = append(res.By, Catch{c.ID(), v.Reason})
		if r.Explain && !res.Caught {
			cause, err := analysis.Explain(ctx, c, analysis.ExplainOptions{Factory: crew, Prepare: f.Inject})
			if err != nil {
				return nil, err
			}
			res.Explained, res.Blamed = true, cause.Layers
		}
		if res.Caught = true; !r.All {
			break
		}
	}
	return res, nil
}

// order returns the cases, likely catches first.
func (f *Fault) order(cases []*scenarios.Case) []*scenarios.Case {
	rank := func(c *scenarios.Case) int {
		likely := func(l string) bool { return l == c.Scenario.Slug() || l == c.Scenario.Family }
		if i := slices.IndexFunc(f.Likely, likely); i >= 0 {
			return i
		}
		return len(f.Likely)
	}
	out := slices.Clone(cases)
	slices.SortStableFunc(out, func(a, b *scenarios.Case) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

// passes reports whether a case passes without a fault.
func (r *run) passes(ctx context.Context, c *scenarios.Case, crew runner.DriverFactory, pipeline bool) (bool, error) {
	key := fmt.Sprint(pipeline, c.ID())
	r.mu.Lock()
	b := r.clean[key]
	if b == nil {
		b = new(baseline)
		r.clean[key] = b
	}
	r.mu.Unlock()
	b.once.Do(func() {
		v, err := drive(ctx, c, crew, nil)
		b.passed, b.err = v.Passed, err
	})
	return b.passed, b.err
}

// drive drives a case with a fault, or none. An error of the driver is a failed verdict.
func drive(ctx context.Context, c *scenarios.Case, crew runner.DriverFactory, f *Fault) (runner.Verdict, error) {
	p, err := runner.Compile(c)
	if err != nil {
		return runner.Verdict{}, err
	}
	r, err := runner.NewCaseRun(p, crew.Driver)
	if err != nil {
		return runner.Verdict{}, err
	}
	if f != nil {
		if err := f.Inject(r.Session); err != nil {
			return runner.Verdict{}, err
		}
	}
	v, err := r.Finish(ctx)
	if err != nil && ctx.Err() == nil {
		return r.DriverFailed(err), nil
	}
	return v, err
}
