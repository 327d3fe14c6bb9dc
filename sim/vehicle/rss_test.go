package vehicle_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim/vehicle"
)

// Distances computed from the published formula with the conservative set of
// ad-rss and with that of a Japanese study (ρ 0.75 s, 3 m/s², 6 and 6 m/s²).
func TestSafeDistancesOfReference(t *testing.T) {
	ad := vehicle.ConservativeRSS()
	jrc := vehicle.RSS{Reaction: 0.75, Accel: 3, MinBrake: 6, MaxBrake: 6}
	for _, c := range []struct{ rear, lead, ad, jrc float64 }{
		{50, 50, 41.379, 16.891},
		{50, 0, 53.436, 32.966},
		{100, 80, 120.951, 55.664},
		{130, 80, 203.127, 109.406},
	} {
		if got := ad.Behind(c.rear/3.6, c.lead/3.6); math.Abs(got-c.ad) > 5e-4 {
			t.Errorf("ad-rss, %g behind %g km/h: %.3f m, want %.3f", c.rear, c.lead, got, c.ad)
		}
		if got := jrc.Behind(c.rear/3.6, c.lead/3.6); math.Abs(got-c.jrc) > 5e-4 {
			t.Errorf("JRC, %g behind %g km/h: %.3f m, want %.3f", c.rear, c.lead, got, c.jrc)
		}
	}
}

func TestOncomingByHand(t *testing.T) {
	r := vehicle.RSS{Reaction: 1, OtherReaction: 1, Accel: 2, MinBrake: 4, MinBrakeRight: 2}
	// Own: (10+12)/2 + 144/4 = 47; other: (8+10)/2 + 100/8 = 21.5.
	if got := r.Oncoming(10, 8); math.Abs(got-68.5) > 1e-12 {
		t.Errorf("%g m, want 68.5", got)
	}
}

func TestBesideByHand(t *testing.T) {
	r := vehicle.ConservativeRSS()
	// Left: 0 → 0.2 m/s in 1 s: 0.1 + 0.04/1.6 = 0.125; right: -0.4 m/s after 2 s:
	// -0.4 - 0.16/1.6 = -0.5; 0.1 + 0.625.
	if got := r.Beside(0, 0); math.Abs(got-0.725) > 1e-12 {
		t.Errorf("%g m, want 0.725", got)
	}
	if got := r.Beside(-3, 3); got != r.Margin {
		t.Errorf("apart: %g m, want the margin", got)
	}
}

// Two cars that start at the safe distance and behave as badly as RSS allows do not
// touch.
func TestSafeDistanceIsSafe(t *testing.T) {
	r := vehicle.ConservativeRSS()
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(0, 40).Draw(t, "rear")
		lead := rapid.Float64Range(0, 40).Draw(t, "lead")
		gap := r.Behind(v, lead) + 1e-3
		const dt = 0.001
		for at := 0.0; at < 20; at += dt {
			a := -r.MinBrake
			if at < r.Reaction {
				a = r.Accel
			}
			v = math.Max(0, v+a*dt)
			lead = math.Max(0, lead-r.MaxBrake*dt)
			if gap += (lead - v) * dt; gap < -0.05 { // of the integration
				t.Fatalf("gap %.3f m after %.2f s", gap, at)
			}
		}
	})
}

func ExampleRSS_Behind() {
	r := vehicle.ConservativeRSS()
	fmt.Printf("%.1f m\n", r.Behind(50/3.6, 50/3.6))
	// Output: 41.4 m
}
