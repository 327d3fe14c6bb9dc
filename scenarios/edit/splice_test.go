package edit

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roadloop/scenarios"
)

const commented = `# A test of ours.
version: 1
name: Ünï "x" # keep

map: {kind: straight, lanes: 3}   # a road
ego:
  lane: 1 # the middle
  # how fast
  speed: 80 km/h
actors:
  # the first
  - id: cutter # in front
    kind: car
    do:
      - {when: {ego_gap: "< 25 m"}, change_lane: {to: right}}
  - {id: lead, kind: van}
until: {time: 20 s}
`

func TestSplices(t *testing.T) {
	for _, c := range []struct {
		path       string
		value      any // nil removes
		old, fresh string
	}{
		{"ego.speed", "60 km/h", "  speed: 80 km/h\n", "  speed: 60 km/h\n"},
		{"ego.lane", 2, "lane: 1 # the middle", "lane: 2 # the middle"},
		{"ego.s", "20 m", "  lane: 1 # the middle\n", "  lane: 1 # the middle\n  s: 20 m\n"},
		{"map.length", "500 m", "lanes: 3}", "lanes: 3, length: 500 m}"},
		{"map.kind", nil, "{kind: straight, lanes: 3}", "{lanes: 3}"},
		{"map.lanes", nil, ", lanes: 3", ""},
		{"weather.time", "night", "until:", "weather: {time: night}\nuntil:"},
		{"actors[0].kind", "bus", "    kind: car\n", "    kind: bus\n"},
		{"actors[0].s", "50 m", "    kind: car\n", "    kind: car\n    s: 50 m\n"},
		{"actors[0].do[0].change_lane.over", "2 s", "{to: right}", "{to: right, over: 2 s}"},
		{"actors[0].do[0].when.ego_gap", "< 9 m", `"< 25 m"`, `"< 9 m"`},
		{"actors[0].do[0].when.ego_gap", nil, `{when: {ego_gap: "< 25 m"}, change`, `{change`},
		{"actors[0].do[0]", nil, "    do:\n      - {when: {ego_gap: \"< 25 m\"}, change_lane: {to: right}}\n", ""},
		{"actors[0].do[1]", map[string]any{"stop": map[string]any{}}, "{to: right}}\n", "{to: right}}\n      - {stop: {}}\n"},
		{"actors[1]", nil, "  - {id: lead, kind: van}\n", ""},
		{"actors[2]", map[string]any{"kind": "car", "id": "new"}, "kind: van}\n", "kind: van}\n  - {id: new, kind: car}\n"},
		{"vary.'lead.speed'.any", []any{"30 km/h", "40 km/h"}, "until:", "vary: {lead.speed: {any: [30 km/h, 40 km/h]}}\nuntil:"},
		{"actors[0].do[1]", map[string]any{"brake": map[string]any{"decel": "4 m/s2"}, "when": map[string]any{"time": ">= 2 s"}}, "{to: right}}\n", "{to: right}}\n      - {when: {time: \">= 2 s\"}, brake: {decel: 4 m/s2}}\n"},
		{"flows", []any{map[string]any{"id": "f", "kind": "car", "lane": 1, "rate": "600 veh/h"}}, "until:", "flows:\n  - id: f\n    kind: car\n    lane: 1\n    rate: 600 veh/h\nuntil:"},
		{"description", "What: it is", "keep\n", "keep\ndescription: \"What: it is\"\n"},
		{"name", "y", `Ünï "x" # keep`, "y # keep"},
		{"actors[0].id", nil, "id: cutter # in front\n    kind", "kind"},
	} {
		path, err := parsePath(c.path)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if c.value == nil {
			got, err = remove(commented, path)
		} else {
			got, err = put(commented, path, c.value)
		}
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		want := replaceOnce(t, commented, c.old, c.fresh)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.path, diff)
		}
	}
}

