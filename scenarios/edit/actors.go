package edit

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// Place is a position on the road.
type Place struct {
	Lane road.LaneID
	S, D float64 // along the lane and to the left of its center, m
}

// Actor holds the fields of an actor in SI units. Invalid fields are zero; Examine
// reports them.
type Actor struct {
	ID      string
	Kind    actor.Kind
	At      Place
	Placed  bool    // At.S is given; otherwise headway or meet places the actor
	Speed   float64 // m/s
	Heading float64 // relative to the lane, rad
	Path    []Place // of a walker
}

// ActorPath returns the path of a field of actor i, or of the actor itself for "".
func ActorPath(i int, field string) string {
	path := fmt.Sprintf("actors[%d]", i)
	if field != "" {
		path += "." + field
	}
	return path
}

// Actors returns all actors in the order of the file.
func (d *Draft) Actors() []Actor {
	out := make([]Actor, d.Len("actors"))
	for i := range out {
		out[i] = d.actor(i)
	}
	return out
}

func (d *Draft) actor(i int) Actor {
	at := func(field string) string { return d.Scalar(ActorPath(i, field)) }
	a := Actor{ID: at("id"), Speed: si("speed", at("speed")), Heading: si("angle", at("heading")), Placed: at("s") != ""}
	a.Kind, _ = actor.ParseKind(at("kind"))
	lane, _ := strconv.Atoi(at("lane"))
	a.At = Place{Lane: road.LaneID(lane), S: si("length", at("s")), D: si("length", at("d"))}
	for n := range d.Len(ActorPath(i, "path")) {
		a.Path = append(a.Path, d.waypoint(i, n, a.At))
	}
	return a
}

// si parses a quantity. It returns 0 for an invalid text.
func si(dimension, text string) float64 {
	v, err := scenarios.SI(dimension, text)
	if err != nil {
		return 0
	}
	return v
}

// Ego returns the initial state of the ego as the draft specifies it.
func (d *Draft) Ego() Actor {
	lane, _ := strconv.Atoi(d.Scalar("ego.lane"))
	a := Actor{ID: "ego", At: Place{Lane: road.LaneID(lane), S: 5, D: si("length", d.Scalar("ego.d"))}, Speed: si("speed", d.Scalar("ego.speed"))}
	if text := d.Scalar("ego.s"); text != "" {
		a.At.S = si("length", text)
	}
	_, reaches := d.Value("ego.reaches")
	a.Placed = !reaches
	return a
}

// Meters formats a length as files do, rounded to 0.1 m.
func Meters(x float64) string { return decimal(x, 1) + " m" }

// Speed formats a speed in km/h.
func Speed(v float64) string { return decimal(3.6*v, 1) + " km/h" }

// Degrees formats an angle given in rad.
func Degrees(a float64) string { return decimal(a*180/math.Pi, 0) + " deg" }

func decimal(x float64, digits int) string {
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// AddActor adds an actor at a place and returns its number. A pedestrian gets a path
// across the road, a vehicle a speed.
func (e *Edit) AddActor(kind actor.Kind, at Place, speed float64) (int, error) {
	n := e.draft.Len("actors")
	a := map[string]any{"id": e.freeID(kind.String()), "kind": kind.String(), "lane": int(at.Lane), "s": Meters(at.S)}
	if at.D != 0 {
		a["d"] = Meters(at.D)
	}
	switch {
	case kind.OnFoot():
		a["speed"] = Speed(speed)
		a["path"] = []any{
			map[string]any{"s": Meters(at.S), "d": Meters(at.D)},
			map[string]any{"s": Meters(at.S), "d": Meters(-at.D)},
		}
	case speed > 0:
		a["speed"] = Speed(speed)
	}
	return n, e.Put(ActorPath(n, ""), a)
}

// freeID returns an unused id: the kind, with a number if necessary.
func (e *Edit) freeID(kind string) string {
	taken := e.ids()
	id := kind
	for n := 2; slices.Contains(taken, id); n++ {
		id = fmt.Sprintf("%s %d", kind, n)
	}
	return id
}

// ids returns the ids of all actors and flows.
func (e *Edit) ids() []string {
	var out []string
	for _, section := range [...]string{"actors", "flows"} {
		for i := range e.draft.Len(section) {
			out = append(out, e.draft.Scalar(fmt.Sprintf("%s[%d].id", section, i)))
		}
	}
	return out
}

// CopyActor adds a copy of an actor ahead of it and returns its number.
func (e *Edit) CopyActor(i int, ahead float64) (int, error) {
	v, _ := e.Value(ActorPath(i, ""))
	tree, ok := v.(map[string]any)
	if !ok {
		return 0, fmt.Errorf("there is no actor %d", i)
	}
	fresh := map[string]any(scenarios.Document(tree).Clone())
	kind, _ := tree["kind"].(string)
	fresh["id"] = e.freeID(kind)
	n := e.draft.Len("actors")
	if err := e.Put(ActorPath(n, ""), fresh); err != nil {
		return 0, err
	}
	a := e.draft.actor(n)
	return n, e.MoveActor(n, Place{a.At.Lane, a.At.S + ahead, a.At.D})
}

// MoveActor sets the initial place of an actor and removes other fields that place it. A
// walker's path moves with it.
func (e *Edit) MoveActor(i int, to Place) error {
	a := e.draft.actor(i)
	for n, p := range a.Path {
		if err := e.MoveWaypoint(i, n, p.S+to.S-a.At.S, p.D+to.D-a.At.D); err != nil {
			return err
		}
	}
	if len(a.Path) > 0 && !a.Placed { // all its places are those of its path
		return e.putChanged(ActorPath(i, "lane"), int(to.Lane), 0)
	}
	for _, other := range [...]string{"headway", "meet"} {
		if err := e.Remove(ActorPath(i, other)); err != nil {
			return err
		}
	}
	return e.place(ActorPath(i, ""), to)
}

// MoveEgo sets the initial place of the ego and removes other fields that place it.
func (e *Edit) MoveEgo(to Place) error {
	if err := e.Remove("ego.reaches"); err != nil {
		return err
	}
	return e.place("ego", to)
}

// place sets lane, s and d of the ego or of an actor. It does not add a d of 0.
func (e *Edit) place(path string, to Place) error {
	if err := e.putChanged(path+".lane", int(to.Lane), 0); err != nil {
		return err
	}
	if err := e.putLength(path+".s", to.S); err != nil {
		return err
	}
	if _, given := e.Value(path + ".d"); !given && math.Abs(to.D) < .05 {
		return nil
	}
	return e.putLength(path+".d", to.D)
}

// putChanged sets a number, unless the value or the default is already v.
func (e *Edit) putChanged(path string, v, missing int) error {
	now := e.draft.Scalar(path)
	if now == strconv.Itoa(v) || now == "" && v == missing {
		return nil
	}
	return e.Put(path, v)
}

// putLength sets a length, unless the value is already the same to 0.1 m.
func (e *Edit) putLength(path string, x float64) error {
	text := e.draft.Scalar(path)
	if now, err := scenarios.SI("length", text); err == nil && Meters(now) == Meters(x) {
		return nil
	}
	return e.Put(path, Meters(x))
}
