package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"roadloop/internal/fileio"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
)

// outputs are the additional output files of test and merge.
type outputs struct{ junit, markdown string }

// sideFile is an output file and the flag that asks for it.
type sideFile struct{ flag, path string }

// checkFiles returns an error for the first file that cannot be written, before the
// work starts. It creates missing folders. Files without a path are skipped.
func checkFiles(files ...sideFile) error {
	for _, f := range files {
		if f.path == "" {
			continue
		}
		if err := fileio.Check(f.path); err != nil {
			return fmt.Errorf("%s: %w", f.flag, err)
		}
	}
	return nil
}

// checkFolder returns an error if no files can be written to a folder. An empty path is
// skipped.
func checkFolder(flag, path string) error {
	if path == "" {
		return nil
	}
	return named(flag, fileio.CheckFolder(path))
}

func (o *outputs) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&o.junit, "junit", "", "write JUnit XML for a CI system to this `file`")
	fl.StringVar(&o.markdown, "markdown", "", "write a pull-request comment to this `file`")
}

// check returns an error if an output file cannot be written.
func (o *outputs) check() error {
	return checkFiles(sideFile{"--junit", o.junit}, sideFile{"--markdown", o.markdown})
}

// write writes the output files, and in GitHub Actions the annotations and the job
// summary. It tries all and joins the errors.
func (o *outputs) write(r *runner.Results, c *analysis.Comparison, rule analysis.Rule, stderr io.Writer) error {
	var text bytes.Buffer
	err := report.Markdown(&text, r, c, rule)
	if o.junit != "" {
		data, failed := report.JUnit(r)
		if failed == nil {
			failed = fileio.Write(o.junit, data)
		}
		err = errors.Join(err, named("--junit", failed))
	}
	if o.markdown != "" {
		err = errors.Join(err, named("--markdown", fileio.Write(o.markdown, text.Bytes())))
	}
	if inGitHub() {
		err = errors.Join(err, report.Annotate(stderr, r, rule), appendStepSummary(os.Getenv("GITHUB_STEP_SUMMARY"), text.Bytes()))
	}
	return err
}

// named adds a flag name to an error, if there is one.
func named(flag string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", flag, err)
}

// appendStepSummary appends to GitHub's job summary file.
func appendStepSummary(path string, text []byte) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// printReport prints the results as text, or as JSON that includes the comparison.
func (f *runFlags) printReport(w io.Writer, r *runner.Results, c *analysis.Comparison) error {
	if f.asJSON {
		whole := *r
		if c != nil { // a typed nil would not be omitted
			whole.Comparison = c
		}
		return printJSON(w, &whole)
	}
	out := newScreen(w)
	return errors.Join(report.Text(out, r, c), out.Flush())
}
