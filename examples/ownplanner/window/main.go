// Command window is the window of roadloop with the driver of ownplanner.
package main

import (
	"os"

	"roadloop/desktop/app"
	"roadloop/drivers"
	"roadloop/examples/ownplanner/cruise"
)

func main() {
	r := drivers.New()
	r.Register(cruise.Name, cruise.New)
	os.Exit(app.Main(r))
}
