package drive

import (
	"fmt"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Mix is the shares of drivers of cars, trucks and buses that differ from the ordinary
// driver of package traffic. The parameters of each driver are drawn from the seed of the
// episode.
type Mix struct {
	// Aggressive drivers keep 0.4 to 0.8 s to the car ahead, accelerate with up to 3 m/s²
	// and brake late.
	Aggressive float64 `json:"aggressive,omitempty"`
	// Distracted drivers change their speed for no reason, start slowly, and brake late and
	// hard.
	Distracted float64 `json:"distracted,omitempty"`
	// Imprecise drivers wander by up to 0.6 m about the middle of their lane, and their
	// speed varies a little.
	Imprecise float64 `json:"imprecise,omitempty"`
}

// DefaultMix returns a mix in which half of the drivers are ordinary.
func DefaultMix() Mix { return Mix{Aggressive: .2, Distracted: .15, Imprecise: .15} }

func (m *Mix) check() error {
	if !(m.Aggressive >= 0 && m.Distracted >= 0 && m.Imprecise >= 0 && m.Aggressive+m.Distracted+m.Imprecise <= 1) {
		return fmt.Errorf("shares of drivers %+v, want at least 0 and at most 1 in total", *m)
	}
	return nil
}

// scriptLength is the time for which a script of a driver lasts, s. An episode is shorter.
const scriptLength = 120.0

// assign makes drivers out of the ordinary ones of a crowd.
func (m *Mix) assign(roads *road.Map, seed uint64, crowd []sim.ActorSpec) {
	for i := range crowd {
		a := &crowd[i]
		drive, ok := a.Behavior.(sim.Drive)
		if !ok || a.Kind == actor.Cyclist || a.Kind == actor.Motorcycle {
			continue
		}
		r := rng.New(seed, a.Name, "mix")
		limit := roads.Lanes[a.Start.Lane].SpeedLimit
		slow := a.Kind == actor.Truck || a.Kind == actor.Bus
		switch share := r.Float64(); {
		case share < m.Aggressive:
			drive.Model = &vehicle.IDM{V0: limit, T: r.Range(.4, .8), S0: r.Range(1, 1.5), A: r.Range(2, 3), B: r.Range(3, 5), Delta: 4}
			if slow {
				drive.Model.A = r.Range(1, 1.5)
			}
		case share < m.Aggressive+m.Distracted:
			drive.Model = &vehicle.IDM{V0: limit * r.Range(.8, 1), T: r.Range(.7, 1.5), S0: r.Range(1.5, 3), A: r.Range(.8, 1.4), B: r.Range(4, 6), Delta: 4}
			a.Script = wander(&r, limit, .6, 4, 10, 0)
		case share < m.Aggressive+m.Distracted+m.Imprecise:
			a.Script = wander(&r, limit, .85, 2, 5, .6)
		}
		a.Behavior = drive
	}
}

// wander returns a script of changes at random times between lo and hi seconds: of the
// speed between a least share of the limit and the limit, or, if off is above 0, of the
// offset in the lane by up to off meters as often.
func wander(r *rng.Stream, limit, least, lo, hi, off float64) []sim.Maneuver {
	var script []sim.Maneuver
	for t := 0.0; t < scriptLength; {
		wait := r.Range(lo, hi)
		t += wait
		var do sim.Action = sim.Speed{Target: limit * r.Range(least, 1), Accel: r.Range(.5, 2)}
		if off > 0 && r.Chance(.6) {
			do = sim.Offset{D: r.Range(-off, off), Over: r.Range(1.5, 3)}
		}
		script = append(script, sim.Maneuver{When: sim.Trigger{{What: sim.Since, Is: sim.AtLeast, Value: wait}}, Do: do})
	}
	return script
}
