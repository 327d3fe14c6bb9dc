package cli

import (
	"cmp"
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
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/drivers"
	"roadloop/internal/fileio"
	"roadloop/internal/opencv"
	"roadloop/oracle"
	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/export"
	"roadloop/scenarios/faults"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// runFlags are the flags of the run command. The test command shares most of them.
type runFlags struct {
	driverFlags
	program   string // name in the commands that repeat a case
	seed      uint64
	seeds     string
	jobs      int
	isa       string
	timeout   time.Duration
	html      string
	noCameras bool
	trace     string
	export    export.Options
	fault     string
	explain   int
	asJSON    bool
	noWall    bool
	quiet     bool
	allow     bool // of unpreventable failures
}

func newRun(r *drivers.Registry) *cobra.Command {
	f := runFlags{driverFlags: driverFlags{registry: r}}
	cmd := &cobra.Command{
		Use:   "run [SCENARIO…]",
		Short: "Drive scenarios and judge them",
		Long: `Drive scenarios headless and judge them. SCENARIO is a name in the library (see
"roadloop list") or the path of a file; the default is the whole library. cut-in/7 is
the case of seed 7, cut-in/g012 a case of the grid, and - a scenario on standard input.

Exit code 1 if a case failed. A case that neither a reference driver nor the stack with
ground truth passes is labeled unpreventable. It fails the run, too, unless
--allow-unpreventable is given.

--detections and --tracks write what the detector and the tracker found in the frames of
each camera, and the true objects in the same layout, for pycocotools, KITTI's development kit,
nuscenes-devkit and TrackEval. --mcap writes files that Foxglove and Rerun show.`,
		Example: `  roadloop run                                  the library, with the network in the loop
  roadloop run cut-in --seeds 1-20 --jobs 2     twenty cases of one scenario
  roadloop run cut-in/g012                      one case of the grid
  roadloop run my.yaml --perception oracle      with ground truth instead of perception
  roadloop run --html out/report.html --json    an HTML report, and results as JSON
  roadloop run cut-in --mcap out/mcap           a drive for Foxglove and Rerun
  roadloop run cut-in --tracks out/tracks       tracks for TrackEval`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.isa = cmd.Flag("isa").Value.String()
			f.program = cmd.Root().Name()
			if err := errors.Join(exclusive(cmd, "seed", "seeds"), checkSeeds(cmd, args), checkExportFormats(cmd, &f.export)); err != nil {
				return err
			}
			return f.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the cases")
	cmd.Flags().StringVar(&f.fault, "fault", "", "inject this `fault` into the stack; see roadloop mutate")
	f.register(cmd)
	return cmd
}

// checkSeeds rejects seed flags for cases that name their own seed.
func checkSeeds(cmd *cobra.Command, cases []string) error {
	if len(cases) == 0 || slices.ContainsFunc(cases, func(c string) bool { return !namesSeed(c) }) {
		return nil
	}
	for _, flag := range []string{"seed", "seeds"} {
		if fl := cmd.Flag(flag); fl != nil && fl.Changed {
			return fmt.Errorf("--%s %s: %s already names its seed", flag, fl.Value, cases[0])
		}
	}
	return nil
}

// namesSeed reports whether a name is that of a single case. A folder may have such a
// name: 001.
func namesSeed(name string) bool {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return false
	}
	_, _, single := scenarios.SplitCaseName(name)
	return single
}

// register declares the flags that run and test share.
func (f *runFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.seeds, "seeds", "", "seeds of the cases, such as 1-20")
	intVar(fl, &f.jobs, "jobs", runtime.NumCPU(), 1, maxJobs, "cases to drive in parallel; does not change the results")
	f.driverFlags.register(fl)
	durationVar(fl, &f.timeout, "timeout", 0, "limit of simulated time, such as 60s; longer cases fail")
	fl.StringVar(&f.html, "html", "", "write an HTML report with replays, images and plots to this `file`")
	fl.BoolVar(&f.noCameras, "no-cameras", false, "omit the simulator (3 MB) from the report; up to 24 cases then have a video of the\ncar's camera instead, 1 MB each")
	fl.StringVar(&f.trace, "trace", "", "write a trace of every case to this `folder`")
	registerExport(fl, &f.export)
	intVar(fl, &f.explain, "explain", -1, -1, maxInt, fmt.Sprintf("explain the first `n` preventable failures as roadloop explain does;\n-1 means %d with --html, otherwise none", explained))
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON document instead of a table")
	fl.BoolVar(&f.noWall, "no-wall", false, "omit wall times from the document, so that equal runs print equal bytes")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress, and print only the totals of the table")
	registerAllow(fl, &f.allow)
}

// registerAllow declares the flag that permits unpreventable failures.
func registerAllow(fl *pflag.FlagSet, allow *bool) {
	fl.BoolVar(allow, "allow-unpreventable", false, "exit with 0 if all failed cases are unpreventable")
}

