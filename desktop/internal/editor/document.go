package editor

import (
	"math"
	"path/filepath"
	"strings"

	"roadloop/desktop/internal/panel"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/video"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// document is the edited scenario: its draft, the results of checking its text, and the map with
// the road users at their start.
type document struct {
	draft    *edit.Draft
	asked    string // the last checked text
	worker   worker
	messages *ui.Messages

	findings *edit.Findings
	preview  *video.Preview
	stale    bool // the preview is of an older text
	m        *road.Map
	chart    *panel.Chart
}

// open replaces the draft.
func (d *document) open(draft *edit.Draft) {
	d.draft, d.asked = draft, ""
	d.findings, d.preview, d.m, d.chart = nil, nil, nil, nil
	d.check()
}

// fileName returns the name of the draft for messages.
func (d *document) fileName() string {
	if file := d.draft.File(); file != "" {
		return filepath.Base(file)
	}
	return slug(d.draft.Scalar("name")) + ".yaml"
}

// slug turns a name into a file name.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	if len(words) == 0 {
		return "scenario"
	}
	return strings.Join(words, "-")
}

// change edits the draft and shows an error if that fails.
func (d *document) change(what string, f func(e *edit.Edit) error) bool {
	err := d.draft.Edit(what, f)
	if err != nil {
		d.messages.Add(ui.Warning, err.Error())
	}
	return err == nil
}

// step is change, as an undo step of its own.
func (d *document) step(what string, f func(e *edit.Edit) error) bool {
	d.draft.EndStep()
	return d.change(what, f)
}

// check checks the text if it has changed.
func (d *document) check() {
	if d.draft.Text() == d.asked {
		return
	}
	d.asked, d.stale = d.draft.Text(), true
	d.worker.ask(d.fileName(), d.asked)
}

// takeResult takes the results of the check.
func (d *document) takeResult() {
	r := d.worker.take()
	if r == nil {
		return
	}
	d.findings = r.findings
	if r.preview != nil {
		d.preview, d.stale = r.preview, false
	}
	if r.findings.Spec == nil {
		d.preview = nil
	}
	if r.err != nil {
		d.messages.Add(ui.Warning, r.err.Error())
	}
	if m := r.findings.Map; m != nil {
		d.m, d.chart = m, panel.NewChart(m)
	}
}

// faulty reports whether the error is about a path or something below it.
func (d *document) faulty(path string) bool {
	if d.findings == nil || d.findings.Error == nil {
		return false
	}
	rest, ok := strings.CutPrefix(d.findings.Error.Path, path)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// lane returns a lane, nil if the map does not have it.
func (d *document) lane(id road.LaneID) *road.Lane {
	if d.m == nil || id < 0 || int(id) >= len(d.m.Lanes) {
		return nil
	}
	return &d.m.Lanes[id]
}

// pose returns the map pose of a lane position.
func (d *document) pose(p edit.Place) (geom.Pose, bool) {
	l := d.lane(p.Lane)
	if l == nil {
		return geom.Pose{}, false
	}
	return l.Center.Offset(p.S, p.D), true
}

// figure returns an actor at its start, for drawing. An actor that is placed relative
// to the ego stands where the last valid spec has it.
func (d *document) figure(i int, a *edit.Actor) (actor.Actor, bool) {
	at := a.At
	if len(a.Path) > 0 {
		at = a.Path[0]
	} else if !a.Placed {
		at = d.planned(i, at)
	}
	pose, ok := d.pose(at)
	pose.Yaw = geom.WrapAngle(pose.Yaw + a.Heading)
	if len(a.Path) > 1 {
		if next, ok := d.pose(a.Path[1]); ok && a.Kind.OnFoot() {
			pose.Yaw = next.Pos().Sub(pose.Pos()).Angle()
		}
	}
	return actor.Actor{ID: actor.ID(i + 1), Kind: a.Kind, Shape: actor.DefaultShape(a.Kind), State: actor.State{Pose: pose, Speed: a.Speed}}, ok
}

// planned returns the start of an actor in the compiled case.
func (d *document) planned(i int, at edit.Place) edit.Place {
	if d.findings == nil || d.findings.Spec == nil || i >= len(d.findings.Spec.Drive.World.Actors) {
		return at
	}
	start := d.findings.Spec.Drive.World.Actors[i].Start
	return edit.Place{Lane: start.Lane, S: start.S, D: start.D}
}

// ego returns the ego at its start.
func (d *document) ego() (actor.Actor, bool) {
	e := d.draft.Ego()
	if !e.Placed && d.findings != nil && d.findings.Spec != nil {
		start := d.findings.Spec.Drive.World.Ego.Start
		e.At, e.Speed = edit.Place{Lane: start.Lane, S: start.S, D: start.D}, start.Speed
	}
	pose, ok := d.pose(e.At)
	if l := d.lane(e.At.Lane); l != nil && d.draft.Scalar("ego.speed") == "" {
		e.Speed = l.SpeedLimit
	}
	params := vehicle.BMW320i()
	return actor.Actor{ID: actor.Ego, Kind: actor.Car, Shape: params.Shape(), State: actor.State{Pose: pose, Speed: e.Speed}}, ok
}

// selectables returns all selectable objects at their start.
func (d *document) selectables() []actor.Actor {
	var out []actor.Actor
	for i, a := range d.draft.Actors() {
		if fig, ok := d.figure(i, &a); ok {
			out = append(out, fig)
		}
	}
	if ego, ok := d.ego(); ok {
		out = append(out, ego)
	}
	return out
}

// spotOf returns the lane position of a map point, to the decimeter.
func spotOf(l *road.Lane, p geom.Vec) edit.Place {
	at, d := l.Center.Project(p)
	return edit.Place{Lane: l.ID, S: math.Round(10*at) / 10, D: math.Round(10*d) / 10}
}

// snap returns the lane position for an object at a map point. Vehicles snap to the
// center of a nearby lane unless free is set.
func (d *document) snap(kind actor.Kind, p geom.Vec, free bool) (edit.Place, bool) {
	if d.m == nil {
		return edit.Place{}, false
	}
	id, _, _, ok := d.m.Nearest(p)
	if !ok {
		return edit.Place{}, false
	}
	l := d.lane(id)
	at := spotOf(l, p)
	at.S = math.Max(0, math.Min(at.S, math.Floor(10*l.Center.Length())/10))
	if vehicleKind(kind) && !free && math.Abs(at.D) < .6*l.Width {
		at.D = 0
	}
	return at, true
}

// vehicleKind reports whether a kind keeps to lanes.
func vehicleKind(k actor.Kind) bool {
	switch k {
	case actor.Car, actor.Van, actor.Truck, actor.Bus, actor.Motorcycle, actor.Cyclist:
		return true
	}
	return false
}

// defaultSpeed returns the initial speed of a placed object, m/s.
func (d *document) defaultSpeed(k actor.Kind, at edit.Place) float64 {
	switch {
	case k.OnFoot():
		return 5 / 3.6
	case k == actor.Cyclist:
		return 15 / 3.6
	case vehicleKind(k):
		return math.Min(50/3.6, d.lane(at.Lane).SpeedLimit)
	}
	return 0
}

// nominal returns the case of the draft's own values.
func (d *document) nominal() (*scenarios.Case, error) {
	source, err := edit.Nominal(d.draft.Text())
	if err != nil {
		return nil, err
	}
	one, err := scenarios.Parse(d.fileName(), source)
	if err != nil {
		return nil, err
	}
	c, err := one.Case(1)
	if err == nil {
		_, err = runner.Compile(c)
	}
	return c, err
}
