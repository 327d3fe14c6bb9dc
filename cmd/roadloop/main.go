// Command roadloop drives scenarios headless, verifies traces, writes training data,
// and trains and evaluates the perception network.
package main

import (
	"os"

	"roadloop/cli"
	"roadloop/drivers"
)

func main() { os.Exit(cli.Main(drivers.New())) }
