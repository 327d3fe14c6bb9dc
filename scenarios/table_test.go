package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
)

// The Go types of a file and the table have the same fields. All bounds can be parsed,
// and none is missing.
func TestTableMatchesFileTypes(t *testing.T) {
	compareFields(t, "", reflect.TypeFor[Sections](), fields)
}

func compareFields(t *testing.T, path string, typ reflect.Type, in []Field) {
	t.Helper()
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	var names []string
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
		names = append(names, name)
		f := named(in, name)
		if f == nil {
			t.Errorf("%s.%s is not in the table", path, name)
			continue
		}
		checkBounds(t, path+"."+name, f)
		if member := typ.Field(i).Type; f.Kind == Group && member.Kind() == reflect.Map {
			compareFields(t, path+"."+name+".*", member, union(f.Fields))
		} else if len(f.Fields) > 0 {
			compareFields(t, path+"."+name, typ.Field(i).Type, f.Fields)
		}
	}
	for i := range in {
		if !slices.Contains(names, in[i].Name) {
			t.Errorf("%s.%s is in the table, but not read", path, in[i].Name)
		}
	}
}

// union returns the fields of all groups, each once.
func union(groups []Field) (all []Field) {
	for _, g := range groups {
		for _, f := range g.Fields {
			if named(all, f.Name) == nil {
				all = append(all, f)
			}
		}
	}
	return all
}

// checkBounds reports bounds that are missing or cannot be parsed.
func checkBounds(t *testing.T, path string, f *Field) {
	t.Helper()
	if f.Alternative != nil {
		checkBounds(t, path, f.Alternative)
	}
	switch f.Kind {
	case Quantity, Comparison, QuantityMap:
		for _, text := range [...]string{f.Min, f.Max} {
			if _, err := dimensionOf(f.Dimension).parse(text); err != nil {
				t.Errorf("%s: bound %v", path, err)
			}
		}
	case Integer:
		if f.Min == "" || f.Max == "" {
			t.Errorf("%s has no bounds", path)
		}
	case Option, OptionList:
		if len(f.Options) == 0 {
			t.Errorf("%s has no options", path)
		}
	}
	if lo, hi := f.bounds(); lo > hi {
		t.Errorf("%s is from %s to %s", path, f.Min, f.Max)
	}
}

// The program knows every option of the table.
func TestOptionsExist(t *testing.T) {
	for _, name := range fieldAt("actors.kind").Options {
		if _, ok := actor.ParseKind(name); !ok {
			t.Errorf("%s is not a kind of actor", name)
		}
	}
	for _, name := range fieldAt("expect.color").Options {
		if _, ok := metrics.ParseColor(name); !ok {
			t.Errorf("%s is not a color", name)
		}
	}
}

// leaf is a field with its path in a document, such as actors[0].do[0].when.time.
type leaf struct {
	path  string
	field *Field
}

// leaves appends all fields below a path.
func leaves(out []leaf, path string, in []Field) []leaf {
	for i := range in {
		f := &in[i]
		at := strings.TrimPrefix(path+"."+f.Name, ".")
		out = append(out, leaf{at, f})
		switch f.Kind {
		case Group:
			out = leaves(out, at, f.Fields)
		case GroupList:
			out = leaves(out, indexed(at, 0), f.Fields)
		}
	}
	return out
}

// example returns a valid value of a field.
func example(f *Field) any {
	switch f.Kind {
	case Text, Value:
		return "1"
	case Quantity:
		return f.Max
	case Comparison:
		return "< " + f.Max
	case Option:
		return f.Options[0]
	case Boolean:
		return true
	case Integer:
		lo, _ := f.bounds()
		return int(lo)
	case OptionList:
		return []any{f.Options[0]}
	case TextList, ValueList:
		return []any{"one"}
	case QuantityMap:
		return map[string]any{"lead": f.Max}
	case GroupList:
		m := exampleGroup(f)
		if f.OneAction {
			m["stop"] = map[string]any{}
		}
		return slices.Repeat([]any{m}, max(1, f.MinItems))
	case VariationMap:
		return map[string]any{"ego.speed": map[string]any{"any": []any{"10 m/s"}}}
	}
	return exampleGroup(f)
}

