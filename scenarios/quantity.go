package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"roadloop/sim/vehicle"
)

// Amount is a number with an optional unit, as written in a scenario file:
// 90 km/h, 600 m, 2.5 s, 0.3.
type Amount struct {
	Text string
	SI   float64 // value in SI units, if the field has a dimension
	Set  bool
}

// Or returns the value in SI units, or def if the file has no value.
func (q Amount) Or(def float64) float64 {
	if !q.Set {
		return def
	}
	return q.SI
}

// Condition is a condition on a quantity, as written in a scenario file: "< 15 m".
type Condition struct {
	Text    string
	AtLeast bool    // the condition holds at or above the value, else below it
	SI      float64 // the value in SI units
	Set     bool
}

// parseComparison parses a comparison with a quantity. "<=" means the same as "<",
// because values are not exact to the last bit.
func parseComparison(text string) (c Condition, number string, err error) {
	number = strings.TrimSpace(text)
	if number == "" || number[0] != '<' && number[0] != '>' {
		return c, "", fmt.Errorf("%q must begin with <, <=, > or >=", text)
	}
	c = Condition{Text: text, AtLeast: number[0] == '>', Set: true}
	number = strings.TrimPrefix(number[1:], "=")
	return c, number, nil
}

// unit is a unit with its factor to the SI unit.
type unit struct {
	name   string
	factor float64
}

// Dimension is a kind of quantity with its units.
type Dimension struct {
	name  string
	units []unit
}

// Dimensions of the quantities in scenario files.
var (
	Lengths = &Dimension{"length", []unit{{"km", 1000}, {"cm", .01}, {"m", 1}}}
	Speeds  = &Dimension{"speed", []unit{{"km/h", 1 / 3.6}, {"m/s", 1}, {"mph", .44704}}}
	Times   = &Dimension{"time", []unit{{"ms", .001}, {"min", 60}, {"s", 1}}}
	angles  = &Dimension{"angle", []unit{{"deg", math.Pi / 180}, {"rad", 1}}}
	accels  = &Dimension{"acceleration", []unit{{"m/s2", 1}, {"m/s²", 1}, {"g", vehicle.StandardGravity}}}
	jerks   = &Dimension{"jerk", []unit{{"m/s3", 1}, {"m/s³", 1}}}
	shares  = &Dimension{"number", []unit{{"%", .01}}}
	rates   = &Dimension{"rate", []unit{{"veh/h", 1. / 3600}, {"/h", 1. / 3600}, {"/s", 1}}}
)

// plainNumber has no units.
var plainNumber = &Dimension{name: "number"}

// parse returns a quantity in SI units. A number without a unit is in SI units.
func (d *Dimension) parse(text string) (float64, error) {
	v, u, err := d.read(text)
	return v * u.factor, err
}

// number matches a decimal number as in the schema: not hexadecimal, no underscores, not
// infinite, not NaN.
var number = regexp.MustCompile(`^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// read returns the number and the unit of a quantity.
func (d *Dimension) read(text string) (float64, unit, error) {
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
	err := fmt.Errorf("%q is not a valid %s", text, d.name)
	if len(d.units) > 0 {
		err = fmt.Errorf("%w; units are %s", err, strings.Join(d.unitNames(), ", "))
	}
	return 0, unit{"", 1}, err
}

// CheckBounds reports a quantity outside of the bounds lo and hi (SI). The error uses the
// unit of text.
func (d *Dimension) CheckBounds(text string, v, lo, hi float64) error {
	const equal = 1e-9 // tolerance for rounding: 252 km/h is 70 m/s
	switch text = strings.TrimSpace(text); {
	case v < lo-equal*math.Abs(lo):
		return fmt.Errorf("%s is below %s", text, d.InUnitOf(lo, text))
	case !(v <= hi+equal*math.Abs(hi)):
		return fmt.Errorf("%s is above %s", text, d.InUnitOf(hi, text))
	}
	return nil
}

// InUnitOf formats an SI value in the unit of text.
func (d *Dimension) InUnitOf(v float64, text string) string {
	_, u, err := d.read(text)
	if err != nil || u.name == "" {
		u = d.siUnit()
	}
	written := strconv.FormatFloat(math.Round(v/u.factor*1e4)/1e4, 'f', -1, 64)
	return strings.TrimSpace(written + " " + u.name)
}

// siUnit returns the SI unit, which numbers without a unit have. For shares it is the
// plain number.
func (d *Dimension) siUnit() unit {
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
	return d.unitNames()
}

func (d *Dimension) unitNames() []string {
	names := make([]string, len(d.units))
	for i := range d.units {
		names[i] = d.units[i].name
	}
	return names
}

// dimensionOf returns the dimension with this name in the schema, or nil.
func dimensionOf(name string) *Dimension {
	switch name {
	case "length":
		return Lengths
	case "speed":
		return Speeds
	case "time":
		return Times
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

// CheckMagnitude reports an amount of the section with a magnitude outside of the bounds lo and
// hi (SI). A field that the file does not set, or that is no amount, has no error.
func (f *MapSection) CheckMagnitude(field string, lo, hi float64) error {
	q, ok := member(reflect.ValueOf(*f), field).Interface().(Amount)
	if !ok || !q.Set {
		return nil
	}
	return dimensionOf(fieldAt("map."+field).Dimension).CheckBounds(q.Text, math.Abs(q.SI), lo, hi)
}
