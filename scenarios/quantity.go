package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"roadloop/sim/vehicle"
)

// quantity is a number with an optional unit, as written in a scenario file:
// 90 km/h, 600 m, 2.5 s, 0.3.
type quantity struct {
	text string
	si   float64 // value in SI units, if the field has a dimension
	set  bool
}

// or returns the value in SI units, or def if the file has no value.
func (q quantity) or(def float64) float64 {
	if !q.set {
		return def
	}
	return q.si
}

// comparison is a condition on a quantity, as written in a scenario file: "< 15 m".
type comparison struct {
	text  string
	above bool    // the condition holds at or above the value, else below it
	si    float64 // the value in SI units
	set   bool
}

// parseComparison parses a comparison with a quantity. "<=" means the same as "<",
// because values are not exact to the last bit.
func parseComparison(text string) (c comparison, number string, err error) {
	number = strings.TrimSpace(text)
	if number == "" || number[0] != '<' && number[0] != '>' {
		return c, "", fmt.Errorf("%q must begin with <, <=, > or >=", text)
	}
	c = comparison{text: text, above: number[0] == '>', set: true}
	number = strings.TrimPrefix(number[1:], "=")
	return c, number, nil
}

// unit is a unit with its factor to the SI unit.
type unit struct {
	name   string
	factor float64
}

// dimension is a kind of quantity with its units.
type dimension struct {
	name  string
	units []unit
}

// Dimensions of the quantities in scenario files.
var (
	lengths = &dimension{"length", []unit{{"km", 1000}, {"cm", .01}, {"m", 1}}}
	speeds  = &dimension{"speed", []unit{{"km/h", 1 / 3.6}, {"m/s", 1}, {"mph", .44704}}}
	times   = &dimension{"time", []unit{{"ms", .001}, {"min", 60}, {"s", 1}}}
	angles  = &dimension{"angle", []unit{{"deg", math.Pi / 180}, {"rad", 1}}}
	accels  = &dimension{"acceleration", []unit{{"m/s2", 1}, {"m/s²", 1}, {"g", vehicle.StandardGravity}}}
	jerks   = &dimension{"jerk", []unit{{"m/s3", 1}, {"m/s³", 1}}}
	shares  = &dimension{"number", []unit{{"%", .01}}}
	rates   = &dimension{"rate", []unit{{"veh/h", 1. / 3600}, {"/h", 1. / 3600}, {"/s", 1}}}
)

// parse returns a quantity in SI units. A number without a unit is in SI units.
func (d *dimension) parse(text string) (float64, error) {
	v, u, err := d.read(text)
	return v * u.factor, err
}

// number matches a decimal number as in the schema: not hexadecimal, no underscores, not
// infinite, not NaN.
var number = regexp.MustCompile(`^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// read returns the number and the unit of a quantity.
func (d *dimension) read(text string) (float64, unit, error) {
	text = strings.TrimSpace(text)
	for _, u := range append(d.units, unit{"", 1}) {
		head, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		head = strings.TrimSpace(head)
		v, err := strconv.ParseFloat(head, 64)
		if err == nil && number.MatchString(head) && !math.IsInf(v*u.factor, 0) {
			return v, u, nil
		}
	}
	var names []string
	for _, u := range d.units {
		names = append(names, u.name)
	}
	return 0, unit{"", 1}, fmt.Errorf("%q is not a valid %s; units are %s", text, d.name, strings.Join(names, ", "))
}

// checkBounds reports a quantity outside of the bounds lo and hi (SI). The error uses the
// unit of text.
func (d *dimension) checkBounds(text string, v, lo, hi float64) error {
	const equal = 1e-9 // tolerance for rounding: 252 km/h is 70 m/s
	switch text = strings.TrimSpace(text); {
	case v < lo-equal*math.Abs(lo):
		return fmt.Errorf("%s is below %s", text, d.inUnitOf(lo, text))
	case !(v <= hi+equal*math.Abs(hi)):
		return fmt.Errorf("%s is above %s", text, d.inUnitOf(hi, text))
	}
	return nil
}

// inUnitOf formats an SI value in the unit of text.
func (d *dimension) inUnitOf(v float64, text string) string {
	_, u, err := d.read(text)
	if err != nil || u.name == "" {
		u = d.siUnit()
	}
	written := strconv.FormatFloat(math.Round(v/u.factor*1e4)/1e4, 'f', -1, 64)
	return strings.TrimSpace(written + " " + u.name)
}

// siUnit returns the SI unit, which numbers without a unit have. For shares it is the
// plain number.
func (d *dimension) siUnit() unit {
	for _, u := range d.units {
		if u.factor == 1 {
			return u
		}
	}
	return unit{"", 1}
}

// SI returns a quantity of a scenario file in SI units. The dimension is its name in the
// schema: length, speed, time, angle, accel, jerk, share or rate.
func SI(dimension, text string) (float64, error) {
	d := dimensionOf(dimension)
	if d == nil {
		return 0, fmt.Errorf("%q is not a dimension", dimension)
	}
	return d.parse(text)
}

// Units returns the units of a dimension.
func Units(dimension string) []string {
	d := dimensionOf(dimension)
	if d == nil {
		return nil
	}
	names := make([]string, len(d.units))
	for i := range d.units {
		names[i] = d.units[i].name
	}
	return names
}

// dimensionOf returns the dimension with this name in the schema, or nil.
func dimensionOf(name string) *dimension {
	switch name {
	case "length":
		return lengths
	case "speed":
		return speeds
	case "time":
		return times
	case "angle":
		return angles
	case "accel":
		return accels
	case "jerk":
		return jerks
	case "share":
		return shares
	case "rate":
		return rates
	}
	return nil
}