// exampleGroup returns a mapping with the required fields.
func exampleGroup(f *Field) map[string]any {
	m := map[string]any{}
	for i := range f.Fields {
		if f.Fields[i].Required || len(m) < f.MinItems {
			m[f.Fields[i].Name] = example(&f.Fields[i])
		}
	}
	return m
}

// documentWith returns a valid document with a value at a path.
func documentWith(path string, value any) map[string]any {
	doc := exampleGroup(&Field{Fields: fields})
	var at any = doc
	in := &Field{Fields: fields}
	parts := strings.Split(path, ".")
	for i, p := range parts {
		key, index, _ := element(p)
		m := at.(map[string]any)
		f := named(in.Fields, key)
		switch {
		case i == len(parts)-1 && index < 0:
			m[key] = value
			if in.OneAction && key == "when" {
				m["stop"] = map[string]any{}
			}
			return doc
		case index >= 0 && m[key] == nil:
			m[key] = slices.Repeat([]any{nil}, max(1, f.MinItems))
			for j := range m[key].([]any) {
				m[key].([]any)[j] = exampleGroup(f)
			}
		case m[key] == nil:
			m[key] = exampleGroup(f)
			if in.OneAction && key == "when" {
				m["stop"] = map[string]any{}
			}
		}
		if at = m[key]; index >= 0 {
			at = at.([]any)[index]
		}
		in = f
	}
	return doc
}

// bad is an invalid value of a field.
type bad struct {
	what  string
	value any
	// reader says that the schema, which compares numbers only, cannot refuse it.
	reader bool
}

// badValues returns values out of bounds and values of other types.
func badValues(f *Field) []bad {
	out := []bad{{"null", nil, false}}
	deep := []bad{{"list", []any{1}, false}, {"mapping", map[string]any{"x": 1}, false}}
	lo, hi := f.bounds()
	switch f.Kind {
	case Text:
		out = append(append(out, deep...), bad{"number", 3, false}, bad{"bool", true, false})
		if f.Required {
			out = append(out, bad{"empty", "", false})
		}
	case Option:
		out = append(append(out, deep...), bad{"other word", "nonsense", false}, bad{"number", 3, false}, bad{"empty", "", false})
	case Boolean:
		out = append(append(out, deep...), bad{"text", "true", false}, bad{"number", 1, false}, bad{"empty", "", false})
	case Integer:
		out = append(append(out, deep...), bad{"below", lo - 1, false}, bad{"above", hi*1.5 + 1, false}, bad{"fraction", lo + .5, false},
			bad{"text", f.Min, false}, bad{"NaN", math.NaN(), false}, bad{"infinite", math.Inf(1), false}, bad{"huge", 1e300, false}, bad{"bool", true, false})
	case Quantity:
		out = append(append(out, deep...), badQuantities(f, lo, hi)...)
	case Comparison:
		unit := dimensionOf(f.Dimension).units[0].name
		out = append(append(out, deep...), bad{"number", 3, false}, bad{"no sign", "3 " + unit, false}, bad{"many signs", ">>> 3 " + unit, false},
			bad{"two signs", "<> 3 " + unit, false}, bad{"wrong sign", "= 3 " + unit, false}, bad{"wrong unit", "< 3 furlong", false},
			bad{"NaN", "< NaN " + unit, false}, bad{"no number", "< " + unit, false}, bad{"empty", "", false},
			bad{"above", "< " + dimensionOf(f.Dimension).InUnitOf(hi*1.1, f.Max), true}, bad{"huge", "< 1e300", true},
			bad{"below", "< " + dimensionOf(f.Dimension).InUnitOf(lo*1.1-.1, f.Max), lo < 0})
	case OptionList, TextList, ValueList:
		out = append(out, bad{"text", "left", false}, bad{"mapping", map[string]any{"x": 1}, false}, bad{"null element", []any{nil}, false}, bad{"deep element", []any{[]any{1}}, false})
		if f.MinItems > 0 {
			out = append(out, bad{"empty", []any{}, false})
		}
	case QuantityMap:
		out = append(out, bad{"text", "1 m", false}, bad{"list", []any{1}, false})
		for _, b := range badQuantities(f, lo, hi) {
			out = append(out, bad{"element " + b.what, map[string]any{"lead": b.value}, b.reader})
		}
	case Group:
		out = append(out, bad{"unknown field", map[string]any{"nonsense": 1}, false})
		if f.Alternative == nil {
			out = append(out, bad{"text", "x", false}, bad{"list", []any{1}, false})
		}
	case GroupList:
		out = append(out, bad{"text", "x", false}, bad{"mapping", map[string]any{"x": 1}, false}, bad{"text element", []any{"x", "y"}, false}, bad{"null element", []any{nil, nil}, false})
	case VariationMap:
		out = append(out, bad{"text", "x", false}, bad{"null element", map[string]any{"ego.speed": nil}, false}, bad{"nothing", map[string]any{"ego.speed": map[string]any{}}, false},
			bad{"list", map[string]any{"ego.speed": []any{1}}, false})
	}
	return out
}