func (f *runFlags) run(ctx context.Context, names []string, stdout, stderr io.Writer) error {
	if err := f.checkOutputs(); err != nil {
		return err
	}
	s, err := await(ctx, func() (*suite.Suite, error) { return selectSeeds(ctx, names, f) })
	if err != nil {
		return err
	}
	show := newProgress(stderr, len(s.Cases), f.quiet)
	if !f.asJSON && !f.quiet {
		show.table = newVerdictTable(stdout, s.Cases)
	}
	d, ended := f.drive(ctx, suite.Job{Suite: s}, show)
	if d == nil {
		return ended
	}
	if err := printResults(stdout, d.results, f); err != nil {
		return err
	}
	return exit(errors.Join(ended, d.finish(f, stderr)), d.results, analysis.Rule{AllowUnpreventable: f.allow})
}

// checkOutputs returns an error if the report or the traces cannot be written.
func (f *runFlags) checkOutputs() error {
	if err := checkFiles(sideFile{"--html", f.html}); err != nil {
		return err
	}
	return errors.Join(checkFolder("--trace", f.trace), checkExport(&f.export))
}

// drivenJob holds the results of a job and the errors of its additional output files.
type drivenJob struct {
	results *runner.Results
	page    *report.Page // nil for none
	sideErr error        // the first error of writing a trace or another file about a case
}

// finish writes the report. Call it after printing the results.
func (d *drivenJob) finish(f *runFlags, stderr io.Writer) error {
	if d.page == nil || len(d.results.Cases) == 0 {
		return d.sideErr
	}
	if err := writePage(f.html, d.page, d.results); err != nil {
		return errors.Join(d.sideErr, named("--html", err))
	}
	fmt.Fprintln(stderr, "page:", f.html)
	if d.page.LacksVideos() {
		fmt.Fprintln(stderr, "the page has no camera videos:", opencv.ErrNotIncluded)
	}
	return d.sideErr
}

