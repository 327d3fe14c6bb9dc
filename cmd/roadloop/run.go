package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"roadloop/assets"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/scenarios"
	"roadloop/scenarios/report"
)

// runFlags are the flags of the run command.
type runFlags struct {
	seed       uint64
	seeds      string
	jobs       int
	driver     string
	perception string
	model      string
	html       string
	trace      string
	asJSON     bool
	quiet      bool
}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [SCENARIO…]",
		Short: "Drive scenarios and judge them",
		Long: `Drive scenarios headless and judge them. A scenario is named by its name in the
library (see roadloop list) or by the path of a file; without one the whole library
is driven. cut-in/7 names the single case of seed 7, cut-in/g012 one of the grid.`,
		Example: `  roadloop run                                  the library, the network in the loop
  roadloop run cut-in --seeds 1-20 --jobs 2     twenty variations of one scenario
  roadloop run cut-in/g012                      one case of its grid
  roadloop run my.yaml --perception oracle      with ground truth for perception
  roadloop run --html out/report.html --json    a page to look at, a document to read`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return drive(cmd.Context(), &f, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the cases")
	fl.StringVar(&f.seeds, "seeds", "", "range of seeds such as 1-20, instead of --seed")
	fl.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "cases to drive at once; results do not depend on it")
	fl.StringVar(&f.driver, "driver", scenarios.Stack, "stack, or a careful driver of UN R157 that keeps its lane and brakes: cc, fsm, rss\nor reg157")
	fl.StringVar(&f.perception, "perception", "cnn", "cnn reads the camera, cnn-opencv does so on OpenCV's DNN, oracle reads the world")
	fl.StringVar(&f.model, "model", "", "model `file` for cnn, or small, instead of the network that comes along")
	fl.StringVar(&f.html, "html", "", "write a page with videos, pictures and plots to this `file`")
	fl.StringVar(&f.trace, "trace", "", "write a trace of every case into this `folder`")
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON document instead of a table")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress, and only the totals of the table")
	return cmd
}

// drive is the run command.
func drive(ctx context.Context, f *runFlags, names []string, stdout, stderr io.Writer) error {
	cases, err := sample(names, f)
	if err != nil {
		return err
	}
	o, err := options(f)
	if err != nil {
		return err
	}
	var page *report.Page
	if f.html != "" {
		page = report.New(report.Options{})
		defer page.Close()
		o.Watch = page.Watch
	}
	results := scenarios.NewResults()
	show := newProgress(stderr, len(cases), f.quiet)
	ended := scenarios.Run(ctx, cases, o, func(out *scenarios.Outcome) error {
		results.Add(out, &o)
		show.step(results)
		if page != nil {
			if err := page.Add(out); err != nil {
				return err
			}
		}
		return writeTrace(f.trace, out)
	})
	show.end(results)
	if page != nil && len(results.Cases) > 0 {
		if err := writePage(f.html, page, results); err != nil {
			return err
		}
		fmt.Fprintln(stderr, "page:", f.html)
	}
	if err := print(stdout, results, f); err != nil {
		return err
	}
	return verdict(ended, results)
}

// options says how to drive, from the flags.
func options(f *runFlags) (scenarios.Options, error) {
	weights, err := perceptionWeights(f)
	if err != nil {
		return scenarios.Options{}, err
	}
	model, err := scenarios.ModelSHA256(weights)
	if err != nil {
		return scenarios.Options{}, err
	}
	return scenarios.Options{
		Jobs: f.jobs, Driver: f.driver, Perception: f.perception, Model: model,
		Crew: func() (scenarios.Crew, error) { return scenarios.NewDriverCrew(f.driver, f.perception, weights) },
	}, nil
}

func writePage(path string, page *report.Page, r *scenarios.Results) error {
	data, err := page.Render(r)
	if err != nil {
		return err
	}
	return writeInto(path, data)
}