// badQuantities returns numbers and texts out of bounds, in SI and with a unit.
func badQuantities(f *Field, lo, hi float64) []bad {
	d := dimensionOf(f.Dimension)
	under := lo * 0.9
	if f.EitherSign {
		lo = -hi
	}
	if lo <= 0 {
		under = lo*1.1 - .1
	}
	return []bad{
		{"below", lo - 1, false}, {"above", hi*1.1 + 1, false}, {"huge", 1e300, false}, {"hugely negative", -1e300, false},
		{"NaN", math.NaN(), false}, {"infinite", math.Inf(1), false}, {"NaN with unit", "NaN " + d.units[0].name, false},
		{"infinite with unit", "Inf " + d.units[0].name, false}, {"wrong unit", "3 furlong", false}, {"no number", "x", false}, {"empty", "", false}, {"bool", true, false},
		{"above with unit", d.InUnitOf(hi*1.1+.1, "1 "+d.siUnit().name), true}, {"below with unit", d.InUnitOf(under, "1 "+d.siUnit().name), lo != 0},
	}
}

// Every field rejects values out of bounds, of other types and with other units, at its
// position in the file. The published schema rejects the same values, except for
// quantities with a unit, which a schema cannot compare.
func TestFieldsRejectOutOfBounds(t *testing.T) {
	schema := fieldSchema(t)
	n := 0
	for _, l := range leaves(nil, "", fields) {
		if l.path == "version" {
			continue // another version has other fields
		}
		for _, b := range badValues(l.field) {
			n++
			doc := documentWith(l.path, b.value)
			text, err := yaml.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			var fault *Error
			switch _, err = Parse("bad.yaml", text); {
			case !errors.As(err, &fault):
				t.Errorf("%s, %s: %v is accepted in\n%s", l.path, b.what, b.value, text)
			case fault.Line == 0 || !strings.HasPrefix(strings.ReplaceAll(fault.Path, "vary.'ego.speed'", "vary"), l.path) || strings.Contains(fault.Error(), "reflect") || strings.Contains(fault.Error(), "scenarios."):
				t.Errorf("%s, %s: got error %v", l.path, b.what, err)
			}
			if valid := validates(schema, doc); valid != b.reader {
				t.Errorf("%s, %s: %v: the schema accepts it: %v", l.path, b.what, b.value, valid)
			}
		}
	}
	if n < 1500 {
		t.Errorf("%d values tried", n)
	}
}

