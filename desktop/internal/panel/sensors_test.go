package panel

import (
	"strings"
	"testing"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

func TestFaults(t *testing.T) {
	usual := rig.Default().Sensors[0].Timing
	broken := usual
	broken.Latency += 20
	broken.Dropout = .3
	broken.Blackout = [2]clock.Tick{100, 200}
	for _, c := range []struct {
		timing *rig.Timing
		now    clock.Tick
		want   string
	}{{&usual, 150, ""}, {&broken, 50, "drops 30 %, late by 200 ms"}, {&broken, 150, "blackout, drops 30 %, late by 200 ms"}} {
		if got := faultsOf(c.timing, &usual, c.now); got != c.want {
			t.Errorf("at %v: %q, want %q", c.now, got, c.want)
		}
	}
}

// During a blackout the camera's age grows and the panel reports it. Before it, the
// data is fresh and its age is the latency.
func TestBlackoutIsShown(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "camera-blackout", Network: true, Until: 6})
	feed := feedOf(tp)
	p := NewSensors(feed)
	black := -1
	for i := range tp.Len() {
		if strings.Contains(p.sensors(tp.StepAt(i))[0].faults, "blackout") {
			black = i
			break
		}
	}
	if black < 20 {
		t.Fatalf("the blackout begins at frame %d", black)
	}
	before, within := p.sensors(tp.StepAt(black - 5))[0], p.sensors(tp.StepAt(black + 40))[0]
	usual := before.timing.Period + before.timing.Latency
	if before.age > 2*usual || !strings.Contains(before.arrived, "50 ms") {
		t.Errorf("before the blackout: %+v", before)
	}
	if within.age <= 4*before.timing.Latency || within.arrived != "" {
		t.Errorf("within the blackout: %+v", within)
	}
	feed.At = func() int { return black + 40 }
	s := uitest.Show(p, 420, 120, 2)
	uitest.Save(t, "sensors.png", s.Picture())
	if n := uitest.CountNear(s.Picture(), ui.Point{X: 15, Y: 6 + sensorLine + sensorLine/2}, 5, ui.Dark().Bad); n < 4 {
		t.Errorf("%d red pixels of the mark of a lost camera", n)
	}
}

// With an oracle the sensors are off, and the panel says so.
func TestOracleHasNoSensors(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: .3})
	p := NewSensors(feedOf(tp))
	if list := p.sensors(tp.StepAt(tp.Len() - 1)); list != nil {
		t.Errorf("sensors of an oracle: %+v", list)
	}
}
