// Command ownplanner is roadloop with one more driver, "cruise". Its planner is in package
// cruise. All commands know it: ownplanner run cut-in --driver cruise.
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
