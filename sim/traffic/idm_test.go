package traffic_test

import (
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/rng"
	"roadloop/sim/traffic"
)

// reference holds independently computed equilibria of the published parameter sets.
var reference = []struct {
	name     string
	idm      traffic.IDM
	gaps     map[float64]float64 // at speed in km/h, m
	capacity float64             // veh/h for vehicles of 5 m
	at       float64             // km/h
}{
	{"highway", traffic.HighwayIDM(), map[float64]float64{50: 16.134, 72: 23.581, 90: 32.656, 100: 41.384, 110: 60.048}, 2519.2, 72.2},
	{"city", traffic.CityIDM(), map[float64]float64{10: 4.781, 30: 10.864, 50: 30.867}, 1957.5, 36.5},
	{"Treiber 2000", traffic.Treiber2000IDM(), map[float64]float64{50: 24.596, 72: 36.443, 90: 50.798, 100: 64.547}, 1742.8, 66.8},
	{"nuPlan", traffic.IDM{V0: 10, T: 1.5, S0: 1, A: 1, B: 2, Delta: 4}, map[float64]float64{30: 18.762}, 1388.9, 24},
	{"SUMO", traffic.IDM{V0: 120 / 3.6, T: 1, S0: 2.5, A: 2.6, B: 4.5, Delta: 4}, map[float64]float64{72: 24.117, 100: 42.079}, 2473, 72.8},
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
	idm := traffic.CityIDM()
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

// TestRingReachesEquilibrium simulates identical drivers on a ring until
// equilibrium: gap, speed and flow must match the theory within 1 %.
func TestRingReachesEquilibrium(t *testing.T) {
	const n = 40
	car := actor.DefaultShape(actor.Car).Length
	idm := traffic.IDM{V0: 10, T: 1.2, S0: 2, A: 2.5, B: 2, Delta: 4} // string stable, and slow enough for the curve
	for _, gap := range []float64{6, 12, 20} {
		s := newScene(ring(n * (gap + car)))
		for i := range n {
			start := (float64(i) + 0.2*math.Sin(float64(i))) * (gap + car)
			s.drive(t, actor.Car, traffic.DriverConfig{S: math.Max(0, start), Speed: 5, Model: &idm, KeepLane: true,
				Stream: rng.New(1, "ring", "driver")})
		}
		s.run(300, nil)
		want := equilibriumSpeed(&idm, gap)
		flow := 0.0
		for i := range n {
			v := s.speed(i)
			flow += v
			if math.Abs(v-want) > 0.01*want {
				t.Errorf("gap %g m: vehicle %d at %.3f m/s, want %.3f", gap, i, v, want)
			}
		}
		flow *= 3600 / (n * (gap + car))
		if theory := 3600 * want / (gap + car); math.Abs(flow-theory) > 0.01*theory {
			t.Errorf("gap %g m: flow %.1f veh/h, want %.1f", gap, flow, theory)
		}
	}
}

// equilibriumSpeed inverts EquilibriumGap by bisection.
func equilibriumSpeed(idm *traffic.IDM, gap float64) float64 {
	lo, hi := 0.0, idm.V0*(1-1e-12)
	for range 100 {
		if mid := (lo + hi) / 2; idm.EquilibriumGap(mid) < gap {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// TestPlatoonStability slows the leader of 40 vehicles by 1 m/s for a while: the
// dip grows along the platoon exactly if the string is unstable in theory.
func TestPlatoonStability(t *testing.T) {
	treiber := traffic.Treiber2000IDM()
	quick := treiber
	quick.A = 2.0 // above the critical 1.331 m/s²
	for _, c := range []struct {
		name  string
		idm   traffic.IDM
		v     float64
		grows bool
	}{
		{"Treiber 2000 at 8 m/s", treiber, 8, true},
		{"Treiber 2000 at 28 m/s", treiber, 28, false},
		{"quick Treiber at 8 m/s", quick, 8, false},
	} {
		first, last := dips(t, c.idm, c.v)
		if (last > first) != c.grows {
			t.Errorf("%s: dip of %.3f m/s at the sixteenth vehicle, %.3f at the last; want growth: %v", c.name, first, last, c.grows)
		}
	}
}

// dips returns the largest speed drop below v of the sixteenth and the last vehicle of a
// platoon.
func dips(t *testing.T, idm traffic.IDM, v float64) (first, last float64) {
	const n = 40
	s := newScene(straight(1, 20000, 100))
	space := idm.EquilibriumGap(v) + actor.DefaultShape(actor.Car).Length
	lead := s.drive(t, actor.Car, traffic.DriverConfig{S: n * space, Speed: v, Compliance: traffic.Blind})
	for i := 1; i < n; i++ {
		s.drive(t, actor.Car, traffic.DriverConfig{S: float64(n-i) * space, Speed: v, Model: &idm, KeepLane: true})
	}
	s.t.SetSpeed(lead, v-1, 1)
	s.run(8, nil)
	s.t.SetSpeed(lead, v, 1)
	s.run(200, func() {
		first = math.Max(first, v-s.speed(15))
		last = math.Max(last, v-s.speed(n-1))
	})
	return first, last
}
