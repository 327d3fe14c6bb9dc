package faults

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/oracle"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

func TestFaultsAreComplete(t *testing.T) {
	all := All()
	if len(all) < 25 {
		t.Errorf("%d faults, want at least 25", len(all))
	}
	layers := make(map[trace.Layer]int)
	seen := make(map[string]bool)
	for i := range all {
		f := &all[i]
		if seen[f.Name] || f.Name == "" || f.Description == "" || len(f.Likely) == 0 || f.plant == nil {
			t.Errorf("fault %q is a duplicate or incomplete: %+v", f.Name, f)
		}
		if i > 0 && f.Layer < all[i-1].Layer {
			t.Errorf("%s, in layer %s, comes after one in %s", f.Name, f.Layer, all[i-1].Layer)
		}
		seen[f.Name] = true
		layers[f.Layer]++
	}
	if len(layers) != trace.NumLayers-1 {
		t.Errorf("faults by layer: %v", layers)
	}
}

func TestMatch(t *testing.T) {
	found, err := Match("guard-*", "red-is-green")
	if err != nil || len(found) != 3 || found[0].Name != "red-is-green" {
		t.Errorf("found %v: %v", names(found), err)
	}
	found, err = Match("camera-*@camera-left", "lidar-rotated")
	if err != nil || len(found) != 9 || found[0].Name != "lidar-rotated" || found[1].Name != "camera-yaw@camera-left" {
		t.Errorf("found %v: %v", names(found), err)
	}
	for pattern, says := range map[string]string{"nonsense": "no fault matches", "[": "syntax error"} {
		if _, err := Match(pattern); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}

// emptyNetwork is a network without detections.
type emptyNetwork struct{}

func (emptyNetwork) Infer(_, heads []float32) error {
	for i := range heads {
		heads[i] = -9
	}
	return nil
}
func (emptyNetwork) Config() network.Config { return network.Config{Width: 320, Height: 192} }
func (emptyNetwork) Close() error           { return nil }

// begin starts a case of the library with an oracle, or with a perception pipeline that
// detects nothing.
func begin(t *testing.T, id string, pipeline bool) *roadloop.Session {
	t.Helper()
	p := drivetest.Plan(t, id)
	create := drivetest.Driver(nil)
	if pipeline {
		create = drivetest.Driver(inference.NewDetector(emptyNetwork{}))
	}
	r, err := runner.NewCaseRun(p, create)
	if err != nil {
		t.Fatal(err)
	}
	return r.Session
}

// driveUntil drives a session until a time, s.
func driveUntil(t *testing.T, s *roadloop.Session, until float64) {
	t.Helper()
	for s.World().Time() < clock.FromSeconds(until) {
		if _, err := s.Decide(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Advance(nil)
	}
}

// A fault of one camera changes the frames of no other. A fault of a sensor that the rig
// does not have, or of another kind, is an error.
func TestSensorFaultsGoByName(t *testing.T) {
	begin := func() *roadloop.Session {
		p := drivetest.Plan(t, "unprotected-left/1")
		p.Drive.Rig = rig.Surround()
		r, err := runner.NewCaseRun(p, drivetest.Driver(inference.NewDetector(emptyNetwork{})))
		if err != nil {
			t.Fatal(err)
		}
		return r.Session
	}
	inject := func(fault string) (*roadloop.Session, error) {
		found, err := Match(fault)
		if err != nil {
			t.Fatal(err)
		}
		s := begin()
		return s, found[0].Inject(s)
	}
	for fault, want := range map[string]string{
		"camera-late@sonar":     `unknown sensor "sonar": the rig has camera, lidar`,
		"camera-late@lidar":     "the sensor lidar is a rig.Lidar, not a rig.Camera",
		"gnss-shifted@odometry": "the sensor odometry is a rig.Odometry, not a rig.GNSS",
	} {
		if _, err := inject(fault); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", fault, err, want)
		}
	}
	clean := begin()
	faulty, err := inject("camera-mirrored@camera-left")
	if err != nil {
		t.Fatal(err)
	}
	driveUntil(t, clean, .15)
	driveUntil(t, faulty, .15)
	frames := map[*roadloop.Session][]sensor.Frame{}
	for _, s := range []*roadloop.Session{clean, faulty} {
		step, err := s.Decide(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		frames[s] = step.Obs.Frames
	}
	if len(frames[clean]) != 4 || len(frames[faulty]) != 4 {
		t.Fatalf("%d and %d frames, want 4", len(frames[clean]), len(frames[faulty]))
	}
	for i, f := range frames[clean] {
		if same := bytes.Equal(f.Pix, frames[faulty][i].Pix); same == (f.Sensor == "camera-left") {
			t.Errorf("%s: the same pixels: %v", f.Sensor, same)
		}
	}
}

// span returns the duration of the sessions of a fault, s.
func span(f *Fault) float64 {
	if f.NeedsPipeline() {
		return .5
	}
	return 2
}

// Ground truth in the layer of a fault removes the fault.
func TestTruthInSameLayerRemovesFault(t *testing.T) {
	clean := make(map[trace.Layer]*trace.Trace)
	for _, f := range All() {
		s := begin(t, "unprotected-left/1", f.NeedsPipeline())
		if clean[f.Layer] == nil {
			s := begin(t, "unprotected-left/1", f.NeedsPipeline())
			if err := oracle.Substitute(s, f.Layer); err != nil {
				t.Fatal(err)
			}
			driveUntil(t, s, span(&f))
			clean[f.Layer] = s.Trace()
		}
		if err := f.Inject(s); err != nil {
			t.Fatal(err)
		}
		if err := oracle.Substitute(s, f.Layer); err != nil {
			t.Fatal(err)
		}
		driveUntil(t, s, span(&f))
		if d, differ := trace.Compare(clean[f.Layer], s.Trace()); differ {
			t.Errorf("%s: with true %s: %v", f.Name, f.Layer, d)
		}
	}
}

// Ground truth in another layer keeps the fault.
func TestTruthInOtherLayerKeepsFault(t *testing.T) {
	for _, c := range []struct {
		fault string
		truth trace.Layer
	}{
		{"cars-ignored", trace.LayerPrediction}, {"cars-ignored", trace.LayerControl},
		{"forecast-reversed", trace.LayerTracking}, {"forecast-reversed", trace.LayerControl},
		{"plan-slow", trace.LayerTracking}, {"plan-slow", trace.LayerPrediction}, {"plan-slow", trace.LayerControl},
		{"steering-biased", trace.LayerTracking}, {"steering-biased", trace.LayerPlanning},
		{"gnss-shifted", trace.LayerDetection}, {"odometry-slow", trace.LayerControl},
		{"ghosts", trace.LayerSensor},
	} {
		found, err := Match(c.fault)
		if err != nil {
			t.Fatal(err)
		}
		var traces [2]*trace.Trace
		for i := range traces {
			s := begin(t, "braking-lead/1", found[0].NeedsPipeline())
			if i == 1 {
				if err := found[0].Inject(s); err != nil {
					t.Fatal(err)
				}
			}
			if err := oracle.Substitute(s, c.truth); err != nil {
				t.Fatal(err)
			}
			driveUntil(t, s, 1)
			traces[i] = s.Trace()
		}
		if _, differ := trace.Compare(traces[0], traces[1]); !differ {
			t.Errorf("%s is gone with true %s", c.fault, c.truth)
		}
	}
}

// A session with a fault can be forked; the fork keeps the state of the fault.
func TestFaultsFork(t *testing.T) {
	for _, f := range All() {
		s := begin(t, "unprotected-left/1", f.NeedsPipeline())
		if err := f.Inject(s); err != nil {
			t.Fatal(err)
		}
		end := span(&f)
		driveUntil(t, s, end/2)
		fork := s.Clone()
		driveUntil(t, s, end)
		driveUntil(t, fork, end)
		if d, differ := trace.Compare(s.Trace(), fork.Trace()); differ {
			t.Errorf("%s: the fork differs: %v", f.Name, d)
		}
	}
}

func TestFaultsNeedTheirLayer(t *testing.T) {
	found, err := Match("red-is-green")
	if err != nil {
		t.Fatal(err)
	}
	if err := found[0].Inject(begin(t, "cut-in/1", false)); err == nil || !strings.Contains(err.Error(), "no layer detection") {
		t.Errorf("planting in an oracle's detection: %v", err)
	}
}

// suite returns a suite with the oracle.
func suite(t *testing.T, cases []string, faults ...string) *Suite {
	t.Helper()
	found, err := Match(faults...)
	if err != nil {
		t.Fatal(err)
	}
	s := &Suite{Faults: found, Oracle: runner.NewOracleFactory}
	for _, id := range cases {
		c, err := scenarios.FindCase(id)
		if err != nil {
			t.Fatal(err)
		}
		s.Cases = append(s.Cases, c)
	}
	return s
}

func TestSuiteFindsCatchingCases(t *testing.T) {
	s := suite(t, []string{"curve/1", "braking-lead/1"}, "cars-ignored", "steering-biased", "cyclists-ignored")
	s.All, s.Explain = true, true
	s.Jobs = 2
	results, err := s.Run(t.Context())
	if err != nil || len(results) != 3 {
		t.Fatalf("%d results: %v", len(results), err)
	}
	by := func(r *Result) (out []string) {
		for _, c := range r.By {
			out = append(out, c.Case)
		}
		return out
	}
	for i, want := range []struct {
		fault string
		by    []string
	}{
		{"cyclists-ignored", nil}, {"cars-ignored", []string{"braking-lead/1"}}, {"steering-biased", []string{"curve/1", "braking-lead/1"}},
	} {
		r := &results[i]
		if r.Fault != want.fault || !slices.Equal(by(r), want.by) || r.Caught != (want.by != nil) || r.Tried != 2 {
			t.Errorf("%+v, want %+v", r, want)
		}
		if r.Caught && !r.Right() {
			t.Errorf("%s: blamed %v", r.Fault, r.Blamed)
		}
	}
	if got := NewReport(results); got.Caught != 2 || got.Explained != 2 || got.Right != 2 || !slices.Equal(got.Survivors, []string{"cyclists-ignored"}) {
		t.Errorf("report %+v", got)
	}
}

// Without All a suite stops at the first catch of a fault, and starts with the likely
// families.
func TestSuiteStopsAtFirstCatch(t *testing.T) {
	s := suite(t, []string{"braking-lead/1", "curve/1", "curve/2"}, "steering-biased")
	results, err := s.Run(t.Context())
	if err != nil || len(results) != 1 || results[0].Tried != 1 || results[0].By[0].Case != "curve/1" {
		t.Errorf("%+v: %v", results, err)
	}
}

func TestReportOrdersCasesByAddedFaults(t *testing.T) {
	caught := func(fault string, cases ...string) Result {
		r := Result{Fault: fault, Layer: "control", Caught: len(cases) > 0}
		for _, c := range cases {
			r.By = append(r.By, Catch{Case: c})
		}
		return r
	}
	// b catches three faults. Then a adds one more; c catches two, but adds none.
	r := NewReport([]Result{caught("1", "b", "c"), caught("2", "b", "c"), caught("3", "b"), caught("4", "a"), caught("5")})
	var order []string
	for _, u := range r.Cases {
		order = append(order, u.Case)
	}
	if !slices.Equal(order, []string{"b", "a", "c"}) || r.Share != .8 || r.Explained != 0 {
		t.Errorf("order %v, report %+v", order, r)
	}
	if empty := NewReport(nil); empty.Faults == nil || empty.Share != 0 {
		t.Errorf("an empty report: %+v", empty)
	}
}
