package scenarios

import (
	"math"

	"roadloop/sim"
)

// Expectation is what a run must fulfill; see the fields of expect in the schema.
// NaN and Inf stand for what is not asked.
type Expectation struct {
	Allowed         map[sim.EventKind]bool
	MinTTC          float64 // s
	MaxLateralError float64 // m
	MinGap          float64 // m
	Progress        float64 // m
	MeanSpeed       float64 // m/s
	MaxSpeed        float64 // m/s
	Stops           bool
	Reach           float64 // m along its way
}

// expect compiles the expectations.
func (k *compiler) expect() Expectation {
	f := &k.f.Expect
	e := Expectation{
		Allowed:         map[sim.EventKind]bool{sim.Scripted: true},
		MinTTC:          k.value("expect.min_ttc", f.MinTTC, times, 0),
		MaxLateralError: k.value("expect.max_lateral_error", f.MaxLateralError, lengths, math.Inf(1)),
		MinGap:          k.value("expect.min_gap", f.MinGap, lengths, 0),
		Progress:        k.value("expect.progress", f.Progress, lengths, 0),
		MeanSpeed:       k.value("expect.mean_speed", f.MeanSpeed, speeds, 0),
		MaxSpeed:        k.value("expect.max_speed", f.MaxSpeed, speeds, math.Inf(1)),
		Reach:           k.value("expect.reach", f.Reach, lengths, 0),
		Stops:           f.Stops != nil && *f.Stops,
	}
	for _, v := range []struct {
		name, text string
		kind       sim.EventKind
		lenient    bool
	}{
		{"collision", f.Collision, sim.Collision, false}, {"off_road", f.OffRoad, sim.OffRoad, false},
		{"red_light", f.RedLight, sim.RedLight, false}, {"stop_sign", f.StopSign, sim.StopSign, false},
		{"wrong_way", f.WrongWay, sim.WrongWay, true}, {"lane_departure", f.LaneDeparture, sim.LaneDeparture, true},
		{"stranded", f.Stranded, sim.Stranded, true},
	} {
		switch v.text {
		case "":
			e.Allowed[v.kind] = v.lenient
		case "never":
			e.Allowed[v.kind] = false
		case "allowed":
			e.Allowed[v.kind] = true
		default:
			k.fail("expect."+v.name, "%q is neither never nor allowed", v.text)
		}
	}
	return e
}
