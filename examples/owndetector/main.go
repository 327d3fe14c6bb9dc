// Command owndetector is roadloop with one more perception, "brightened". Its detector is in
// package brighten. All commands know it: owndetector run night-rain --perception brightened.
package main

import (
	"os"

	"roadloop/cli"
	"roadloop/drivers"
	"roadloop/examples/owndetector/brighten"
)

func main() {
	r := drivers.New()
	r.RegisterPerception(brighten.Name, brighten.Open)
	os.Exit(cli.Main(r))
}
