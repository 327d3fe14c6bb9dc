package clock_test

import (
	"fmt"
	"testing"

	"roadloop/sim/clock"
)

func TestFromSecondsInvertsSeconds(t *testing.T) {
	for _, c := range []struct {
		s    float64
		want clock.Tick
	}{{0, 0}, {6.35, 635}, {-.2, -20}, {.004, 0}, {.006, 1}, {3600, 360000}} {
		if got := clock.FromSeconds(c.s); got != c.want {
			t.Errorf("%g s are %d ticks, want %d", c.s, got, c.want)
		}
	}
	for tick := clock.Tick(-500); tick < 500; tick++ {
		if got := clock.FromSeconds(tick.Seconds()); got != tick {
			t.Errorf("tick %d comes back as %d", tick, got)
		}
	}
}

func ExampleTick_String() {
	fmt.Println(clock.Tick(635))
	// Output: 6.35 s
}
