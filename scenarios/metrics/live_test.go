package metrics_test

import (
	"math"
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics"
)

// A run that is measured live, in uneven portions, has the same values over time as the
// complete run, also at a collision and while the ego stands.
func TestLiveEqualsCompleteRun(t *testing.T) {
	for _, name := range []string{"cut-in", "red-light", "stop-and-go"} {
		whole := drivetest.Record(t, name, nil)
		want := metrics.ComputeSafety(whole)
		live, part := metrics.NewLive(), *whole
		for n := 1; n <= len(whole.Steps); n += 1 + n%7 {
			part.Steps = whole.Steps[:n]
			live.Update(&part, 5)
		}
		for more := true; more; {
			_, more = live.Update(whole, 3)
		}
		got, _ := live.Update(whole, 3) // nothing new
		if len(got.Times) != len(want.Times) {
			t.Fatalf("%s: %d steps measured, want %d", name, len(got.Times), len(want.Times))
		}
		for k := range want.Series {
			w, g := &want.Series[k], got.Find(want.Series[k].Name)
			for i := range want.Times {
				if !alike(w.Truth[i], g.Truth[i]) || !alike(w.Believed[i], g.Believed[i]) {
					t.Fatalf("%s: %s at step %d is %g and %g, want %g and %g", name, w.Name, i, g.Truth[i], g.Believed[i], w.Truth[i], w.Believed[i])
				}
			}
		}
		for i := range want.Leads {
			if got.Leads[i] != want.Leads[i] {
				t.Fatalf("%s: at step %d the lead is %d, want %d", name, i, got.Leads[i], want.Leads[i])
			}
		}
	}
}

func alike(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
