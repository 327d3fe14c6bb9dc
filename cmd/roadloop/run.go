package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/assets"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/scenarios/gate"
	"roadloop/scenarios/mutant"
	"roadloop/scenarios/report"
	"roadloop/scenarios/suite"
	"roadloop/scenarios/summary"
	"roadloop/scenarios/whole"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// runFlags are the flags of the run command, most of them of the test command too.
type runFlags struct {
	seed       uint64
	seeds      string
	jobs       int
	driver     string
	perception string
	model      string
	isa        string
	timeout    time.Duration
	html       string
	noCameras  bool
	trace      string
	fault      string
	explain    int
	asJSON     bool
	noWall     bool
	quiet      bool
	allow      bool // unpreventable failures
}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [SCENARIO…]",
		Short: "Drive scenarios and judge them",
		Long: `Drive scenarios headless and judge them. A scenario is named by its name in the
library (see roadloop list) or by the path of a file; without one the whole library
is driven. cut-in/7 names the single case of seed 7, cut-in/g012 one of the grid, and
- a scenario on standard input.

Exit code 1 means that a case failed. One that no known driver passes, neither a
reference driver nor the stack with ground truth, is labeled unpreventable. It fails
the run, too, unless --allow-unpreventable is given.`,
		Example: `  roadloop run                                  the library, the network in the loop
  roadloop run cut-in --seeds 1-20 --jobs 2     twenty variations of one scenario
  roadloop run cut-in/g012                      one case of its grid
  roadloop run my.yaml --perception oracle      with ground truth for perception
  roadloop run --html out/report.html --json    a page to look at, a document to read`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.isa = cmd.Flag("isa").Value.String()
			if err := seedless(cmd, args); err != nil {
				return err
			}
			return f.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the cases")
	cmd.Flags().StringVar(&f.fault, "fault", "", "plant this fault in the stack, to see what becomes of it; roadloop mutate names them")
	f.register(cmd)
	cmd.MarkFlagsMutuallyExclusive("seed", "seeds")
	return cmd
}

// seedless refuses seeds that are given for cases which name their own.
func seedless(cmd *cobra.Command, cases []string) error {
	if len(cases) == 0 || slices.ContainsFunc(cases, func(c string) bool { return !namesSeed(c) }) {
		return nil
	}
	for _, flag := range []string{"seed", "seeds"} {
		if fl := cmd.Flag(flag); fl != nil && fl.Changed {
			return fmt.Errorf("--%s %s: %s names its own seed", flag, fl.Value, cases[0])
		}
	}
	return nil
}

// namesSeed reports whether a name is that of a single case. A folder may be called
// like one: 001.
func namesSeed(name string) bool {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return false
	}
	_, _, single := scenarios.CutCase(name)
	return single
}

// register declares the flags that run and test have in common.
func (f *runFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.seeds, "seeds", "", "range of seeds such as 1-20")
	intVar(fl, &f.jobs, "jobs", runtime.NumCPU(), 1, maxJobs, "cases to drive at once; results do not depend on it")
	choiceVar(fl, &f.driver, "driver", scenarios.Stack, scenarios.Drivers(), "stack, or a careful driver of UN R157 that keeps its lane and brakes: cc, fsm, rss\nor reg157")
	choiceVar(fl, &f.perception, "perception", scenarios.CNN, perceptions, "cnn reads the camera, cnn-opencv does so on OpenCV's DNN, oracle reads the world")
	fl.StringVar(&f.model, "model", "", "model `file` for cnn, or small, instead of the network that comes along")
	durationVar(fl, &f.timeout, "timeout", 0, "limit of simulated time, such as 60s; a case that is not over by then fails")
	fl.StringVar(&f.html, "html", "", "write a page with videos, pictures and plots to this `file`")
	fl.BoolVar(&f.noCameras, "no-cameras", false, "leave out of the page the program, 3 MB, that simulates its drives again and shows any\ncamera in them; up to 24 cases have a film of the car's camera instead, 1 MB each")
	fl.StringVar(&f.trace, "trace", "", "write a trace of every case into this `folder`")
	intVar(fl, &f.explain, "explain", -1, -1, mostInt, fmt.Sprintf("say of the first `failures`, so many, which layer caused them, as roadloop explain does;\n-1 stands for %d with --html and none without", explained))
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON document instead of a table")
	fl.BoolVar(&f.noWall, "no-wall", false, "leave wall times out of the document, so that equal runs print equal bytes")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress, and only the totals of the table")
	registerAllow(fl, &f.allow)
}

// perceptions are the ways to perceive.
var perceptions = []string{scenarios.CNN, scenarios.CNNOpenCV, scenarios.Oracle}

// registerAllow declares the flag that excuses unpreventable failures.
func registerAllow(fl *pflag.FlagSet, allow *bool) {
	fl.BoolVar(allow, "allow-unpreventable", false, "exit with 0 where only cases failed that no known driver passes")
}

