package dataset

import (
	"fmt"
	"slices"
	"strings"

	"roadloop/perception"
	"roadloop/sim/actor"
	"roadloop/sim/label"
)

// region is the class of ambiguous names, which may mean any class or none: neither
// finding nor missing them counts.
const region = perception.Class(perception.NumClasses)

// classByAlias maps the class names of other data sets to classes.
var classByAlias = map[string]perception.Class{
	"car": perception.Car, "van": perception.Car, "pickup": perception.Car, "suv": perception.Car, "taxi": perception.Car,
	"truck": perception.Truck, "bus": perception.Truck, "tram": perception.Truck, "lorry": perception.Truck,
	"pedestrian": perception.Pedestrian, "person": perception.Pedestrian, "person sitting": perception.Pedestrian, "child": perception.Pedestrian,
	"cyclist": perception.Cyclist, "bicycle": perception.Cyclist, "bicyclist": perception.Cyclist, "bike": perception.Cyclist,
	"motorcycle": perception.Cyclist, "motorcyclist": perception.Cyclist, "motorbike": perception.Cyclist, "rider": perception.Cyclist,
	"cone": perception.Cone, "traffic cone": perception.Cone, "debris": perception.Cone, "obstacle": perception.Cone,
	"signal red": perception.SignalRed, "signalred": perception.SignalRed, "traffic light red": perception.SignalRed,
	"signal amber": perception.SignalAmber, "signalamber": perception.SignalAmber, "traffic light yellow": perception.SignalAmber,
	"signal green": perception.SignalGreen, "signalgreen": perception.SignalGreen, "traffic light green": perception.SignalGreen,
	"dontcare": region, "misc": region, "traffic light": region,
}

// classByName returns the class with the given name in any data set, in any case and
// with spaces, hyphens or underscores.
func classByName(name string) (c perception.Class, ok bool) {
	c, ok = classByAlias[strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(strings.TrimSpace(name)))]
	return c, ok
}

// ClassByName returns the class of a name in any data set, such as COCO's person; ok is false
// for names of no class or of several.
func ClassByName(name string) (c perception.Class, ok bool) {
	c, ok = classByName(name)
	return c, ok && c != region
}

// unknownClass returns the error for a label of an unknown class.
func unknownClass(name string) error {
	return fmt.Errorf("class %q is unknown: leave out labels of unknown classes with --skip-unknown, or rename it to one of %s", name, strings.Join(classList(), ", "))
}

func classList() (names []string) {
	for c := range perception.NumClasses {
		names = append(names, perception.Class(c).String())
	}
	return names
}

// setClass sets the class of a label, with a typical kind.
func setClass(o *label.Object, c perception.Class) {
	o.IsSignal, o.Signal = c.IsSignal(), c.SignalState()
	switch c {
	case perception.Truck:
		o.Kind = actor.Truck
	case perception.Pedestrian:
		o.Kind = actor.Pedestrian
	case perception.Cyclist:
		o.Kind = actor.Cyclist
	case perception.Cone:
		o.Kind = actor.Cone
	default:
		o.Kind = actor.Car
	}
}

// Count is the number of labels of a class.
type Count struct {
	Class  string
	Labels int
}

// counts returns the counts by name.
func counts(m map[string]int) (out []Count) {
	for name, n := range m {
		out = append(out, Count{name, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return strings.Compare(a.Class, b.Class) })
	return out
}
