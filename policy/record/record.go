// Package record turns drives into the observations and actions that imitation learns from:
// episodes of a task with any driver, and traces of drives, also of a human.
//
// A part of a drive without actions gets them from the commands that were executed; see
// drive.Env.Imitate. Drives are recorded in parallel and kept in their order, so that the file is
// the same for any number of workers, and few drives are in memory.
package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"golang.org/x/sync/errgroup"

	"roadloop"
	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/policy/learn"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// Options select what is kept of drives. The zero value keeps all decisions of the drives that
// succeeded.
type Options struct {
	Every   int  // keep one of this number of decisions; 0 means all
	All     bool // keep drives that failed, too
	Hands   bool // of traces, keep only decisions at which a human drove
	Workers int  // drives recorded in parallel; 0 means 1
	// Done is called with the numbers of drives and of kept observations so far; it may be nil.
	Done func(drives, observations int)
}

// every returns the number of decisions of which one is kept.
func (o *Options) every() int { return max(1, o.Every) }

// Summary is what was recorded.
type Summary struct {
	Task         string `json:"task"`
	Drives       int    `json:"drives"` // kept
	Observations int    `json:"observations"`
	// Clipped are observations with an action that was clipped to its space: the command was
	// stronger than any action.
	Clipped int `json:"clipped"`
	Hands   int `json:"hands"` // observations at which a human drove
	// DrivesLeftOut and DecisionsLeftOut, the latter of drives that were kept, are what was left
	// out, and why.
	DrivesLeftOut    []LeftOut `json:"drives_left_out"`
	DecisionsLeftOut []LeftOut `json:"decisions_left_out"`
}

// LeftOut is a number of drives or decisions that were left out for the same reason.
type LeftOut struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// Reasons for leaving out decisions.
const (
	atEnd    = "at the end of the route"
	notHuman = "no human drove"
	noFuture = "the drive ends before the last waypoint"
	nothing  = "without a decision to keep"
)

// Text returns what was left out in words, "" for nothing.
func Text(list []LeftOut) string {
	var parts []string
	for _, l := range list {
		parts = append(parts, fmt.Sprintf("%d %s", l.Count, l.Reason))
	}
	return strings.Join(parts, ", ")
}

// world is an environment of roadloop's own worlds, in which commands have actions.
type world interface {
	DriveWith(open runner.DriverFunc) (*drive.Driven, error)
	Attach(c *roadloop.Case) (*drive.Observer, error)
	CanImitate() error
	Imitate(action []float32, did []drive.Executed) (exact, ok bool)
	IsHeldOut(c *scenarios.Case) bool
}

// part is what one drive gives.
type part struct {
	data    *learn.Dataset
	by      learn.Drive
	clipped int
	leftOut map[string]int // decisions, by reason

	// Of a drive without actions: what was executed at all decisions, and of each observation the
	// index of its decision and whether a human drove.
	did   []drive.Executed
	kept  []int
	human []bool
	zero  []float32 // until the action is known
}

func newPart(spec *policy.Spec, decisions int, o *Options) *part {
	return &part{data: learn.NewDataset(spec, (decisions-1)/o.every()+1), leftOut: map[string]int{}, zero: make([]float32, spec.Action.Size())}
}

// keep keeps an observation. Its action comes later, of the decision that did gets next.
func (p *part) keep(obs []policy.Array, human bool) error {
	p.kept, p.human = append(p.kept, len(p.did)), append(p.human, human)
	return p.data.Append(obs, 0, p.zero)
}

// imitate fills in the actions.
func (p *part) imitate(w world) {
	size := len(p.zero)
	for k, i := range p.kept {
		exact, ok := w.Imitate(p.data.Actions[k*size:(k+1)*size], p.did[i:])
		if !ok { // nor have later ones
			p.leftOut[noFuture] += p.data.Count - k
			p.data.Count = k
			return
		}
		if !exact {
			p.clipped++
		}
		if p.human[k] {
			p.by.Hands++
		}
	}
}

// recorder writes drives to a data set.
type recorder struct {
	options           Options
	out               *learn.DatasetWriter
	summary           Summary
	finished          int
	drives, decisions map[string]int // left out
}

func newRecorder(task string, o Options, out *learn.DatasetWriter) *recorder {
	return &recorder{options: o, out: out, summary: Summary{Task: task}, drives: map[string]int{}, decisions: map[string]int{}}
}

// add adds a drive.
func (r *recorder) add(p *part) error {
	switch {
	case !p.by.Success && !r.options.All:
		r.drives[p.by.Ending]++
	case p.data.Count == 0:
		r.drives[nothing]++
	default:
		if err := r.out.Append(p.data, p.by); err != nil {
			return err
		}
		s := &r.summary
		s.Drives++
		s.Observations += p.data.Count
		s.Clipped += p.clipped
		s.Hands += p.by.Hands
		for reason, n := range p.leftOut {
			r.decisions[reason] += n
		}
	}
	r.finished++
	if r.options.Done != nil {
		r.options.Done(r.finished, r.summary.Observations)
	}
	return nil
}

// end completes the file. It returns an error if nothing was kept.
func (r *recorder) end() (*Summary, error) {
	s := &r.summary
	s.DrivesLeftOut, s.DecisionsLeftOut = list(r.drives), list(r.decisions)
	if s.Drives == 0 {
		return nil, fmt.Errorf("nothing is kept of %s: %s", english.Plural(r.finished, "drive", ""), Text(s.DrivesLeftOut))
	}
	return s, r.out.Commit()
}

// list returns the most frequent reasons first.
func list(counts map[string]int) []LeftOut {
	out := []LeftOut{}
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, LeftOut{reason, counts[reason]})
	}
	slices.SortStableFunc(out, func(a, b LeftOut) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// worker records drives, one after the other.
type worker interface {
	record(ctx context.Context, i int) (*part, error)
	close() error
}

// all records n drives with the workers that begin returns, in parallel, and adds them in
// their order.
func (r *recorder) all(ctx context.Context, n int, begin func() (worker, error)) error {
	workers := max(1, min(r.options.Workers, n))
	g, within := errgroup.WithContext(ctx)
	lanes := make([]chan *part, workers) // worker k records the drives k, k + workers, …
	for k := range lanes {
		lanes[k] = make(chan *part)
		g.Go(func() (err error) {
			w, err := begin()
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, w.close()) }()
			for i := k; i < n; i += workers {
				p, err := w.record(within, i)
				if err != nil {
					return err
				}
				select {
				case lanes[k] <- p:
				case <-within.Done():
					return within.Err()
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		for i := range n {
			select {
			case p := <-lanes[i%workers]:
				if err := r.add(p); err != nil {
					return err
				}
			case <-within.Done():
				return within.Err()
			}
		}
		return nil
	})
	return g.Wait()
}
