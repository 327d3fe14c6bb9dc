package vehicle_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/sim/vehicle"
)

// reference holds independently computed equilibria of the published parameter sets.
var reference = []struct {
	name     string
	idm      vehicle.IDM
	gaps     map[float64]float64 // at speed in km/h, m
	capacity float64             // veh/h for vehicles of 5 m
	at       float64             // km/h
}{
	{"highway", vehicle.HighwayIDM(), map[float64]float64{50: 16.134, 72: 23.581, 90: 32.656, 100: 41.384, 110: 60.048}, 2519.2, 72.2},
	{"city", vehicle.CityIDM(), map[float64]float64{10: 4.781, 30: 10.864, 50: 30.867}, 1957.5, 36.5},
	{"Treiber 2000", vehicle.Treiber2000IDM(), map[float64]float64{50: 24.596, 72: 36.443, 90: 50.798, 100: 64.547}, 1742.8, 66.8},
	{"nuPlan", vehicle.IDM{V0: 10, T: 1.5, S0: 1, A: 1, B: 2, Delta: 4}, map[float64]float64{30: 18.762}, 1388.9, 24},
	{"SUMO", vehicle.IDM{V0: 120 / 3.6, T: 1, S0: 2.5, A: 2.6, B: 4.5, Delta: 4}, map[float64]float64{72: 24.117, 100: 42.079}, 2473, 72.8},
}

func TestEquilibriumGaps(t *testing.T) {
	for _, c := range reference {
		for kmh, want := range c.gaps {
			v := kmh / 3.6
			gap := c.idm.EquilibriumGap(v)
			if math.Abs(gap-want) > 6e-4 {
				t.Errorf("%s at %g km/h: gap %.4f m, want %.3f", c.name, kmh, gap, want)
			}
			if a := c.idm.Accel(v, gap, v); math.Abs(a) > 1e-12 {
				t.Errorf("%s at %g km/h: acceleration %g at equilibrium", c.name, kmh, a)
			}
		}
	}
}

func TestCapacity(t *testing.T) {
	for _, c := range reference {
		most, at := 0.0, 0.0
		for v := 0.1; v < c.idm.V0; v += 0.005 {
			if q := 3600 * v / (c.idm.EquilibriumGap(v) + 5); q > most {
				most, at = q, v*3.6
			}
		}
		if math.Abs(most-c.capacity) > 0.1 || math.Abs(at-c.at) > 0.1 {
			t.Errorf("%s: capacity %.1f veh/h at %.1f km/h, want %.1f at %.1f", c.name, most, at, c.capacity, c.at)
		}
	}
}

// The acceleration is zero at the desired speed on a free road and at rest at S0.
func TestIDMLimits(t *testing.T) {
	idm := vehicle.CityIDM()
	if a := idm.Accel(idm.V0, math.Inf(1), 0); math.Abs(a) > 1e-12 {
		t.Errorf("acceleration %g at the desired speed on a free road", a)
	}
	if a := idm.Accel(0, idm.S0, 0); math.Abs(a) > 1e-12 {
		t.Errorf("acceleration %g at rest at the jam distance", a)
	}
	if a := idm.Accel(10, -1, 0); !math.IsInf(a, -1) {
		t.Errorf("acceleration %g after contact, want no bound", a)
	}
	if a := idm.Accel(3*idm.V0, math.Inf(1), 0); a != -idm.B {
		t.Errorf("acceleration %g far above the desired speed, want -B = %g", a, -idm.B)
	}
}

// Behind a leader, FollowAccel and Accel differ by what the desired speed takes away.
func TestFollowAccelIgnoresDesiredSpeed(t *testing.T) {
	idm := vehicle.IDM{V0: 10, T: 1.5, S0: 2, A: 1, B: 4, Delta: 4}
	// s* = 2 + 12·1.5 + 12·4/(2·√4) = 32.
	if a := idm.FollowAccel(12, 16, 8); a != -3 {
		t.Errorf("acceleration %g at half the desired gap, want -3", a)
	}
	if a, want := idm.Accel(5, 19, 5), idm.FollowAccel(5, 19, 5)-1.0/16; math.Abs(a-want) > 1e-12 {
		t.Errorf("acceleration %g at half the desired speed, want %g", a, want)
	}
}

func ExampleIDM() {
	driver := vehicle.HighwayIDM()
	fmt.Printf("at 100 km/h a gap of %.1f m is kept\n", driver.EquilibriumGap(100/3.6))
	fmt.Printf("at half of it: %.1f m/s²\n", driver.Accel(100/3.6, 20.7, 100/3.6))
	// Output:
	// at 100 km/h a gap of 41.4 m is kept
	// at half of it: -1.6 m/s²
}