// verdict turns results into the error that becomes the exit code.
func verdict(err error, r *scenarios.Results) error {
	switch {
	case err != nil:
		return err
	case r.Invalid > 0:
		for _, c := range r.Cases {
			if c.Reason != "" && !c.Passed && c.SimSeconds == 0 {
				return fmt.Errorf("%d cases could not be driven: %s", r.Invalid, c.Reason)
			}
		}
		return fmt.Errorf("%d cases could not be driven", r.Invalid)
	case r.Failed > 0:
		return errFailed
	}
	return nil
}

// sample makes the cases of the named scenarios, all of the library without names.
func sample(names []string, f *runFlags) ([]*scenarios.Case, error) {
	var list []*scenarios.Scenario
	if len(names) == 0 {
		all, err := scenarios.Library()
		if err != nil {
			return nil, err
		}
		list = all
	}
	var cases []*scenarios.Case
	for _, n := range names {
		if _, _, single := scenarios.CutCase(n); single {
			c, err := scenarios.FindCase(n)
			if err != nil {
				return nil, err
			}
			cases = append(cases, c)
			continue
		}
		s, err := scenarios.Find(n)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	first, last, err := seedRange(f)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		for seed := first; seed <= last; seed++ {
			c, err := s.Case(seed)
			if err != nil {
				return nil, err
			}
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// seedRange parses --seeds, or takes --seed.
func seedRange(f *runFlags) (first, last uint64, err error) {
	if f.seeds == "" {
		return f.seed, f.seed, nil
	}
	a, b, found := strings.Cut(f.seeds, "-")
	if !found {
		b = a
	}
	first, err1 := strconv.ParseUint(a, 10, 64)
	last, err2 := strconv.ParseUint(b, 10, 64)
	if err1 != nil || err2 != nil || first > last || last-first > 100_000 {
		return 0, 0, fmt.Errorf("--seeds %q: want a range such as 1-20", f.seeds)
	}
	return first, last, nil
}

// perceptionWeights loads the network that the perception needs, nil for none.
func perceptionWeights(f *runFlags) (*network.Weights, error) {
	switch f.perception {
	case scenarios.Oracle:
		return nil, nil
	case scenarios.CNN, scenarios.CNNOpenCV:
	default:
		return nil, fmt.Errorf("--perception %q: want cnn, cnn-opencv or oracle", f.perception)
	}
	return loadModel(f.model)
}

// smallModel is the name of the smaller of the networks that come along.
const smallModel = "small"

// loadModel reads a model file, or one of those that come along.
func loadModel(path string) (*network.Weights, error) {
	switch path {
	case "":
		return assets.Model()
	case smallModel:
		return assets.SmallModel()
	}
	w, _, err := readModel(path)
	return w, err
}

// readModel reads a model file.
func readModel(path string) (*network.Weights, network.Meta, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, network.Meta{}, fmt.Errorf("opening the model: %w", err)
	}
	defer file.Close()
	w, meta, err := network.Read(file)
	if err != nil {
		return nil, meta, fmt.Errorf("%s: %w", path, err)
	}
	return w, meta, nil
}

// writeTrace writes the trace of an outcome into a folder, if there is one.
func writeTrace(folder string, out *scenarios.Outcome) error {
	if folder == "" || out.Trace == nil {
		return nil
	}
	data, err := out.Trace.Encode()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.trace", out.Case.Scenario.Slug(), out.Case.Label())
	return writeInto(filepath.Join(folder, name), data)
}

// writeInto writes a file, making its folder.
func writeInto(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return training.WriteFile(path, data)
}

// label names a case within its scenario.
func label(c *scenarios.Result) string { return c.Case[strings.LastIndexByte(c.Case, '/')+1:] }

// print prints the results as JSON or as a table.
func print(w io.Writer, r *scenarios.Results, f *runFlags) error {
	if f.asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	if !f.quiet {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "\tscenario\tcase\tsim\treal time\treason")
		for _, c := range r.Cases {
			mark := "ok"
			if !c.Passed {
				mark = "FAIL"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%.1f s\t%.1fx\t%s\n", mark, c.Scenario, label(&c), c.SimSeconds, c.SimSeconds/max(c.WallSeconds, 1e-9), c.Reason)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s: %d of %d passed\n", f.perception, r.Passed, len(r.Cases))
	return err
}
