package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop/perception/training/dataverify"
)

func newDataVerify() *cobra.Command {
	var format string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify DIR…",
		Short: "Verify the rules of a data set's format",
		Long: `Verify that data sets follow the rules of their format: ids are unique, boxes are inside
their images, categories are contiguous, files and labels belong together, lists are
complete, calibrations and quaternions are valid, links lead back and forth, and sizes are
those of the decoded images. The data set may come from any program. The reader shares no
code with the one that writes data sets.

Each violation names the file, the line and the field. Exit code 1 if a rule is violated,
2 if the folder holds no data set of the format.`,
		Example: `  roadloop data verify out/coco                          the format is in dataset.json
  roadloop data verify --format kitti ~/kitti            a data set of another program
  roadloop data verify --format nuscenes out/nuscenes --json`,
		Args: someArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return verifyData(args, format, asJSON, cmd.OutOrStdout())
		},
	}
	fl := cmd.Flags()
	choiceVar(fl, &format, "format", "", dataverify.Formats(), "format of the data set (default the one in its dataset.json)")
	fl.BoolVar(&asJSON, "json", false, "print JSON instead of text")
	return cmd
}

// verifyData verifies data sets. It returns errFailed if one violates a rule.
func verifyData(dirs []string, format string, asJSON bool, w io.Writer) error {
	var all []*dataverify.Report
	failed := false
	for _, dir := range dirs {
		r, err := dataverify.Verify(dir, format)
		if err != nil {
			return err
		}
		all = append(all, r)
		failed = failed || !r.Valid
		if !asJSON {
			printReport(w, r)
		}
	}
	if asJSON {
		if err := json.NewEncoder(w).Encode(all); err != nil {
			return err
		}
	}
	if failed {
		return errFailed
	}
	return nil
}

// printReport prints the violations of a data set, or what was verified.
func printReport(w io.Writer, r *dataverify.Report) {
	s := newScreen(w)
	for i := range r.Violations {
		fmt.Fprintln(s, r.Violations[i].String())
	}
	if r.Omitted > 0 {
		fmt.Fprintf(s, "… and %s\n", english.Plural(r.Omitted, "more violation", ""))
	}
	verdict := "valid"
	if !r.Valid {
		verdict = english.Plural(len(r.Violations)+r.Omitted, "violation", "")
	}
	fmt.Fprintf(s, "%s: %s: %s, %s, %s\n", r.Dir, r.Format, english.Plural(r.Images, "image", ""), english.Plural(r.Labels, "label", ""), verdict)
}
