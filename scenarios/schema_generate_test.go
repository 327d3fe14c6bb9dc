package scenarios

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

var writeSchema = flag.Bool("write-schema", false, "write the published schema anew from the table of fields")

// The published schema is generated from the table of fields. After a change of the
// table, run:
//
// go test ./scenarios -run TestSchemaIsThatOfTheTable -write-schema
func TestSchemaIsThatOfTheTable(t *testing.T) {
	checkDimensions(t, "", fields)
	text, err := json.MarshalIndent(schemaOfFile(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *writeSchema {
		if err := os.WriteFile("schema/scenario-v1.json", text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(text, Schema) {
		t.Error("schema/scenario-v1.json differs from the table: run go test ./scenarios -run TestSchemaIsThatOfTheTable -write-schema")
	}
}

// checkDimensions ends the test at a field with a dimension that quantity.go or the
// definitions of the schema do not have.
func checkDimensions(t *testing.T, path string, list []Field) {
	t.Helper()
	for i := range list {
		f := &list[i]
		at := strings.TrimPrefix(path+"."+f.Name, ".")
		if d := f.Dimension; d != "" {
			if dimensionOf(d) == nil {
				t.Fatalf("%s: unknown dimension %q: add it to quantity.go", at, d)
			}
			if !slices.ContainsFunc(definitions(), func(e entry) bool { return e.key == d }) {
				t.Fatalf("%s: the dimension %q has no definition in schema_generate_test.go", at, d)
			}
		}
		checkDimensions(t, at, f.Fields)
		if f.Alternative != nil {
			checkDimensions(t, at, []Field{*f.Alternative})
		}
	}
}

// object is a JSON object that preserves the order of its keys.
type object []entry

type entry struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, v := range [...]any{m.key, m.value} {
			if j > 0 {
				b.WriteByte(':')
			}
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			if err := e.Encode(v); err != nil {
				return nil, err
			}
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (o *object) add(key string, value any) { *o = append(*o, entry{key, value}) }

func schemaOfFile() object {
	o := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "urn:roadloop:schema:scenario-v1"},
		{"title", "roadloop scenario, version 1"},
		{"description", "A scenario is a test: a map, the ego, other actors with their scripts, weather, varied parameters and expectations. " +
			"Quantities are SI numbers or carry a unit. Schemas compare numbers only: the bounds of quantities with a unit are in their descriptions, and roadloop checks them."},
	}
	o = append(o, schemaOfGroup(fields)...)
	o.add("$defs", definitions())
	return o
}

// schemaOfGroup returns the schema of a mapping.
func schemaOfGroup(in []Field) object {
	o := object{{"type", "object"}, {"additionalProperties", false}}
	properties, required := object{}, []string{}
	for i := range in {
		properties.add(in[i].Name, schemaOf(&in[i]))
		if in[i].Required {
			required = append(required, in[i].Name)
		}
	}
	o.add("properties", properties)
	if len(required) > 0 {
		o.add("required", required)
	}
	return o
}

// schemaOf returns the schema of a field.
func schemaOf(f *Field) object {
	var o object
	switch f.Kind {
	case Text:
		o.add("type", "string")
		if f.Required {
			o.add("minLength", 1)
		}
	case Option:
		o.add("enum", f.Options)
	case Boolean:
		o.add("type", "boolean")
	case Integer:
		o = object{{"type", "integer"}, {"minimum", json.Number(f.Min)}, {"maximum", json.Number(f.Max)}}
	case Quantity, Comparison:
		o = schemaOfQuantity(f)
	case OptionList:
		o = schemaOfList(f, object{{"enum", f.Options}})
	case TextList:
		o = schemaOfList(f, object{{"type", "string"}})
	case Value:
		o.add("type", []string{"number", "string"})
	case ValueList:
		o = schemaOfList(f, object{{"type", []string{"number", "string"}}})
	case Group:
		o = schemaOfEither(f)
	case GroupList:
		o = schemaOfList(f, schemaOfElement(f))
	case QuantityMap:
		o = object{{"type", "object"}, {"additionalProperties", schemaOfQuantity(f)}}
	case VariationMap:
		o = object{{"type", "object"}, {"additionalProperties", schemaOfSpread(f)}}
	}
	about := f.Description
	if r := f.Range(); r != "" && f.Kind != Integer {
		about = strings.TrimPrefix(about+"; "+r, "; ")
	}
	if about != "" {
		o.add("description", about)
	}
	return o
}

// schemaOfQuantity returns the schema of a quantity or a comparison. It bounds numbers
// without a unit, and the sign of numbers with a unit.
func schemaOfQuantity(f *Field) object {
	lo, hi := f.bounds()
	if f.Kind == Comparison {
		o := object{{"$ref", "#/$defs/when" + strings.ToUpper(f.Dimension[:1]) + f.Dimension[1:]}}
		if lo == 0 {
			o.add("not", object{{"$ref", "#/$defs/negative"}})
		}
		return o
	}
	o := object{{"$ref", "#/$defs/" + f.Dimension}}
	switch {
	case f.EitherSign:
		o.add("minimum", rounded(-hi))
		o.add("maximum", rounded(hi))
		o.add("not", object{{"type", "number"}, {"exclusiveMinimum", rounded(-lo)}, {"exclusiveMaximum", rounded(lo)}})
		return o
	case lo == 0:
		o.add("not", object{{"$ref", "#/$defs/negative"}})
	case lo > 0:
		o.add("not", object{{"$ref", "#/$defs/notPositive"}})
	}
	o.add("minimum", rounded(lo))
	o.add("maximum", rounded(hi))
	return o
}

func rounded(v float64) float64 { return math.Round(v*1e9) / 1e9 }

func schemaOfList(f *Field, element object) object {
	o := object{{"type", "array"}}
	if f.MinItems > 0 {
		o.add("minItems", f.MinItems)
	}
	o.add("items", element)
	return o
}

// schemaOfElement returns the schema of a mapping in a list.
func schemaOfElement(f *Field) object {
	o := schemaOfGroup(f.Fields)
	if f.OneAction {
		var one []object
		for i := range f.Fields {
			if name := f.Fields[i].Name; name != "when" {
				one = append(one, object{{"required", []string{name}}})
			}
		}
		o.add("oneOf", one)
	}
	return o
}

// schemaOfEither returns the schema of a mapping or of its alternative.
func schemaOfEither(f *Field) object {
	o := schemaOfGroup(f.Fields)
	if f.MinItems > 0 {
		o.add("minProperties", f.MinItems)
	}
	if f.Alternative == nil {
		return o
	}
	return object{{"anyOf", []object{schemaOf(f.Alternative), o}}}
}

// schemaOfSpread returns the schema of a varied parameter: a list or a range.
func schemaOfSpread(f *Field) object {
	list, span := schemaOfGroup(f.Fields[:1]), schemaOfGroup(f.Fields[1:])
	list.add("required", []string{"any"})
	span.add("required", []string{"from", "to"})
	span.add("not", object{{"required", []string{"step", "steps"}}})
	return object{{"oneOf", []object{list, span}}}
}

const numberPattern = `[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*`

// definitions returns the schemas that fields refer to.
func definitions() object {
	var o object
	for _, d := range [...]struct{ name, about string }{
		{"length", "metres, or with a unit: 600 m, 0.4 km"}, {"speed", "m/s, or with a unit: 90 km/h, 25 m/s, 30 mph"},
		{"time", "seconds, or with a unit: 2.5 s, 300 ms"}, {"angle", "radians, or with a unit: 30 deg"},
		{"accel", "m/s², or with a unit: 4 m/s2, 0.4 g"}, {"jerk", "m/s³, or with a unit: 4 m/s3"},
		{"share", "0 to 1, or with a unit: 40 %"}, {"rate", "per second, or with a unit: 600 veh/h"},
	} {
		o.add(d.name, object{{"description", d.about}, {"anyOf", []object{{{"type", "number"}},
			{{"type", "string"}, {"pattern", `^\s*` + numberPattern + unitPattern(d.name) + `\s*$`}}}}})
	}
	for _, d := range [...]struct{ name, example string }{
		{"length", "< 15 m"}, {"share", "< 50 %"}, {"speed", ">= 30 km/h"}, {"time", ">= 3 s"},
	} {
		o.add("when"+strings.ToUpper(d.name[:1])+d.name[1:], object{{"description", fmt.Sprintf("a bound on a %s: %q", d.name, d.example)},
			{"type", "string"}, {"pattern", `^\s*[<>]=?\s*` + numberPattern + unitPattern(d.name) + `\s*$`}})
	}
	o.add("negative", object{{"type", "string"}, {"pattern", `^\s*([<>]=?\s*)?-[0-9.]*[1-9]`}})
	o.add("notPositive", object{{"type", "string"}, {"pattern", `^\s*(-|\+?[0.]+(\s*[^0-9.\s]|\s*$))`}})
	return o
}

// unitPattern matches a unit of a dimension, or none.
func unitPattern(dimension string) string {
	return "(" + strings.Join(slices.Clone(Units(dimension)), "|") + ")?"
}
