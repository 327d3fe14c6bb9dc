package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Field is a key of a scenario file: what it means, how its value is written and
// which values it may have. The reader, the published schema and the editor all
// follow the table of fields.
type Field struct {
	Name  string
	About string // for people
	Form  Form
	// Dimension of a Quantity, a Comparison or Quantities, such as length; see Units.
	Dimension string
	// Min and Max are the least and the greatest value, as a file writes them; "" for
	// no bound. The map may narrow them, as the length of a lane does.
	Min, Max string
	// EitherSign says that the bounds hold for the magnitude.
	EitherSign bool
	Options    []string // of an Option, or of each element of Options
	Required   bool
	MinItems   int     // of a list, or of the fields of a Group that are given
	Fields     []Field // of a Group, of each element of Groups, or of each of Spreads
	// OneAction says that each element has exactly one key other than when.
	OneAction bool
	// Or is what may stand instead of a Group, if not nil.
	Or *Field
}

// Form is how the value of a field is written.
type Form uint8

// Forms of fields.
const (
	Text        Form = iota // any words
	Quantity                // a number with a unit
	Comparison              // a comparison with one: "< 15 m"
	Option                  // one of Options
	Flag                    // true or false
	Whole                   // an integer
	OptionList              // a list of Options
	Texts                   // a list of any words
	Value                   // a number or any words
	Values                  // a list of such
	Group                   // a mapping of fields
	Groups                  // a list of such mappings
	Quantities              // a mapping of names to quantities
	SpreadTable             // a mapping of names to groups
)

// Fields returns what a section of a file may hold: map, ego, actors, actors.do,
// actors.do.when, actors.do.brake, weather, expect and so on; "" is the file itself.
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
// without the indices; nil where there is none.
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

// named returns the field of a name among others, nil for none.
func named(in []Field, name string) *Field {
	i := slices.IndexFunc(in, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &in[i]
}

// bounds returns the least and the greatest value of a Quantity, a Comparison or a
// Whole, SI; infinite where there is none.
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

// si returns a value of the field in SI units, 0 for a text that is none. A test reads
// all bounds of the table.
func (f *Field) si(text string) float64 {
	if f.Form == Whole {
		v, _ := strconv.ParseFloat(text, 64)
		return v
	}
	v, _ := dimensionOf(f.Dimension).parse(text)
	return v
}

// Check reports a quantity that is out of bounds, or none of the field's dimension.
func (f *Field) Check(text string) error {
	d := dimensionOf(f.Dimension)
	v, err := d.parse(text)
	if err != nil {
		return err
	}
	lo, hi := f.bounds()
	if f.EitherSign && math.Abs(v) < lo {
		return fmt.Errorf("%s is nearer to 0 than %s", strings.TrimSpace(text), d.like(lo, text))
	}
	if f.EitherSign {
		lo = -hi
	}
	return d.within(text, v, lo, hi)
}

// Range says which values a field may have, for people: "0 to 216 km/h"; "" where
// there are no bounds.
func (f *Field) Range() string {
	low, high := f.Min, f.Max
	_, unit, _ := split(low)
	if _, same, _ := split(high); unit == same {
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
