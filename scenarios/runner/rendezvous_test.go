package runner_test

import (
	"math"
	"strings"
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim"
)

const crossing = `version: 1
name: crossing
map: {kind: four-way, length: 300 m, control: yield}
ego: {lane: 0, s: 200 m, speed: 36 km/h}
actors:
  - {id: right, kind: car, lane: 7, speed: 54 km/h, meet: {after: 0.5 s}}
  - {id: late, kind: van, lane: 3, speed: 10 m/s, route: [left], meet: {at: 9 s}}
flows:
  - {id: stream, lane: 5, rate: 900 veh/h, speed: 10 m/s}
until: {time: 5 s}
`

func compiled(t *testing.T, text string) *sim.Spec {
	t.Helper()
	s, err := drivetest.ParseAndCheck("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(3)
	if err != nil {
		t.Fatal(err)
	}
	p, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return p.Drive.World
}

// Both fronts reach the crossing at the same time, plus the requested offset.
func TestRendezvousPlacement(t *testing.T) {
	spec := compiled(t, crossing)
	w, err := sim.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	front := func(s float64, shape struct{ Length, RearToCenter float64 }) float64 {
		return s + shape.RearToCenter + shape.Length/2
	}
	ego := w.Ego().Shape
	for i, want := range []float64{0.5, 0} {
		a := &spec.Actors[i]
		route := a.Behavior.(sim.Follow).Route
		onEgo, own, ok := sim.FirstConflict(spec.Map, spec.Ego.Route, route)
		if !ok {
			t.Fatal("no crossing")
		}
		shape := w.Actors()[i].Shape
		mine := (own - front(a.Start.S, struct{ Length, RearToCenter float64 }{shape.Length, shape.RearToCenter})) / a.Start.Speed
		if i == 1 {
			if math.Abs(mine-9) > 1e-9 {
				t.Errorf("%s comes after %.3f s, want 9", a.Name, mine)
			}
			continue
		}
		egos := (onEgo - front(200, struct{ Length, RearToCenter float64 }{ego.Length, ego.RearToCenter})) / 10
		if math.Abs(mine-egos-want) > 1e-9 {
			t.Errorf("%s comes %.3f s after the ego, want %.1f", a.Name, mine-egos, want)
		}
	}
}

// A flow has the density that its rate and speed imply, and no vehicle is too close to
// the next one.
func TestFlow(t *testing.T) {
	text := strings.Replace(crossing, "length: 300 m", "length: 2000 m", 1)
	text = strings.Replace(text, "s: 200 m", "s: 1900 m", 1)
	spec := compiled(t, text)
	last, n := math.Inf(1), 0
	for _, a := range spec.Actors {
		if !strings.HasPrefix(a.Name, "stream ") {
			continue
		}
		n++
		if gap := last - a.Start.S; gap < 15 {
			t.Errorf("%s is %.1f m behind the one ahead", a.Name, gap)
		}
		last = a.Start.S
	}
	if want := 2000. / 10 / 4; math.Abs(float64(n)-want) > 3*math.Sqrt(want)*0.6 { // spread of a headway that is partly fixed
		t.Errorf("%d vehicles on 2 km at 10 m/s and 900 an hour, want about %.0f", n, want)
	}
}

func TestInvalidRendezvousAndFlows(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"lane: 7, ", "lane: 7, s: 20 m, ", "actors[0].s: cannot be combined with meet"},
		{"speed: 54 km/h, ", "", "needs a vehicle with behavior follow and a speed"},
		{"lane: 7", "lane: 1", "does not cross the ego's route"},
		{"meet: {at: 9 s}", "meet: {at: 9 s, after: 1 s}", "at cannot be combined with after or steady"},
		{"meet: {at: 9 s}", "meet: {at: 90 s}", "m before its lane begins"},
		{"speed: 36 km/h", "speed: 0", "before the crossing, does not reach it"},
		{"rate: 900 veh/h", "rate: 9000 veh/h", "flows[0].rate: 9000 veh/h is above 1800 veh/h"},
		{"rate: 900 veh/h", "rate: 900 km/h", `is not a valid rate`},
		{"rate: 900 veh/h, ", "rate: 900 veh/h, kind: tank, ", `"tank" is not one of car, van, truck, bus, motorcycle, cyclist`},
		{"id: stream", "id: late", `"late" is taken`},
		{"kind: car, ", "kind: car, skin: 20 %, ", "actors[0].skin: is for pedestrians and riders, but right is a car"},
		{"kind: car, ", "kind: car, clothing: 20 %, ", "actors[0].clothing: is for pedestrians and riders, but right is a car"},
	} {
		text := strings.Replace(crossing, c.old, c.new, 1)
		if text == crossing {
			t.Fatalf("%q is not in the file", c.old)
		}
		if _, err := drivetest.ParseAndCheck("test.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.new, err, c.want)
		}
	}
}

