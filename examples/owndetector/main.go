// Command owndetector is roadloop with one more perception, "brightened": the bundled network
// on brighter frames. All commands and drivers know it:
//
//	owndetector run night-rain --perception brightened
package main

import (
	"os"

	"roadloop/cli"
	"roadloop/drivers"
)

func main() {
	r := drivers.New()
	r.RegisterPerception("brightened", openBrightened)
	os.Exit(cli.Main(r))
}
