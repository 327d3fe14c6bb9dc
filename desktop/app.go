package desktop

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roadloop/desktop/internal/display" // exits with advice if there is no display
	"roadloop/drivers"
	"roadloop/scenarios/runner"
)

// Main runs the command line of the process with the drivers of a registry, and returns
// the exit code.
func Main(r *drivers.Registry) int {
	if err := rootCommand(r).Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "roadloop-desktop:", err)
		return 2
	}
	return 0
}

func rootCommand(r *drivers.Registry) *cobra.Command {
	config := settings{Drivers: r}
	var picture picture
	c := &cobra.Command{
		Use:  "roadloop-desktop [SCENARIO | CASE | FILE.yaml | FILE.trace]",
		Args: cobra.MaximumNArgs(1), SilenceErrors: true, SilenceUsage: true,
		RunE: func(c *cobra.Command, args []string) error {
			if err := picture.check(c.Flags().Changed("at")); err != nil {
				return err
			}
			for _, flag := range []string{"perception", "model"} {
				if r.IsPolicy(config.Driver.Name) && c.Flags().Changed(flag) {
					return fmt.Errorf("--%s has no effect: the policy %s has its own observations and network", flag, config.Driver.Name)
				}
			}
			return openWindow(config, picture, args)
		},
	}
	c.SetHelpFunc(func(c *cobra.Command, _ []string) { fmt.Fprint(c.OutOrStdout(), display.Help) })
	c.Flags().StringVar(&config.Driver.Name, "driver", runner.Stack, "")
	c.Flags().StringVar(&config.Driver.Perception, "perception", runner.CNN, "")
	c.Flags().StringVar(&config.Driver.Model, "model", "", "")
	c.Flags().StringVar(&picture.path, "screenshot", "", "")
	c.Flags().DurationVar(&picture.at, "at", 0, "")
	return c
}

// picture is the requested screenshot, none if path is "".
type picture struct {
	path string
	at   time.Duration
}

// check reports flags that contradict each other or have no effect. timed reports that a
// time was given.
func (p *picture) check(timed bool) error {
	switch {
	case p.path == "" && timed:
		return errors.New("--at is the time of a screenshot: it needs --screenshot")
	case p.at < 0:
		return fmt.Errorf("--at %v: must be a duration ≥ 0 such as 2.5s", p.at)
	case p.path != "" && !strings.EqualFold(filepath.Ext(p.path), ".png"):
		return fmt.Errorf("--screenshot %s: the extension must be .png", p.path)
	}
	return nil
}

// openWindow opens the window until it is closed, or until the screenshot is saved.
func openWindow(config settings, picture picture, args []string) (err error) {
	if picture.path != "" {
		// Do not touch the user's layout and folders.
		dir, err := os.MkdirTemp("", "roadloop-desktop-")
		if err != nil {
			return fmt.Errorf("creating a temporary folder: %w", err)
		}
		defer os.RemoveAll(dir)
		config.Folder, config.Settings = dir, dir
	}
	var opening opening
	if len(args) == 1 {
		if opening, err = find(args[0]); err != nil {
			return err
		}
	}
	w, err := newWindow(config)
	if err != nil {
		return err
	}
	w.Open(opening)
	if picture.path != "" {
		return errors.Join(w.Screenshot(picture.path, picture.at.Seconds()), w.Close())
	}
	return errors.Join(w.Run(), w.Close())
}