// replaceOnce replaces a text that must occur exactly once.
func replaceOnce(t *testing.T, text, old, fresh string) string {
	t.Helper()
	before, after, ok := cut(text, old)
	if !ok {
		t.Fatalf("%q is not once in the text", old)
	}
	return before + fresh + after
}

// After putting any value anywhere into any scenario of the library, the text reads as
// the tree with that value. Removing the value restores the tree.
func TestSplicesMatchTree(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SampledFrom(all).Draw(t, "scenario").Source)
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			tree := treeOf(t, text)
			path := anyPath(t, tree)
			var next string
			var err error
			if rapid.Bool().Draw(t, "remove") {
				next, err = remove(text, path)
				removeFrom(tree, path)
			} else {
				value := rapid.SampledFrom([]any{"30 km/h", "< 5 m", 3, true, 0.5, "a: b # c", "[x", "Ünï \"q\" \\", "true", "", " x",
					map[string]any{"to": "left", "over": "2 s"}, []any{map[string]any{"s": "5 m"}, "y"}}).Draw(t, "value")
				next, err = put(text, path, value)
				putInto(tree, path, value)
			}
			if err != nil {
				t.Fatalf("%v: %v", path, err)
			}
			if diff := cmp.Diff(normal(tree), normal(treeOf(t, next))); diff != "" {
				t.Fatalf("%v: %s\nfrom\n%s\nto\n%s", path, diff, text, next)
			}
			if text = next; len(treeOf(t, text)) == 0 {
				return
			}
		}
	})
}

func treeOf(t *rapid.T, text string) map[string]any {
	var tree map[string]any
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return tree
}

// anyPath draws a path through a tree, often to its leaves, sometimes to a new key or
// element.
func anyPath(t *rapid.T, v any) []part {
	var path []part
	for {
		switch x := v.(type) {
		case map[string]any:
			keys := sortedKeys(x)
			if len(keys) == 0 {
				return path
			}
			k := rapid.SampledFrom(keys).Draw(t, "key")
			path, v = append(path, part{key: k, index: -1}), x[k]
		case []any:
			if len(x) == 0 {
				return path
			}
			i := rapid.IntRange(0, len(x)-1).Draw(t, "index")
			path, v = append(path, part{index: i}), x[i]
		default:
			return path
		}
		if rapid.IntRange(0, 4).Draw(t, "stop") == 0 {
			return path
		}
	}
}

// An actor added to multi-line actors is written in the same style, including its
// maneuvers.
func TestNewActorFollowsStyle(t *testing.T) {
	text := replaceOnce(t, commented, "  - {id: lead, kind: van}\n", "")
	text = putAt(t, text, "actors[1]", map[string]any{"id": "van", "kind": "van", "lane": 0, "s": "110 m", "speed": "36 km/h"})
	text = putAt(t, text, "actors[1].do[0]", map[string]any{"brake": map[string]any{"decel": "4 m/s2"}, "when": map[string]any{"time": ">= 2 s"}})
	text = putAt(t, text, "actors[1].do[1]", map[string]any{"stop": map[string]any{"decel": "3 m/s2"}})
	text = putAt(t, text, "actors[1].path", []any{map[string]any{"s": "5 m", "d": "1 m"}, map[string]any{"s": "9 m", "d": "1 m"}})
	want := `
  - id: van
    kind: van
    lane: 0
    s: 110 m
    speed: 36 km/h
    path: [{s: 5 m, d: 1 m}, {s: 9 m, d: 1 m}]
    do:
      - when: {time: ">= 2 s"}
        brake: {decel: 4 m/s2}
      - stop: {decel: 3 m/s2}
until:`
	if !strings.Contains(text, want) {
		t.Errorf("no%s in\n%s", want, text)
	}
}

func putAt(t *testing.T, text, at string, value any) string {
	t.Helper()
	path, err := parsePath(at)
	if err != nil {
		t.Fatal(err)
	}
	text, err = put(text, path, value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
