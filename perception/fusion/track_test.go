package fusion

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// With prior odds of 1 to e, a detection with likelihood ratio nine multiplies the
// odds by 9^0.6, and a miss with probability 0.9 multiplies them by 0.1^0.6.
func TestExistenceByHand(t *testing.T) {
	tr := track{logOdds: defaults.InitialLogOdds}
	tr.hit(byLidar, 0, hitEvidence(0.9, 0.1, defaults.LidarWeight))
	if want := 1 / (1 + math.E*math.Pow(9, -0.6)); math.Abs(tr.existence()-want) > 1e-12 {
		t.Errorf("after a hit %.4f, want %.4f", tr.existence(), want)
	}
	tr.addEvidence(missEvidence(0.9, defaults.LidarWeight))
	if want := 1 / (1 + math.E*math.Pow(9, -0.6)*math.Pow(0.1, -0.6)); math.Abs(tr.existence()-want) > 1e-12 {
		t.Errorf("after a miss %.4f, want %.4f", tr.existence(), want)
	}
	for range 100 {
		tr.addEvidence(1)
	}
	if tr.logOdds != maxLogOdds {
		t.Errorf("log odds %g are not bounded by %g", tr.logOdds, maxLogOdds)
	}
}

func TestTrackConfirmationRules(t *testing.T) {
	person := [perception.SignalRed]float64{perception.Pedestrian: 1.5}
	for _, c := range []struct {
		name string
		t    track
		want bool
	}{
		{"three scans on the road", track{onRoad: true, roadHits: 3, hits: [3]int{byLidar: 3}}, true},
		{"two scans on the road", track{onRoad: true, roadHits: 2, hits: [3]int{byLidar: 2}}, false},
		{"a post off the road", track{hits: [3]int{byLidar: 50}}, false},
		{"a post once detected as a person", track{hits: [3]int{byLidar: 50, byCamera: 1}, votes: person}, false},
		{"a person on the sidewalk", track{hits: [3]int{byCamera: 3}, votes: person}, true},
		{"a person steps on the road", track{onRoad: true, roadHits: 1, hits: [3]int{byLidar: 1, byCamera: 1}, votes: person}, true},
		{"a rail detected as a person", track{onRoad: true, lowHits: 1, roadHits: 1, hits: [3]int{byLidar: 9, byCamera: 9}, votes: person}, false},
		{"a box on the road", track{onRoad: true, lowHits: 3, roadHits: 3, hits: [3]int{byLidar: 3}}, true},
		{"radar, not moving for long", track{onRoad: true, hits: [3]int{byRadar: 30}, movingHits: 1}, false},
		{"radar, moving", track{onRoad: true, hits: [3]int{byRadar: 5}, movingHits: 4}, true},
	} {
		c.t.logOdds = maxLogOdds
		if got := c.t.confirmable(defaults.ConfirmLogOdds); got != c.want {
			t.Errorf("%s: confirmable is %v, want %v", c.name, got, c.want)
		}
		c.t.logOdds = defaults.ConfirmLogOdds - 0.1
		if c.t.confirmable(defaults.ConfirmLogOdds) {
			t.Errorf("%s: confirmable in spite of low log odds", c.name)
		}
	}
}

func TestHeadingFollowsMotion(t *testing.T) {
	tr := track{length: 4.4, width: 1.8}
	tr.motion.x = vec4{0, 0, 0, 8}
	for range 40 {
		tr.predict(0.05)
		tr.motion.p = mat4{}
	}
	if math.Abs(tr.yaw-math.Pi/2) > 0.01 {
		t.Errorf("heading %.2f, want that of the velocity", tr.yaw)
	}
	tr.motion.x = vec4{0, 0, -0.2, 0}
	tr.predict(0.05)
	if math.Abs(tr.yaw-math.Pi/2) > 0.01 {
		t.Errorf("heading of a car at rest turned to %.2f", tr.yaw)
	}
}

// The side that faces the lidar is where it was measured; alongside the lidar the
// guess counts, within the limits of the returns.
func TestAnchor(t *testing.T) {
	for _, c := range []struct {
		name              string
		s                 span
		from, size, guess float64
		want              float64
		known             bool
	}{
		{"rear seen from behind", span{10, 10.1}, 0, 4, 0, 12, true},
		{"front seen from ahead", span{10, 10.1}, 30, 4, 0, 8.1, true},
		{"all of it", span{10, 14}, 0, 4, 0, 12, true},
		{"alongside, as guessed", span{-1, 1}, 0, 8, 2, 2, false},
		{"alongside, beyond what fits", span{-1, 1}, 0, 8, 5, 3, true},
	} {
		mid, known := anchor(c.s, c.from, c.size, c.guess)
		if math.Abs(mid-c.want) > 1e-12 || known != c.known {
			t.Errorf("%s: %g %v, want %g %v", c.name, mid, known, c.want, c.known)
		}
	}
}

func TestSignalBelief(t *testing.T) {
	var l signalBelief
	if s, sure := l.state(10, defaults.SignalHold); s != road.Off || sure != 0 {
		t.Errorf("without detections: %v %.2f", s, sure)
	}
	at := clock.Tick(0)
	see := func(s road.SignalState, n int) {
		for range n {
			at += 5
			l.vote(s, 0.9, at, &defaults)
		}
	}
	see(road.Red, 10)
	see(road.Green, 1)
	if s, _ := l.state(at, defaults.SignalHold); s != road.Red {
		t.Errorf("one green among reds shows %v", s)
	}
	see(road.Red, 5)
	see(road.Green, 3)
	if s, _ := l.state(at, defaults.SignalHold); s != road.Green {
		t.Errorf("150 ms after the change it shows %v", s)
	}
	see(road.Green, 10)
	if s, sure := l.state(at+defaults.SignalHold, defaults.SignalHold); s != road.Green || sure < 0.8 {
		t.Errorf("held: %v %.2f", s, sure)
	}
	if s, _ := l.state(at+defaults.SignalHold+1, defaults.SignalHold); s != road.Off {
		t.Errorf("long after the last detection: %v", s)
	}
}

func TestFitLine(t *testing.T) {
	got := fitLine([]geom.Vec{{X: 4, Y: 2}, {X: 6, Y: 2.2}, {X: 8, Y: 2.4}, {X: 40, Y: -9}}, defaults.LineReach)
	if !got.ok || math.Abs(got.at-1.6) > 1e-12 || math.Abs(got.slope-0.1) > 1e-12 || math.Abs(got.mid-6) > 1e-12 {
		t.Errorf("%+v, want y = 1.6 + 0.1·x about x = 6", got)
	}
	if fitLine([]geom.Vec{{X: 4}, {X: 5}}, defaults.LineReach).ok {
		t.Error("two points gave a line")
	}
}
