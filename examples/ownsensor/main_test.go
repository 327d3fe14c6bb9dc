package main

import (
	"math"
	"strings"
	"testing"

	"roadloop"
	"roadloop/layertest"
	"roadloop/trace"
)

// The program reports the car behind.
func TestProgramSeesTheTailgater(t *testing.T) {
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[2], "ranger at 1.00 s: ") || !strings.HasSuffix(lines[2], " m, tracks: 1") {
		t.Errorf("output:\n%s", out.String())
	}
}

// The layer places the car behind where it is, and only with the ranger.
func TestTrackIsWhereTheCarIs(t *testing.T) {
	drive, stack, err := newDrive()
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	with, err := roadloop.Drive(t.Context(), drive, stack, func(s *roadloop.Step) bool {
		for _, track := range s.Scene.Tracks {
			known++
			car := s.World.Actors()[0].Box().Center
			if d := track.Pose.Pos().Dist(car); d > .8 || math.IsNaN(d) {
				t.Errorf("at %v a track is %.2f m from the car behind", s.Time, d)
			}
		}
		return true
	})
	if err != nil || known < 30 {
		t.Fatalf("the car behind was known in %d decisions: %v", known, err)
	}
	without := *drive
	without.Rig = drive.Rig.Only("camera", "radar", "odometry", "gnss")
	if stack, err = newDriver(&without); err != nil {
		t.Fatal(err)
	}
	other, err := roadloop.Drive(t.Context(), &without, stack, func(s *roadloop.Step) bool {
		if len(s.Scene.Tracks) > 0 {
			t.Errorf("at %v tracks without a ranger: %+v", s.Time, s.Scene.Tracks)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	d, differ := trace.Compare(with, other)
	if !differ || d.Layer != trace.LayerSensor {
		t.Errorf("the traces with and without the ranger differ in %v", d)
	}
}

// The driver repeats, and goes on equally in a copy of a session, with the messages of the
// ranger in transit.
func TestDriverConforms(t *testing.T) {
	drive, _, err := newDrive()
	if err != nil {
		t.Fatal(err)
	}
	layertest.Driver(t, drive, func() (roadloop.Driver, error) { return newDriver(drive) })
}

func TestBadRanger(t *testing.T) {
	drive, _, err := newDrive()
	if err != nil {
		t.Fatal(err)
	}
	s, err := drive.Rig.Sensor(Name)
	if err != nil {
		t.Fatal(err)
	}
	s.Model = Ranger{Range: -1}
	if _, err := roadloop.NewSession(drive, nil); err == nil || !strings.Contains(err.Error(), "ranger: ranger") {
		t.Errorf("a range below 0: %v", err)
	}
}
