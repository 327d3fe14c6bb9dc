package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"roadloop/scenarios"
	"roadloop/scenarios/baseline"
	"roadloop/scenarios/gate"
	"roadloop/scenarios/github"
	"roadloop/scenarios/junit"
	"roadloop/scenarios/summary"
	"roadloop/scenarios/whole"
)

// outputs are the files that test and merge write besides their results.
type outputs struct{ junit, markdown string }

// sideFile is a file that a flag asks for.
type sideFile struct{ flag, path string }

// checkFiles reports the first of some files that cannot be written, before any work is
// done for it. It makes their folders. Files without a path were not asked for.
func checkFiles(files ...sideFile) error {
	for _, f := range files {
		if f.path == "" {
			continue
		}
		if err := whole.Check(f.path); err != nil {
			return fmt.Errorf("%s: %w", f.flag, err)
		}
	}
	return nil
}

// checkFolder reports that files cannot be written into the folder of a flag, and makes
// it. No path is no folder.
func checkFolder(flag, path string) error {
	if path == "" {
		return nil
	}
	return checkFiles(sideFile{flag, filepath.Join(path, "file")})
}

func (o *outputs) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&o.junit, "junit", "", "write JUnit XML for a CI system to this `file`")
	fl.StringVar(&o.markdown, "markdown", "", "write a comment for a pull request to this `file`")
}

// check reports a file that cannot be written.
func (o *outputs) check() error {
	return checkFiles(sideFile{"--junit", o.junit}, sideFile{"--markdown", o.markdown})
}

// write writes the files that were asked for, and in GitHub Actions annotations and
// the summary of the job. It tries all and joins the errors.
func (o *outputs) write(r *scenarios.Results, c *baseline.Comparison, rule gate.Rule, stderr io.Writer) error {
	var text bytes.Buffer
	err := summary.Markdown(&text, r, c, rule)
	if o.junit != "" {
		data, failed := junit.Encode(r)
		if failed == nil {
			failed = whole.Write(o.junit, data)
		}
		err = errors.Join(err, named("--junit", failed))
	}
	if o.markdown != "" {
		err = errors.Join(err, named("--markdown", whole.Write(o.markdown, text.Bytes())))
	}
	if inGitHub() {
		err = errors.Join(err, github.Annotate(stderr, r, rule), appendStepSummary(os.Getenv("GITHUB_STEP_SUMMARY"), text.Bytes()))
	}
	return err
}

// named adds a flag to an error, if there is one.
func named(flag string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", flag, err)
}

// appendStepSummary appends to the file that GitHub shows as the summary of a job.
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

// print prints the results for people, or as a document with the comparison in it.
func (f *runFlags) print(w io.Writer, r *scenarios.Results, c *baseline.Comparison) error {
	if f.asJSON {
		whole := *r
		if c != nil { // a nil pointer would not be left out
			whole.Comparison = c
		}
		return printJSON(w, &whole)
	}
	out := newScreen(w)
	return errors.Join(summary.Text(out, r, c), out.Flush())
}
