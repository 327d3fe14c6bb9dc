package scenarios_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
)

const tunable = `version: 1
name: tunable
map: {kind: straight, lanes: 2, one_way: true}
ego: {lane: 0, s: 20 m, speed: 50 km/h}
actors:
  - {id: lead, kind: car, lane: 0, s: 70 m, speed: 40 km/h, do: [{when: {ego_gap: "< 25 m"}, brake: {decel: 4 m/s2}}]}
weather: {sun: 20 deg}
vary:
  lead.speed: {from: 30 km/h, to: 50 km/h}
  lead.kind: {any: [car, van]}
  "lead.do[0].when.ego_gap": {any: ["< 15 m", "< 40 m"]}
  lead.s: {from: 60 m, to: 80 m, step: 10 m}
until: {time: 9 s}
`

func TestRanges(t *testing.T) {
	got, err := drivetest.Parse(t, tunable).Ranges()
	if err != nil {
		t.Fatal(err)
	}
	want := []scenarios.ParameterRange{
		{Name: "lead.do[0].when.ego_gap", Any: []string{"< 15 m", "< 40 m"}, Numeric: true, From: 15, To: 40, Sign: "<", Unit: "m", Nominal: "< 25 m"},
		{Name: "lead.kind", Any: []string{"car", "van"}, Nominal: "car"},
		{Name: "lead.s", Any: []string{"60 m", "70 m", "80 m"}, Numeric: true, From: 60, To: 80, Unit: "m", Nominal: "70 m"},
		{Name: "lead.speed", Numeric: true, From: 30, To: 50, Unit: "km/h", Nominal: "40 km/h"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestChooseSetsValues(t *testing.T) {
	s := drivetest.Parse(t, tunable)
	c, err := s.Choose(scenarios.Choice{Seed: 4, Values: map[string]string{"lead.speed": "31.5 km/h", "lead.do[0].when.ego_gap": "< 20 m"},
		Weather: map[string]string{"time": "night", "rain": "0.5"}})
	if err != nil {
		t.Fatal(err)
	}
	f := &c.Sections
	if f.Actors[0].Speed.Text != "31.5 km/h" || f.Actors[0].Do[0].When.EgoGap.Text != "< 20 m" {
		t.Errorf("chosen values are not in the case: %+v", f.Actors[0])
	}
	if f.Weather.Time != "night" || f.Weather.Sun.Set || f.Weather.Rain.Text != "0.5" {
		t.Errorf("weather is %+v", f.Weather)
	}
	drawn, err := s.Case(4)
	if err != nil {
		t.Fatal(err)
	}
	if !sameNumber(f.Actors[0].S, drawn.Sections.Actors[0].S) || f.Actors[0].Kind != drawn.Sections.Actors[0].Kind {
		t.Errorf("other values are not those of the seed: %+v and %+v", f.Actors[0], drawn.Sections.Actors[0])
	}
	if len(c.Parameters) != 0 || c.Seed != 4 {
		t.Errorf("%d parameters, seed %d", len(c.Parameters), c.Seed)
	}
}

// Without values, a choice is the case of its seed. With all the values of that case, it
// is the same file.
func TestChooseInLibrary(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		plain, err := s.Choose(scenarios.Choice{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]string{}
		for _, p := range plain.Parameters {
			values[p.Name] = p.Value
		}
		chosen, err := s.Choose(scenarios.Choice{Seed: 3, Values: values})
		if err != nil {
			t.Error(err)
			continue
		}
		want := plain.Sections
		if len(values) > 0 {
			want.Vary, want.Grid = nil, scenarios.GridSection{}
		}
		if diff := cmp.Diff(want, chosen.Sections, cmp.Exporter(func(reflect.Type) bool { return true }), cmp.Comparer(sameNumber)); diff != "" {
			t.Errorf("%s: %s", s.Slug(), diff)
		}
	}
}

// Every number of a slider is in the range, and its text parses to the same number.
func TestRangeTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo, hi := rapid.IntRange(-50, 50).Draw(t, "lo"), rapid.IntRange(51, 100).Draw(t, "hi")
		r := scenarios.ParameterRange{Name: "x", Numeric: true, From: float64(lo), To: float64(hi),
			Sign: rapid.SampledFrom([]string{"", "<", ">="}).Draw(t, "sign"), Unit: rapid.SampledFrom([]string{"", "m", "km/h", "%"}).Draw(t, "unit")}
		x := rapid.Float64Range(r.From, r.To).Draw(t, "x")
		got, err := r.Value(r.Text(x))
		if err != nil || got < x-.0005 || got > x+.0005 {
			t.Errorf("%g is written %q and read %g, %v", x, r.Text(x), got, err)
		}
	})
}

func TestBadChoices(t *testing.T) {
	s := drivetest.Parse(t, tunable)
	for i, c := range []struct {
		u    scenarios.Choice
		want string
	}{
		{scenarios.Choice{Values: map[string]string{"lead.speed": "90 km/h"}}, "lead.speed: 90 km/h is outside 30 km/h to 50 km/h"},
		{scenarios.Choice{Values: map[string]string{"lead.speed": "40"}}, `lead.speed: "40" is not written like "30 km/h"`},
		{scenarios.Choice{Values: map[string]string{"lead.kind": "tank"}}, `lead.kind: "tank" is not one of car, van`},
		{scenarios.Choice{Values: map[string]string{"ego.speed": "40 km/h"}}, "ego.speed does not vary in test"},
		{scenarios.Choice{Weather: map[string]string{"rain": "7"}}, "weather.rain: 7 is above 1"},
		{scenarios.Choice{Weather: map[string]string{"hail": "1"}}, "hail"},
	} {
		_, err := s.Choose(c.u)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d: %v, want %q", i, err, c.want)
		}
	}
}

// If chosen values are invalid only in combination, the error names them.
func TestChoiceErrorNamesValues(t *testing.T) {
	text := strings.Replace(tunable, "lead.s: {from: 60 m, to: 80 m, step: 10 m}", "lead.s: {any: [60 m, 80 m]}\n  other.s: {any: [80 m, 100 m]}", 1)
	text = strings.Replace(text, "weather:", "  - {id: other, kind: car, lane: 0, s: 100 m}\nweather:", 1)
	s := drivetest.Parse(t, text)
	c, err := s.Choose(scenarios.Choice{Values: map[string]string{"lead.s": "80 m", "other.s": "80 m"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = runner.Compile(c)
	if err == nil || !strings.Contains(err.Error(), "other.s 80 m") {
		t.Errorf("got error %v", err)
	}
	if strings.Contains(fmt.Sprint(err), ".yaml:7") {
		t.Errorf("%v names a line of generated text", err)
	}
}
