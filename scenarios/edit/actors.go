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

// Place is where something is on the road.
type Place struct {
	Lane road.LaneID
	S, D float64 // along the lane and to its left, m
}

// Actor is what a draft says of an actor, in SI units. Fields that cannot be read are
// zero; Examine tells what is wrong with them.
type Actor struct {
	ID      string
	Kind    actor.Kind
	At      Place
	Placed  bool    // At.S is given; else the actor is placed by its headway or meeting
	Speed   float64 // m/s
	Heading float64 // relative to the lane, rad
	Path    []Place // of a walker
}

// ActorPath returns the path of a field of the actor number i, or of the actor itself
// for "".
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
	at := func(field string) string { return d.Written(ActorPath(i, field)) }
	a := Actor{ID: at("id"), Speed: si("speed", at("speed")), Heading: si("angle", at("heading")), Placed: at("s") != ""}
	a.Kind, _ = actor.ParseKind(at("kind"))
	lane, _ := strconv.Atoi(at("lane"))
	a.At = Place{Lane: road.LaneID(lane), S: si("length", at("s")), D: si("length", at("d"))}
	for n := range d.Len(ActorPath(i, "path")) {
		a.Path = append(a.Path, d.spot(i, n, a.At))
	}
	return a
}

// si reads a quantity, 0 for what is none.
func si(dimension, text string) float64 {
	v, err := scenarios.SI(dimension, text)
	if err != nil {
		return 0
	}
	return v
}

// Ego returns where the ego begins, as far as the draft says so itself.
func (d *Draft) Ego() Actor {
	lane, _ := strconv.Atoi(d.Written("ego.lane"))
	a := Actor{ID: "ego", At: Place{Lane: road.LaneID(lane), S: 5, D: si("length", d.Written("ego.d"))}, Speed: si("speed", d.Written("ego.speed"))}
	if text := d.Written("ego.s"); text != "" {
		a.At.S = si("length", text)
	}
	_, reaches := d.Value("ego.reaches")
	a.Placed = !reaches
	return a
}

// Meters writes a length as files do, to the decimeter.
func Meters(x float64) string { return decimal(x, 1) + " m" }

// Speed writes a speed in km/h.
func Speed(v float64) string { return decimal(3.6*v, 1) + " km/h" }

// Degrees writes an angle given in rad.
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

// AddActor adds an actor of a kind at a place and returns its number. Who walks gets a
// path across the road, and vehicles a speed.
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

// freeID returns a name that no actor or flow has: the kind alone, or with a number.
func (e *Edit) freeID(kind string) string {
	taken := e.ids()
	id := kind
	for n := 2; slices.Contains(taken, id); n++ {
		id = fmt.Sprintf("%s %d", kind, n)
	}
	return id
}

// ids returns the names that are taken.
func (e *Edit) ids() []string {
	var out []string
	for _, section := range [...]string{"actors", "flows"} {
		for i := range e.draft.Len(section) {
			out = append(out, e.draft.Written(fmt.Sprintf("%s[%d].id", section, i)))
		}
	}
	return out
}

// CopyActor adds a copy of an actor ahead of it and returns its number.
func (e *Edit) CopyActor(i int, ahead float64) (int, error) {
	v, _ := e.Value(ActorPath(i, ""))
	tree, ok := v.(map[string]any)
	if !ok {
		return 0, fmt.Errorf("there is no actor number %d", i)
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

// MoveActor puts an actor at a place, where it then begins whatever placed it before. A
// walker's path moves with it.
func (e *Edit) MoveActor(i int, to Place) error {
	a := e.draft.actor(i)
	for n, p := range a.Path {
		if err := e.MoveSpot(i, n, p.S+to.S-a.At.S, p.D+to.D-a.At.D); err != nil {
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

// MoveEgo puts the ego at a place, where it then begins whatever placed it before.
func (e *Edit) MoveEgo(to Place) error {
	if err := e.Remove("ego.reaches"); err != nil {
		return err
	}
	return e.place("ego", to)
}

// place sets lane, s and d of the ego or an actor. A d that is not given stays away
// where it would be 0.
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

// putChanged sets a number unless that stands there, or is what stands for nothing.
func (e *Edit) putChanged(path string, v, missing int) error {
	now := e.draft.Written(path)
	if now == strconv.Itoa(v) || now == "" && v == missing {
		return nil
	}
	return e.Put(path, v)
}

// putLength sets a length unless it is the one that stands there, to the decimeter.
func (e *Edit) putLength(path string, x float64) error {
	text := e.draft.Written(path)
	if now, err := scenarios.SI("length", text); err == nil && Meters(now) == Meters(x) {
		return nil
	}
	return e.Put(path, Meters(x))
}
