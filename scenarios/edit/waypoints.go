package edit

import "fmt"

// waypoint returns waypoint n of a walker's path. The defaults of its s and d are those
// of the actor.
func (d *Draft) waypoint(i, n int, begin Place) Place {
	p := begin
	if text := d.Scalar(waypointPath(i, n, "s")); text != "" {
		p.S = si("length", text)
	}
	if text := d.Scalar(waypointPath(i, n, "d")); text != "" {
		p.D = si("length", text)
	}
	return p
}

func waypointPath(i, n int, field string) string {
	path := fmt.Sprintf("actors[%d].path[%d]", i, n)
	if field != "" {
		path += "." + field
	}
	return path
}

// MoveWaypoint moves a waypoint of a walker's path. The walker starts at the first one.
func (e *Edit) MoveWaypoint(i, n int, s, d float64) error {
	if err := e.putLength(waypointPath(i, n, "s"), s); err != nil {
		return err
	}
	return e.putLength(waypointPath(i, n, "d"), d)
}

// AddWaypoint adds a waypoint after waypoint n of an actor's path. n = -1 starts a path at
// the actor's place.
func (e *Edit) AddWaypoint(i, n int, s, d float64) error {
	a := e.draft.actor(i)
	spots := make([]any, 0, len(a.Path)+2)
	if len(a.Path) == 0 {
		a.Path, n = []Place{a.At}, 0
	}
	for k, p := range a.Path {
		if old, ok := e.Value(waypointPath(i, k, "")); ok {
			spots = append(spots, old)
		} else {
			spots = append(spots, waypointTree(p.S, p.D))
		}
		if k == n {
			spots = append(spots, waypointTree(s, d))
		}
	}
	return e.Put(ActorPath(i, "path"), spots)
}

func waypointTree(s, d float64) map[string]any {
	return map[string]any{"s": Meters(s), "d": Meters(d)}
}

// RemoveWaypoint removes a waypoint. A path has at least two waypoints; RemoveSpot removes
// the whole path when only two are left.
func (e *Edit) RemoveWaypoint(i, n int) error {
	if e.draft.Len(ActorPath(i, "path")) <= 2 {
		return e.Remove(ActorPath(i, "path"))
	}
	return e.Remove(waypointPath(i, n, ""))
}
