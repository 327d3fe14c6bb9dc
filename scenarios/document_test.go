package scenarios_test

import (
	"reflect"
	"strings"
	"testing"

	"roadloop/scenarios"

	"github.com/google/go-cmp/cmp"
)

// Every case, written as a scenario without varied parameters, is the same case when it
// is read again.
func TestDocumentRoundTrip(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		c, err := s.Case(5)
		if err != nil {
			t.Fatal(err)
		}
		d, err := c.Document()
		if err != nil {
			t.Fatal(err)
		}
		text, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenarios.Parse("again.yaml", text)
		if err != nil {
			t.Errorf("%s: %v\n%s", s.Slug(), err, text)
			continue
		}
		same, err := again.Case(5)
		if err != nil {
			t.Fatal(err)
		}
		got, want := same.Sections, c.Sections
		want.Vary, want.Grid = nil, scenarios.GridSection{}
		if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true }), cmp.Comparer(sameNumber)); diff != "" {
			t.Errorf("%s: %s", s.Slug(), diff)
		}
	}
}

// sameNumber reports whether two quantities are equal, regardless of their format.
func sameNumber(a, b scenarios.Amount) bool {
	return a.Set == b.Set && strings.TrimSuffix(a.Text, ".0") == strings.TrimSuffix(b.Text, ".0")
}

func TestDocumentPaths(t *testing.T) {
	s, err := scenarios.Parse("test.yaml", []byte(`version: 1
expect: {progress: 100 m}
name: test
until: {time: 9 s}
ego: {speed: 80 km/h, lane: 1}
actors:
  - {kind: car, lane: 2, s: 70 m, speed: 60 km/h, do: [{change_lane: {over: 3 s, to: right}}], id: cutter}
map: {kind: straight, lanes: 3, one_way: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Document()
	if err != nil {
		t.Fatal(err)
	}
	before := d.Clone()
	for path, want := range map[string]string{"ego.speed": "80 km/h", "map.lanes": "3", "cutter.do[0].change_lane.over": "3 s"} {
		if got, ok := d.Get(path); !ok || got != want {
			t.Errorf("%s is %q", path, got)
		}
		if err := d.Set(path, "9"); err != nil {
			t.Error(err)
		}
		if got, _ := d.Get(path); got != "9" {
			t.Errorf("%s is %q after it was set", path, got)
		}
		if got, _ := before.Get(path); got != want {
			t.Errorf("%s of the copy is %q", path, got)
		}
	}
	for _, path := range []string{"nobody.speed", "ego.color", "cutter.do[7].brake.to", "cutter", "cutter.do", "ego.speed.x"} {
		if got, ok := d.Get(path); ok {
			t.Errorf("%s is %q", path, got)
		}
	}
	text, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	order := 0
	for _, key := range []string{"version:", "name:", "map:", "ego:", "actors:", "- id: cutter", "kind: car", "until:", "expect:"} {
		at := strings.Index(string(text[order:]), key)
		if at < 0 {
			t.Errorf("%q comes too early or not at all in\n%s", key, text)
		}
		order += max(at, 0)
	}
}
