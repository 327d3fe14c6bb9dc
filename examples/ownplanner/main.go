// Command ownplanner is roadloop with one more driver, "cruise": the modular stack with a
// planner of its own. All commands know it:
//
//	ownplanner run cut-in --driver cruise
//
// With the build tag window it is the window instead.
package main

import (
	"os"

	"roadloop/cli"
	"roadloop/drivers"
)

// program is the command line, or the window.
var program = cli.Main

func main() {
	r := drivers.New()
	r.Register("cruise", newCruise)
	os.Exit(program(r))
}
