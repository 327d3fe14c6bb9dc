package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noArgs rejects arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misused(cmd, "takes no arguments, got %q", strings.Join(args, " "))
	}
	return nil
}

// oneArg rejects anything but the single argument that the usage of the command names.
func oneArg(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return misused(cmd, "takes one %s, got %d: %s", argName(cmd), len(args), strings.Join(args, " "))
	}
	return someArgs(cmd, args)
}

// someArgs rejects a command line without arguments.
func someArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misused(cmd, "%s is missing", argName(cmd))
	}
	return nil
}

// argName returns the argument in the usage of a command, such as TRACE.
func argName(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.Use, " ")
	return strings.TrimSuffix(name, "…")
}

// misused returns an error that shows the usage of a command.
func misused(cmd *cobra.Command, format string, args ...any) error {
	return fmt.Errorf("%s: %s\nusage: %s", cmd.Name(), fmt.Sprintf(format, args...), cmd.UseLine())
}

// exclusive returns an error if more than one of the named flags was given.
func exclusive(cmd *cobra.Command, names ...string) error {
	first := ""
	for _, name := range names {
		switch {
		case !cmd.Flags().Changed(name):
		case first == "":
			first = name
		default:
			return fmt.Errorf("--%s and --%s exclude each other", first, name)
		}
	}
	return nil
}