// Both bounds are allowed, and optional fields may be missing.
func TestFieldsAcceptBounds(t *testing.T) {
	schema := fieldSchema(t)
	for _, l := range leaves(nil, "", fields) {
		if strings.HasPrefix(l.path, "vary") {
			continue
		}
		values := []any{example(l.field)}
		switch l.field.Kind {
		case Quantity:
			lo, hi := l.field.bounds()
			values = append(values, l.field.Min, rounded(lo), rounded(hi))
		case Comparison:
			values = append(values, ">= "+l.field.Min, "<="+l.field.Max, ">"+l.field.Max)
		case Integer:
			values = append(values, json.Number(l.field.Min+".0"), json.Number(l.field.Max))
		}
		for _, v := range values {
			doc := documentWith(l.path, v)
			data, err := json.Marshal(doc) // which is YAML
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Parse("good.yaml", data); err != nil {
				t.Errorf("%s: %v: %v", l.path, v, err)
			}
			if !validates(schema, doc) {
				t.Errorf("%s: the schema rejects %v", l.path, v)
			}
		}
	}
}

func fieldSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validates reports whether a schema accepts a document. JSON has no NaN.
func validates(s *jsonschema.Schema, doc map[string]any) bool {
	data, err := json.Marshal(doc)
	if err != nil {
		return false
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	return err == nil && s.Validate(v) == nil
}

// Errors give bounds in the unit of the file.
func TestErrorsUseUnitOfFile(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"ego.speed", "250 km/h", "250 km/h is above 216 km/h"},
		{"ego.speed", "80 m/s", "80 m/s is above 60 m/s"},
		{"ego.speed", "140 mph", "140 mph is above 134.2162 mph"},
		{"ego.speed", "80", "80 is above 60 m/s"},
		{"flows.rate", "-5 veh/h", "-5 veh/h is below 0 veh/h"},
		{"map.speed_limit", "5000 km/h", "5000 km/h is above 252 km/h"},
		{"map.speed_limit", "0", "0 is below 1 m/s"},
		{"weather.sun", "200 deg", "200 deg is above 90 deg"},
		{"weather.sun", "2 rad", "2 rad is above 1.5708 rad"},
		{"weather.rain", "120 %", "120 % is above 100 %"},
		{"weather.rain", "7", "7 is above 1"},
		{"map.radius", "-10 m", "-10 m is closer to 0 than 15 m"},
		{"map.radius", "-2000 km", "-2000 km is below -1000 km"},
		{"actors.do.brake.decel", "-3 m/s2", "-3 m/s2 is below 0.01 m/s2"},
		{"actors.do.brake.decel", "3 g", "3 g is above 2.0394 g"},
		{"ego.speed", "90 m", `"90 m" is not a valid speed; units are km/h, m/s, mph`},
	} {
		if err := fieldAt(c.path).Check(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%s: %s: error %v, want %q", c.path, c.text, err, c.want)
		}
	}
	for _, text := range []string{"216 km/h", "60 m/s", "60", "0 km/h", "134.2161 mph"} {
		if err := fieldAt("ego.speed").Check(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRangesOfFields(t *testing.T) {
	for path, want := range map[string]string{
		"ego.speed": "0 to 216 km/h", "map.radius": "15 m to 1000 km, either sign", "weather.rain": "0 to 1", "map.lanes": "1 to 5", "name": "",
	} {
		if got := fieldAt(path).Range(); got != want {
			t.Errorf("%s ranges %q, want %q", path, got, want)
		}
	}
	if _, err := Fields("nowhere"); err == nil {
		t.Error("nowhere has fields")
	}
	if f, err := Fields("actors.do.brake"); err != nil || fmt.Sprint(f[0].Name, f[1].Name) != "decelto" {
		t.Errorf("%v, %v", f, err)
	}
}
