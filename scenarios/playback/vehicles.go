package playback

import (
	"fmt"
	"strings"

	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
)

// vehicleScript returns a script that declares VEHICLES: the parts of vehicles by kind, each an ink
// and alternating x and y; see topview.Part.
func vehicleScript() string {
	var b strings.Builder
	b.WriteString("const VEHICLES = {\n")
	for _, k := range [...]actor.Kind{actor.Car, actor.Van, actor.Truck, actor.Bus} {
		fmt.Fprintf(&b, "  %s: [", k)
		for _, p := range topview.Vehicle(k) {
			fmt.Fprintf(&b, "[%q, [", p.Ink)
			for _, q := range p.Points {
				fmt.Fprintf(&b, "%g,%g,", q.X, q.Y)
			}
			b.WriteString("]],")
		}
		b.WriteString("],\n")
	}
	b.WriteString("};\n")
	return b.String()
}
