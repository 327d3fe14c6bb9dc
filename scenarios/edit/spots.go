package edit

import "fmt"

// spot returns a place of a walker's path, whose s and d are by default the actor's.
func (d *Draft) spot(i, n int, begin Place) Place {
	p := begin
	if text := d.Written(spotPath(i, n, "s")); text != "" {
		p.S = si("length", text)
	}
	if text := d.Written(spotPath(i, n, "d")); text != "" {
		p.D = si("length", text)
	}
	return p
}

func spotPath(i, n int, field string) string {
	path := fmt.Sprintf("actors[%d].path[%d]", i, n)
	if field != "" {
		path += "." + field
	}
	return path
}

// MoveSpot puts a place of a walker's path elsewhere. The first one is where the walker
// begins.
func (e *Edit) MoveSpot(i, n int, s, d float64) error {
	if err := e.putLength(spotPath(i, n, "s"), s); err != nil {
		return err
	}
	return e.putLength(spotPath(i, n, "d"), d)
}

// AddSpot adds a place behind the place number n of an actor's path; with n of -1 it
// begins a path there, from where the actor stands.
func (e *Edit) AddSpot(i, n int, s, d float64) error {
	a := e.draft.actor(i)
	spots := make([]any, 0, len(a.Path)+2)
	if len(a.Path) == 0 {
		a.Path, n = []Place{a.At}, 0
	}
	for k, p := range a.Path {
		if old, ok := e.Value(spotPath(i, k, "")); ok {
			spots = append(spots, old)
		} else {
			spots = append(spots, written(p.S, p.D))
		}
		if k == n {
			spots = append(spots, written(s, d))
		}
	}
	return e.Put(ActorPath(i, "path"), spots)
}

func written(s, d float64) map[string]any {
	return map[string]any{"s": Meters(s), "d": Meters(d)}
}

// RemoveSpot takes a place out of a path. A path has two at least: of those, both go.
func (e *Edit) RemoveSpot(i, n int) error {
	if e.draft.Len(ActorPath(i, "path")) <= 2 {
		return e.Remove(ActorPath(i, "path"))
	}
	return e.Remove(spotPath(i, n, ""))
}