// run is the run command.
func (f *runFlags) run(ctx context.Context, names []string, stdout, stderr io.Writer) error {
	if err := f.checkOutputs(); err != nil {
		return err
	}
	s, err := await(ctx, func() (*suite.Suite, error) { return selectSeeds(names, f) })
	if err != nil {
		return err
	}
	d, ended := f.drive(ctx, suite.Job{Suite: s}, newProgress(stderr, len(s.Cases), f.quiet))
	if d == nil {
		return ended
	}
	if err := print(stdout, d.results, f); err != nil {
		return err
	}
	return exit(errors.Join(ended, d.finish(f, stderr)), d.results, gate.Rule{AllowUnpreventable: f.allow})
}

// checkOutputs reports a page or a folder of traces that cannot be written.
func (f *runFlags) checkOutputs() error {
	if err := checkFiles(sideFile{"--html", f.html}); err != nil {
		return err
	}
	return checkFolder("--trace", f.trace)
}

// drivenJob holds the results of a job, and the errors of its side files.
type drivenJob struct {
	results *scenarios.Results
	page    *report.Page // nil for none
	lost    error        // the first trace that could not be written
}

// finish writes the page. It is called when the results have been printed.
func (d *drivenJob) finish(f *runFlags, stderr io.Writer) error {
	if d.page == nil || len(d.results.Cases) == 0 {
		return d.lost
	}
	if err := writePage(f.html, d.page, d.results); err != nil {
		return errors.Join(d.lost, named("--html", err))
	}
	fmt.Fprintln(stderr, "page:", f.html)
	return d.lost
}

// drive drives a job as the flags say, shows how far it is, and writes traces. It
// returns nil when nothing could be driven.
func (f *runFlags) drive(ctx context.Context, job suite.Job, show *progress) (*drivenJob, error) {
	var err error
	if job.Options.Crew == nil {
		if job.Options, err = await(ctx, func() (scenarios.Options, error) { return options(f) }); err != nil {
			return nil, err
		}
	}
	job.Setup = f.setup(&job.Options)
	fault, err := f.plant(&job.Options)
	if err != nil {
		return nil, err
	}
	d := new(drivenJob)
	if f.html != "" {
		if d.page, err = f.newPage(fault); err != nil {
			return nil, err
		}
		job.Options.Watch = d.page.Watch
	}
	why, err := f.causes(&job.Options)
	if err != nil {
		return nil, err
	}
	keep := job.Finished
	job.Finished = func(out *scenarios.Outcome, c *scenarios.Result) error {
		show.step(c)
		if err := why.tell(ctx, out, c); err != nil {
			return err
		}
		if keep != nil {
			if err := keep(out, c); err != nil {
				return err
			}
		}
		if d.page != nil && out.Err == nil {
			if err := d.page.Add(out); err != nil {
				return err
			}
		}
		if err := writeTrace(f.trace, out); err != nil && d.lost == nil {
			d.lost = named("--trace", err) // the results count more
		}
		return nil
	}
	results, ended := job.Drive(ctx)
	ended = why.close(ended)
	show.end()
	if f.noWall {
		results = results.WithoutWall()
	}
	d.results = results
	return d, ended
}

// plant lets every session have the fault of the flags, and returns it; nil for none. A
// trace does not tell of faults: with one it could not be driven again.
func (f *runFlags) plant(o *scenarios.Options) (*mutant.Fault, error) {
	fault, err := findFault(f.fault)
	switch {
	case fault == nil:
		return nil, err
	case f.driver != scenarios.Stack:
		return nil, fmt.Errorf("--fault is planted in the layers of the stack, and --driver %s has none", f.driver)
	case f.trace != "":
		return nil, errors.New("--trace: the trace of a drive with a planted --fault could not be verified")
	}
	o.Prepare = fault.Plant
	return fault, nil
}

// causes returns what explains failures, nil where none is to be explained.
func (f *runFlags) causes(o *scenarios.Options) (*causes, error) {
	switch stack := f.driver == scenarios.Stack; {
	case f.explain > 0 && !stack:
		return nil, fmt.Errorf("--explain looks into the layers of the stack, and --driver %s has none", f.driver)
	case f.explain > 0:
		return &causes{make: o.Crew, prepare: o.Prepare, left: f.explain}, nil
	case f.explain < 0 && f.html != "" && stack:
		return &causes{make: o.Crew, prepare: o.Prepare, left: explained}, nil
	}
	return nil, nil
}

// options says how to drive, from the flags.
func options(f *runFlags) (scenarios.Options, error) {
	if f.perception == scenarios.Oracle && f.model != "" {
		return scenarios.Options{}, fmt.Errorf("--model %s: --perception %s uses no network", f.model, f.perception)
	}
	weights, err := perceptionWeights(f)
	if err != nil {
		return scenarios.Options{}, err
	}
	model, err := weights.SHA256()
	if err != nil {
		return scenarios.Options{}, err
	}
	isa := ""
	if f.perception == scenarios.CNN {
		isa = network.ISA()
	}
	expert := scenarios.GroundTruth
	if f.driver == scenarios.Stack && f.perception == scenarios.Oracle {
		expert = scenarios.Itself
	}
	return scenarios.Options{
		Jobs: f.jobs, Driver: f.driver, Perception: f.perception, Model: model, ISA: isa, Flags: f.repeat(),
		Timeout: clock.FromSeconds(f.timeout.Seconds()), Expert: expert,
		Crew: crewOf(f.driver, f.perception, weights),
	}, nil
}

