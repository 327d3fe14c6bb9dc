package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"roadloop/scenarios"
	"roadloop/scenarios/baseline"
	"roadloop/scenarios/github"
	"roadloop/scenarios/junit"
	"roadloop/scenarios/summary"
)

// outputs are the files that test and merge write.
type outputs struct{ junit, markdown string }

func (o *outputs) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&o.junit, "junit", "", "write JUnit XML for a CI system to this `file`")
	fl.StringVar(&o.markdown, "markdown", "", "write a comment for a pull request to this `file`")
}

// write writes the files that were asked for, and in GitHub Actions annotations and
// the summary of the job.
func (o *outputs) write(r *scenarios.Results, c *baseline.Comparison, stderr io.Writer) error {
	if o.junit != "" {
		data, err := junit.Encode(r)
		if err == nil {
			err = writeInto(o.junit, data)
		}
		if err != nil {
			return fmt.Errorf("--junit: %w", err)
		}
	}
	var text bytes.Buffer
	if err := summary.Markdown(&text, r, c); err != nil {
		return err
	}
	if o.markdown != "" {
		if err := writeInto(o.markdown, text.Bytes()); err != nil {
			return fmt.Errorf("--markdown: %w", err)
		}
	}
	if !inGitHub() {
		return nil
	}
	if err := github.Annotate(stderr, r); err != nil {
		return err
	}
	return appendStepSummary(os.Getenv("GITHUB_STEP_SUMMARY"), text.Bytes())
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
	return summary.Text(w, r, c)
}

// writeJSON writes a document to a file.
func writeJSON(path string, r *scenarios.Results) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeInto(path, append(data, '\n'))
}
