package cli

import (
	"io"

	"roadloop/drivers"
)

// execute runs a command line of the standard program and returns its exit code.
func execute(args []string, stdout, stderr io.Writer) int {
	return runArgs(drivers.New(), args, stdout, stderr)
}
