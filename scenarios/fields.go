package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Field describes a key of a scenario file: its meaning, how its value is written and the
// allowed values. The reader, the published schema and the editor all use the table of
// fields.
type Field struct {
	Name        string
	Description string // description for users
	Kind        ValueKind
	// Dimension is the dimension of a Quantity, a Comparison or a QuantityMap, such as
	// length; see Units.
	Dimension string
	// Min and Max are the bounds, written as in a file; "" means no bound. The map may
	// narrow them, for example to the length of a lane.
	Min, Max string
	// EitherSign means that the bounds apply to the magnitude.
	EitherSign bool
	Options    []string // of an Option, or of each element of an OptionList
	Required   bool
	MinItems   int     // minimum length of a list, or number of fields in a Group
	Fields     []Field // of a Group, of each element of a GroupList, or of each value of a VariationMap
	// OneAction means that each element has exactly one key other than when.
	OneAction bool
	// Alternative is the alternative to a Group, if not nil.
	Alternative *Field
}

// ValueKind is the kind of value of a field.
type ValueKind uint8

// Kinds of values.
const (
	Text         ValueKind = iota // arbitrary text
	Quantity                      // a number with a unit
	Comparison                    // a comparison with a quantity: "< 15 m"
	Option                        // one of Options
	Boolean                       // true or false
	Integer                       // an integer
	OptionList                    // a list of Options
	TextList                      // a list of texts
	Value                         // a number or a text
	ValueList                     // a list of Values
	Group                         // a mapping of fields
	GroupList                     // a list of Groups
	QuantityMap                   // a mapping from names to Quantities
	VariationMap                  // a mapping from names to Groups
)

// Mapping reports whether values are mappings, or lists of mappings.
func (k ValueKind) Mapping() bool { return k >= Group }

// Fields returns the fields of a section: map, ego, actors, actors.do, actors.do.when,
// actors.do.brake, weather, expect and so on. "" is the file itself.
func Fields(section string) ([]Field, error) {
	if section == "" {
		return fields, nil
	}
	f := fieldAt(section)
	if f == nil || len(f.Fields) == 0 {
		return nil, fmt.Errorf("scenario files have no section %q", section)
	}
	return f.Fields, nil
}

var index = regexp.MustCompile(`\[[0-9]*\]`)

// fieldAt returns the field at a path such as actors[0].do[1].brake.decel, with or
// without indices. It returns nil for an unknown path.
func fieldAt(path string) *Field {
	var f *Field
	in := fields
	for name := range strings.SplitSeq(index.ReplaceAllString(path, ""), ".") {
		if f = named(in, name); f == nil {
			return nil
		}
		in = f.Fields
	}
	return f
}

// named returns the field with this name, or nil.
func named(in []Field, name string) *Field {
	i := slices.IndexFunc(in, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &in[i]
}

// bounds returns the minimum and the maximum of a Quantity, a Comparison or an Integer, in
// SI units. A missing bound is infinite.
func (f *Field) bounds() (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	if f.Min != "" {
		lo = f.si(f.Min)
	}
	if f.Max != "" {
		hi = f.si(f.Max)
	}
	return lo, hi
}

// si returns a value of the field in SI units, or 0 for an invalid text. A test reads all
// bounds of the table.
func (f *Field) si(text string) float64 {
	if f.Kind == Integer {
		v, _ := plainNumber.parse(text)
		return v
	}
	v, _ := dimensionOf(f.Dimension).parse(text)
	return v
}

// Check reports a quantity or an integer that is out of bounds, or a quantity of another
// dimension.
func (f *Field) Check(text string) error {
	d := dimensionOf(f.Dimension)
	if f.Kind == Integer {
		d = plainNumber
	}
	v, err := d.parse(text)
	if err != nil {
		return err
	}
	lo, hi := f.bounds()
	if f.EitherSign && math.Abs(v) < lo {
		return fmt.Errorf("%s is closer to 0 than %s", strings.TrimSpace(text), d.InUnitOf(lo, text))
	}
	if f.EitherSign {
		lo = -hi
	}
	return d.CheckBounds(text, v, lo, hi)
}

// Range describes the allowed values, such as "0 to 216 km/h", or returns "" without
// bounds.
func (f *Field) Range() string {
	low, high := f.Min, f.Max
	_, unit, _ := SplitQuantity(low)
	if _, same, _ := SplitQuantity(high); unit == same {
		low = strings.TrimSpace(strings.TrimSuffix(low, unit))
	}
	sign := ""
	if f.EitherSign {
		sign = ", either sign"
	}
	switch {
	case low == "" && high == "":
		return ""
	case high == "":
		return "at least " + low + sign
	case low == "":
		return "at most " + high + sign
	}
	return low + " to " + high + sign
}