// Clothing is a luminance: mid-gray of 21 % is 127 in sRGB. Skin is a shade.
func TestAppearance(t *testing.T) {
	text := `version: 1
name: looks
map: {kind: straight}
ego: {lane: 0}
actors:
  - {id: walker, kind: pedestrian, lane: 0, s: 50 m, d: -5 m, height: 1.5 m, clothing: 21.2 %, skin: 100 %}
until: {time: 1 s}
`
	a := &compiled(t, text).Actors[0]
	if a.Appearance == nil || a.Appearance.Paint != [3]uint8{127, 127, 127} || a.Appearance.Skin() != 4 || a.Shape.Height != 1.5 || a.Shape.Width != 0.5 {
		t.Errorf("looks %+v, shape %+v", a.Appearance, a.Shape)
	}
	light := &compiled(t, strings.Replace(text, "skin: 100 %", "skin: 0 %", 1)).Actors[0]
	if light.Appearance.Skin() != 0 || light.Appearance.Variant&0xff != a.Appearance.Variant&0xff {
		t.Errorf("the same walker with light skin looks %+v, before %+v", light.Appearance, a.Appearance)
	}
}

// The ego's front is at s at the given time, the run ends at its s, and the verdict
// requires the given distance.
func TestEgoReaches(t *testing.T) {
	const text = `version: 1
name: reaches
map: {kind: straight, length: 300 m, speed_limit: 36 km/h}
ego: {lane: 0, reaches: {s: 150 m, in: 6 s}}
until: {time: 20 s, s: 160 m}
expect: {reach: 160 m}
`
	w, err := sim.New(compiled(t, text))
	if err != nil {
		t.Fatal(err)
	}
	e := w.Ego()
	if front := e.Box().Center.X + e.Shape.Length/2; math.Abs(front-90) > 1e-9 || math.Abs(e.State.Speed-10) > 1e-9 {
		t.Errorf("the front begins at %.2f m with %.2f m/s", front, e.State.Speed)
	}
	v := driveOne(t, text, 0).Verdict
	if !v.Passed || v.Duration < 6 || v.Duration > 8 {
		t.Errorf("verdict %+v, want one after about 7 s", v)
	}
	if v := driveOne(t, strings.NewReplacer("reach: 160", "reach: 260", "20 s, s: 160 m", "10 s").Replace(text), 0).Verdict; v.Passed || !strings.Contains(v.Reason, "not to 260 m") {
		t.Errorf("verdict %+v", v)
	}
	for _, c := range []struct{ old, new, want string }{
		{"s: 150 m, in: 6 s", "s: 50 m, in: 6 s", "ego.reaches: the ego would have to start at -14 m of its lane"},
		{"lane: 0, ", "lane: 0, s: 3 m, ", "ego.reaches: cannot be combined with s"},
	} {
		if _, err := drivetest.ParseAndCheck("test.yaml", []byte(strings.Replace(text, c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.new, err, c.want)
		}
	}
}
