// Command roadloop-desktop opens the window: drive a scenario, inspect perception and
// planning, take over, rewind, and explore what-if branches. H shows the keys.
package main

import (
	"os"

	"roadloop/desktop"
	"roadloop/drivers"
)

func main() { os.Exit(desktop.Main(drivers.New())) }
