package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"roadloop/assets"
	"roadloop/scenarios"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the scenarios of the library",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := scenarios.Library()
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, s := range all {
				fmt.Fprintf(t, "%s\t%s\t%s\n", s.Slug(), s.Family, s.Description)
			}
			return t.Flush()
		},
	}
}

func newDoctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine has and lacks",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "cores:    %d\n", runtime.NumCPU())
			display := os.Getenv("DISPLAY")
			if display == "" {
				display = "none; roadloop-desktop needs one (Xvfb will do)"
			}
			fmt.Fprintf(w, "display:  %s\n", display)
			model := "ok"
			if m, err := assets.Model(); err != nil {
				model = err.Error()
			} else {
				model = fmt.Sprintf("%d parameters, %v", m.Count(), m.Config)
			}
			fmt.Fprintf(w, "model:    %s\n", model)
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
		Use:   "version",
		Short: "Print what was built",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "roadloop %s, %s %s/%s\n", commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// commit returns what the program was built from: the commit, with "+changes" where the
// sources had others; else the released version; else "development build".
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
