package traffic_test

import (
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/rng"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// TestRingReachesEquilibrium simulates identical drivers on a ring until
// equilibrium: gap, speed and flow must match the theory within 1 %.
func TestRingReachesEquilibrium(t *testing.T) {
	const n = 40
	car := actor.DefaultShape(actor.Car).Length
	idm := vehicle.IDM{V0: 10, T: 1.2, S0: 2, A: 2.5, B: 2, Delta: 4} // string stable, and slow enough for the curve
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
func equilibriumSpeed(idm *vehicle.IDM, gap float64) float64 {
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
	treiber := vehicle.Treiber2000IDM()
	quick := treiber
	quick.A = 2.0 // above the critical 1.331 m/s²
	for _, c := range []struct {
		name  string
		idm   vehicle.IDM
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
func dips(t *testing.T, idm vehicle.IDM, v float64) (first, last float64) {
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
