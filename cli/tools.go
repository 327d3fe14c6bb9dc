package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"roadloop/assets"
	"roadloop/internal/opencv"
	"roadloop/scenarios"
)

func newList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [WORD…]",
		Short: "List the scenarios of the library",
		Long: `List the scenarios of the library. With WORDs, list those that have one of the words
in their name, family or tags.`,
		Example: `  roadloop list
  roadloop list cut             scenarios about cutting in or out
  roadloop list light:night --json`,
		RunE: func(cmd *cobra.Command, words []string) error {
			all, err := scenarios.Library()
			if err != nil {
				return err
			}
			all = slices.DeleteFunc(all, func(s *scenarios.Scenario) bool { return !mentions(s, words) })
			if len(all) == 0 {
				return fmt.Errorf("no scenario has %s in its name, family or tags", strings.Join(words, " or "))
			}
			return printScenarios(cmd.OutOrStdout(), all, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document instead of a table")
	return cmd
}

// mentions reports whether a scenario has one of the words in its name, family or tags.
// It is true without words.
func mentions(s *scenarios.Scenario, words []string) bool {
	about := append([]string{s.Slug(), s.Family}, s.Tags...)
	has := func(word string) bool {
		return slices.ContainsFunc(about, func(text string) bool { return strings.Contains(text, strings.ToLower(word)) })
	}
	return len(words) == 0 || slices.ContainsFunc(words, has)
}

// listing is the JSON document of list.
type listing struct {
	Schema    string           `json:"schema"`
	Scenarios []listedScenario `json:"scenarios"`
}

type listedScenario struct {
	Name        string   `json:"name"`
	Family      string   `json:"family"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Tags        []string `json:"tags,omitempty"`
}

func printScenarios(w io.Writer, all []*scenarios.Scenario, asJSON bool) error {
	if asJSON {
		doc := listing{Schema: "roadloop.scenarios/1"}
		for _, s := range all {
			doc.Scenarios = append(doc.Scenarios, listedScenario{s.Slug(), s.Family, s.Name, s.Description, s.Tags})
		}
		return printJSON(w, &doc)
	}
	out := newScreen(w)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.Slug(), s.Family, s.Description)
	}
	return errors.Join(t.Flush(), out.Flush())
}

func newDoctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check the environment",
		Long: `Print the number of cores, the display, the bundled network, and whether the program
includes OpenCV and finds the tools that tests need.`,
		Example: "  roadloop doctor",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "cores:    %d\n", runtime.NumCPU())
			display := os.Getenv("DISPLAY")
			if display == "" {
				display = "none; roadloop-desktop needs one (Xvfb is enough)"
			}
			fmt.Fprintf(w, "display:  %s\n", display)
			model := "ok"
			if m, err := assets.Model(); err != nil {
				model = err.Error()
			} else {
				model = fmt.Sprintf("%d parameters, %v", m.Count(), m.Config)
			}
			fmt.Fprintf(w, "model:    %s\n", model)
			openCV := "included"
			if !opencv.Included {
				openCV = "no MP4, no --perception cnn-opencv: " + opencv.ErrNotIncluded.Error()
			}
			fmt.Fprintf(w, "opencv:   %s\n", openCV)
			for _, tool := range []string{"xvfb-run", "pkg-config"} {
				where, err := exec.LookPath(tool)
				if err != nil {
					where = "missing"
				}
				fmt.Fprintf(w, "%-9s %s\n", tool+":", where)
			}
			return nil
		},
	}
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  roadloop version",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			build := "with OpenCV"
			if !opencv.Included {
				build = "without OpenCV (nocv)"
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "roadloop %s, %s, %s %s/%s\n", commit(), build, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// commit returns the version of the build: the commit, with "+changes" if the sources
// were modified; else the released version; else "development build".
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return developmentBuild
	}
	return commitOf(info)
}

const developmentBuild = "development build"

func commitOf(info *debug.BuildInfo) string {
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	switch revision := settings["vcs.revision"]; {
	case revision != "" && settings["vcs.modified"] == "true":
		return revision + "+changes"
	case revision != "":
		return revision
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	}
	return developmentBuild
}