// setup says what drives, for the record.
func (f *runFlags) setup(o *scenarios.Options) *scenarios.Setup {
	return &scenarios.Setup{Driver: o.Driver, Perception: o.Perception, Model: o.Model, ISA: f.isa, Fault: f.fault,
		TimeoutSeconds: o.Timeout.Seconds(), Build: commit()}
}

// repeat returns the flags with which run drives a case in the same way.
func (f *runFlags) repeat() string {
	var parts []string
	for _, flag := range []struct{ name, value, usual string }{
		{"driver", f.driver, scenarios.Stack}, {"perception", f.perception, scenarios.CNN}, {"model", f.model, ""}, {"isa", f.isa, ""}, {"fault", f.fault, ""},
	} {
		if flag.value != flag.usual {
			parts = append(parts, "--"+flag.name+" "+scenarios.Quote(flag.value))
		}
	}
	if f.timeout > 0 {
		parts = append(parts, "--timeout "+f.timeout.String())
	}
	return strings.Join(parts, " ")
}

// newPage begins a page, with the program for browsers where this build carries it. It
// keeps films where a fault in the sensors changes what the driver sees.
func (f *runFlags) newPage(fault *mutant.Fault) (*report.Page, error) {
	if f.noCameras {
		return report.New(report.Options{}), nil
	}
	program, err := report.Bundled()
	if err != nil && !errors.Is(err, report.ErrNoProgram) {
		return nil, err
	}
	films := fault != nil && fault.Layer == trace.LayerSensor
	return report.New(report.Options{Program: program, Films: films}), nil
}

func writePage(path string, page *report.Page, r *scenarios.Results) error {
	data, err := page.Render(r)
	if err != nil {
		return err
	}
	return whole.Write(path, data)
}

// exit turns results into the error that becomes the exit code.
func exit(err error, r *scenarios.Results, rule gate.Rule) error {
	switch {
	case err != nil:
		return err
	case r.Invalid > 0:
		return invalid(r)
	case rule.Count(r) > 0:
		return errFailed
	}
	return nil
}

// invalid names the cases that could not be driven.
func invalid(r *scenarios.Results) error {
	i := slices.IndexFunc(r.Cases, func(c scenarios.Result) bool { return c.Invalid })
	return fmt.Errorf("%d cases could not be driven: %s", r.Invalid, r.Cases[i].Reason)
}

// selectSeeds makes the cases of the named scenarios, all of the library without
// names, by seed.
func selectSeeds(names []string, f *runFlags) (*suite.Suite, error) {
	seeds := suite.Range{First: f.seed, Last: f.seed}
	if f.seeds != "" {
		var err error
		if seeds, err = suite.ParseRange(f.seeds); err != nil {
			return nil, fmt.Errorf("--seeds %w", err)
		}
	}
	return suite.Select(suite.Query{Patterns: names, Seeds: &seeds})
}

// crewOf returns a maker of crews with that driver and perception, and the network
// that the latter needs.
func crewOf(driver, perception string, w *network.Weights) func() (scenarios.Crew, error) {
	return func() (scenarios.Crew, error) {
		if perception == scenarios.Oracle {
			return scenarios.NewCrew(driver, nil)
		}
		eyes, err := inference.Open(perception, w)
		if err != nil {
			return nil, err
		}
		return scenarios.NewCrew(driver, eyes)
	}
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
	w, meta, err := readModel(path)
	if err != nil {
		return nil, err
	}
	if err := w.Config.CheckDriving(&meta); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, nil
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
	return whole.Write(filepath.Join(folder, name), data)
}

// printJSON prints a document.
func printJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// print prints the results as JSON or as a table.
func print(w io.Writer, r *scenarios.Results, f *runFlags) error {
	if f.asJSON {
		return printJSON(w, r)
	}
	out := newScreen(w)
	if !f.quiet {
		t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "\tscenario\tcase\tsim\treal time\treason")
		for i := range r.Cases {
			c := &r.Cases[i]
			fmt.Fprintf(t, "%s\t%s\t%s\t%.1f s\t%.1fx\t%s\n", summary.Verdict(c), c.Scenario, c.Label(), c.SimSeconds, c.SimSeconds/max(c.WallSeconds, 1e-9), c.Reason)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%s, %s: %d of %d passed%s\n", f.driver, f.perception, r.Passed, len(r.Cases), unpreventable(r))
	return errors.Join(err, out.Flush())
}

// unpreventable says how many of the failures no known driver prevents, if any.
func unpreventable(r *scenarios.Results) string {
	if r.Unpreventable == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of the %d failed unpreventable", r.Unpreventable, r.Failed)
}
