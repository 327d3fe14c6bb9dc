package scenarios

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// quantity is a number with an optional unit, as written in a scenario file:
// 90 km/h, 600 m, 2.5 s, 0.3. Its dimension is known where it is used.
type quantity struct {
	text string
	set  bool
}

// UnmarshalYAML takes a number or a string as it stands.
func (q *quantity) UnmarshalYAML(unmarshal func(any) error) error {
	var v any
	if err := unmarshal(&v); err != nil {
		return err
	}
	switch v.(type) {
	case string, int, int64, uint64, float64:
		q.text, q.set = fmt.Sprint(v), true
		return nil
	}
	return fmt.Errorf("want a number with a unit, got %v", v)
}

// unit is a unit with its factor to SI.
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
	accels  = &dimension{"acceleration", []unit{{"m/s2", 1}, {"m/s²", 1}, {"g", 9.80665}}}
	jerks   = &dimension{"jerk", []unit{{"m/s3", 1}, {"m/s³", 1}}}
	shares  = &dimension{"number", []unit{{"%", .01}}}
	rates   = &dimension{"rate", []unit{{"veh/h", 1. / 3600}, {"/h", 1. / 3600}, {"/s", 1}}}
)

// parse returns a quantity in SI units; bare numbers are SI.
func (d *dimension) parse(text string) (float64, error) {
	text = strings.TrimSpace(text)
	for _, u := range append(d.units, unit{"", 1}) {
		head, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(head), 64)
		if err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
			return v * u.factor, nil
		}
	}
	var names []string
	for _, u := range d.units {
		names = append(names, u.name)
	}
	return 0, fmt.Errorf("%q is no %s; units are %s", text, d.name, strings.Join(names, ", "))
}

// SI returns a quantity of a scenario file in SI units. The dimension is what the
// schema calls it: length, speed, time, angle, accel, jerk, share or rate.
func SI(dimension, text string) (float64, error) {
	d := dimensionOf(dimension)
	if d == nil {
		return 0, fmt.Errorf("%q is no dimension", dimension)
	}
	return d.parse(text)
}

// Units returns the units that quantities of a dimension may be written in.
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

// dimensionOf returns the dimension of a name in the schema, nil for none.
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
