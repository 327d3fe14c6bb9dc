package gpu_test

import (
	"context"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/rng"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// longest is the maximum time of a moment in a drive, in steps of 50 ms.
const longest = 160

// looks are the conditions of the moments, in turns; the first one stands for the
// conditions of the scenario.
var looks = []struct {
	name string
	sky  scene.Conditions
}{
	{name: "own"},
	{"day", scene.Conditions{SunElevation: .8, SunAzimuth: 2, Cloud: .2}},
	{"night", scene.Conditions{SunElevation: -.3, Cloud: .4}},
	{"rain", scene.Conditions{SunElevation: .5, SunAzimuth: 1, Rain: .7, Wet: 1, Cloud: 1}},
	{"fog", scene.Conditions{SunElevation: .5, Visibility: 70, Cloud: 1}},
	{"glare", scene.Conditions{SunElevation: .12, Glare: .6, Cloud: .1}},
	{"night rain", scene.Conditions{SunElevation: -.4, Rain: .6, Wet: 1, Cloud: 1}},
	{"dusk", scene.Conditions{SunElevation: .02, SunAzimuth: -1, Cloud: .5, Wet: .4}},
}

// moment is the camera's view at one time of a drive of a library scenario.
type moment struct {
	name string
	list scene.List
}

// moments drives scenarios of the library for random times and returns the camera's
// views; equal n give equal moments. Every second moment is of busy traffic: a
// scenario with at least a dozen actors.
func moments(t testing.TB, cal *sensor.Camera, n int) []*moment {
	t.Helper()
	library, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	r := rng.New(5, "gpu", "moments")
	quiet := map[*scenarios.Scenario]bool{}
	var out []*moment
	for i := range n {
		p, w := drive(t, &r, library, i%2 == 0, quiet)
		m := &moment{name: p.Case.ID()}
		conditions := w.Conditions()
		if look := looks[i%len(looks)]; i%len(looks) > 0 {
			conditions = look.sky
			conditions.SunAzimuth += w.Ego().State.Pose.Yaw
			m.name += ", " + look.name
		}
		st, err := scene.NewBuilder(w.Map())
		if err != nil {
			t.Fatal(err)
		}
		st.Build(&m.list, &scene.FrameState{
			View: scene.View{Cal: cal, Ego: w.Ego().State.Pose, Time: w.Time(),
				Exposure: 1 + .2*scene.Darkness(conditions), NoiseSeed: r.Uint64()},
			Actors: w.Actors(), Signals: w.Signals(), Conditions: conditions,
		})
		out = append(out, m)
	}
	return out
}

// drive picks a scenario and a seed and drives it with ground truth up to a random time.
// It records quiet scenarios, so that it tries each of them only once for busy traffic.
func drive(t testing.TB, r *rng.Stream, library []*scenarios.Scenario, busy bool, quiet map[*scenarios.Scenario]bool) (*runner.Spec, *sim.World) {
	t.Helper()
	const crowd = 12
	crew, err := runner.NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	for {
		picked, seed := library[r.IntN(len(library))], r.Uint64()%1000
		if busy && quiet[picked] {
			continue
		}
		c, err := picked.Case(seed)
		if err != nil {
			t.Fatal(err)
		}
		p, err := runner.Compile(c)
		if err != nil {
			t.Fatal(err)
		}
		quiet[picked] = len(p.Names) == int(p.FirstTraffic)
		if busy && len(p.Names) < crowd {
			continue
		}
		ride, err := runner.NewCaseRun(p, crew.Driver)
		if err != nil {
			t.Fatal(err)
		}
		s := ride.Session
		for range r.IntN(longest) {
			if s.Done() {
				break
			}
			if _, err := s.Decide(context.Background()); err != nil {
				t.Fatal(err)
			}
			s.Advance(nil)
		}
		return p, s.World()
	}
}
