// Command ownplanner is roadloop with one more driver, "cruise", whose planner is in this
// folder. All commands know it: ownplanner run cut-in --driver cruise.
package main

import (
	"os"

	"roadloop/cli"
	"roadloop/drivers"
	"roadloop/examples/ownplanner/cruise"
)

func main() {
	r := drivers.New()
	r.Register(cruise.Name, cruise.New)
	os.Exit(cli.Main(r))
}