// drive drives a job as the flags ask, shows progress, and writes traces. It returns
// nil if nothing could be driven.
func (f *runFlags) drive(ctx context.Context, job suite.Job, show *progress) (*drivenJob, error) {
	var err error
	if job.Options.NewFactory == nil {
		if job.Options, err = await(ctx, f.options); err != nil {
			return nil, err
		}
	}
	job.Setup = f.setup(&job.Options)
	fault, err := f.inject(&job.Options)
	if err != nil {
		return nil, err
	}
	layers, err := f.layers(ctx, &job, fault)
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
	var files *export.Exporter
	if f.export.Any() {
		files = export.New(f.export)
		job.Options.Watch = bothWatch(job.Options.Watch, files.Watch)
	}
	var why *failureExplainer
	if n := f.explanations(); n > 0 && layers {
		why = &failureExplainer{newFactory: job.Options.NewFactory, prepare: job.Options.Prepare, left: n}
	}
	keep := job.Finished
	job.Finished = func(out *runner.Outcome, c *runner.Result) error {
		show.step(c)
		if err := why.explain(ctx, out, c); err != nil {
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
		// The results matter more than these files.
		d.sideErr = cmp.Or(d.sideErr, named("--trace", writeTrace(f.trace, out)))
		if files != nil {
			d.sideErr = cmp.Or(d.sideErr, files.Add(out))
		}
		return nil
	}
	results, ended := job.Drive(ctx)
	ended = why.close(ended)
	if files != nil {
		d.sideErr = cmp.Or(d.sideErr, files.Close())
	}
	show.end()
	if !f.quiet {
		why.noteSkipped(show.w)
	}
	if f.noWall {
		results = results.WithoutWall()
	}
	d.results = results
	return d, ended
}

// inject makes every session inject the fault of the flags, and returns the fault, nil
// for none. Traces do not record faults, so such a drive cannot be verified.
func (f *runFlags) inject(o *runner.Options) (*faults.Fault, error) {
	fault, err := findFault(f.fault)
	switch {
	case fault == nil:
		return nil, err
	case f.trace != "":
		return nil, errors.New("--trace with --fault: the trace of an injected fault cannot be verified")
	}
	o.Prepare = fault.Inject
	return fault, nil
}

// explanations returns the number of failures to explain.
func (f *runFlags) explanations() int {
	if f.explain < 0 && f.html != "" {
		return explained
	}
	return max(f.explain, 0)
}

// layers reports whether the driver has layers that ground truth can replace, which
// explanations need. It returns an error if --explain asks for them in vain, or if the
// fault cannot be injected into the driver. Only the first case that can be started is
// looked at, and only if the answer matters.
func (f *runFlags) layers(ctx context.Context, job *suite.Job, fault *faults.Fault) (bool, error) {
	if fault == nil && f.explanations() == 0 {
		return false, nil
	}
	factory, err := await(ctx, job.Options.NewFactory)
	if err != nil {
		return false, err
	}
	for _, c := range job.Shard.Cases(job.Suite.Cases) {
		spec, err := runner.Compile(c)
		if err != nil {
			continue // its result says so
		}
		r, err := runner.NewCaseRun(spec, factory.Driver)
		if err != nil {
			continue
		}
		layers := !f.registry.IsReference(f.id.Name) && len(oracle.Layers(r.Session)) > 0
		switch {
		case fault != nil && !layers:
			err = fmt.Errorf("--fault needs the layers of the stack; --driver %s has none", f.id.Name)
		case fault != nil:
			err = named("--fault", fault.Inject(r.Session))
		case f.explain > 0 && !layers:
			err = fmt.Errorf("--explain needs the layers of the stack; --driver %s has none", f.id.Name)
		}
		return layers, errors.Join(err, factory.Close())
	}
	return false, factory.Close()
}

// options returns how to drive, according to the flags.
func (f *runFlags) options() (runner.Options, error) {
	if err := f.check(); err != nil {
		return runner.Options{}, err
	}
	id, err := f.registry.Resolve(f.id)
	if err != nil {
		return runner.Options{}, err
	}
	expert := runner.GroundTruth
	if id.Name == runner.Stack && id.Perception == runner.Oracle {
		expert = runner.DriverIsExpert
	}
	return runner.Options{
		Jobs: f.jobs, DriverID: id, Repeat: f.repeat(),
		Timeout: clock.FromSeconds(f.timeout.Seconds()), Expert: expert,
		NewFactory: func() (runner.DriverFactory, error) { return f.registry.Open(id) },
	}, nil
}

// setup describes the driver for the results document.
func (f *runFlags) setup(o *runner.Options) *runner.RunConfig {
	c := runner.RunConfig{DriverID: o.DriverID, Fault: f.fault, TimeoutSeconds: o.Timeout.Seconds(), Build: commit()}
	c.ISA = f.isa
	return &c
}

// repeat returns the maker of commands that drive a case in the same way.
func (f *runFlags) repeat() runner.Repeat {
	var parts []string
	if text := f.text(); text != "" {
		parts = append(parts, text)
	}
	for _, flag := range []struct{ name, value string }{{"isa", f.isa}, {"fault", f.fault}} {
		if flag.value != "" {
			parts = append(parts, "--"+flag.name+" "+runner.ShellQuote(flag.value))
		}
	}
	if f.timeout > 0 {
		parts = append(parts, "--timeout "+f.timeout.String())
	}
	return runner.Repeat{Program: f.program, Flags: strings.Join(parts, " ")}
}

// newPage starts a report, with the replay program if this build has it. It keeps
// videos if a sensor fault changes what the driver sees.
func (f *runFlags) newPage(fault *faults.Fault) (*report.Page, error) {
	if f.noCameras {
		return report.NewPage(report.PageOptions{Repeat: f.repeat()}), nil
	}
	program, err := report.BundledProgram()
	if err != nil && !errors.Is(err, report.ErrNoProgram) {
		return nil, err
	}
	films := fault != nil && fault.Layer == trace.LayerSensor
	return report.NewPage(report.PageOptions{Repeat: f.repeat(), Program: program, Videos: films}), nil
}

func writePage(path string, page *report.Page, r *runner.Results) error {
	data, err := page.Render(r)
	if err != nil {
		return err
	}
	return fileio.Write(path, data)
}

// exit returns the error that determines the exit code.
func exit(err error, r *runner.Results, rule analysis.Rule) error {
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

// invalid returns an error that names a case that could not be driven.
func invalid(r *runner.Results) error {
	i := slices.IndexFunc(r.Cases, func(c runner.Result) bool { return c.Invalid })
	return fmt.Errorf("%s could not be driven: %s", english.Plural(r.Invalid, "case", ""), r.Cases[i].Reason)
}

// selectSeeds returns the cases of the named scenarios by seed. Without names it takes
// the whole library.
func selectSeeds(ctx context.Context, names []string, f *runFlags) (*suite.Suite, error) {
	seeds := suite.SeedRange{First: f.seed, Last: f.seed}
	if f.seeds != "" {
		var err error
		if seeds, err = suite.ParseRange(f.seeds); err != nil {
			return nil, fmt.Errorf("--seeds %w", err)
		}
	}
	return suite.Select(ctx, suite.Query{Patterns: names, Seeds: &seeds})
}

// writeTrace writes the trace of an outcome, if there is a folder for it.
func writeTrace(folder string, out *runner.Outcome) error {
	if folder == "" || out.Trace == nil {
		return nil
	}
	data, err := out.Trace.Encode()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.trace", out.Case.Scenario.Slug(), out.Case.Label())
	return fileio.Write(filepath.Join(folder, name), data)
}

func printJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// printResults prints the results as JSON, or the totals below the table of verdicts.
func printResults(w io.Writer, r *runner.Results, f *runFlags) error {
	if f.asJSON {
		return printJSON(w, r)
	}
	out := newScreen(w)
	_, err := fmt.Fprintf(out, "%s: %d of %d passed%s\n", r.Setup.DriverID, r.Passed, len(r.Cases), unpreventable(r))
	return errors.Join(err, out.Flush())
}

// unpreventable returns the number of unpreventable failures in words, "" for none.
func unpreventable(r *runner.Results) string {
	if r.Unpreventable == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of %s unpreventable", r.Unpreventable, english.Plural(r.Failed, "failure", ""))
}
