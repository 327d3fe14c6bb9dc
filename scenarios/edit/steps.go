package edit

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// ManeuverPath returns the path of a field of maneuver j of actor i, or of the maneuver
// itself for "".
func ManeuverPath(i, j int, field string) string {
	path := fmt.Sprintf("actors[%d].do[%d]", i, j)
	if field != "" {
		path += "." + field
	}
	return path
}

// initialActions holds the initial fields of new maneuvers.
var initialActions = map[string]map[string]any{
	"change_lane": {"to": "left", "over": "3 s"},
	"offset":      {"d": "0.5 m", "over": "2 s"},
	"speed":       {"to": "30 km/h", "accel": "2 m/s2"},
	"brake":       {"decel": "4 m/s2"},
	"stop":        {"decel": "3 m/s2"},
	"go":          {},
	"hesitate":    {"for": "1 s"},
	"release":     {},
}

// Action returns the action of a maneuver: brake, stop, …; "" if it has none.
func (d *Draft) Action(i, j int) string {
	v, _ := d.Value(ManeuverPath(i, j, ""))
	tree, _ := v.(map[string]any)
	for key := range sorted(tree) {
		if key != "when" {
			return key
		}
	}
	return ""
}

// AddManeuver appends a maneuver to an actor's list and returns its number. Without a
// trigger, it begins when the previous one is done.
func (e *Edit) AddManeuver(i int, action string) (int, error) {
	n := e.draft.Len(ActorPath(i, "do"))
	first, ok := initialActions[action]
	if !ok {
		return 0, fmt.Errorf("%q is not an action", action)
	}
	step := map[string]any{action: maps.Clone(first)}
	if n == 0 {
		step["when"] = map[string]any{"time": ">= 2 s"}
	}
	return n, e.Put(ManeuverPath(i, n, ""), step)
}

// SetAction replaces the action of a maneuver.
func (e *Edit) SetAction(i, j int, action string) error {
	first, ok := initialActions[action]
	if !ok {
		return fmt.Errorf("%q is not an action", action)
	}
	old := e.draft.Action(i, j)
	if old == action {
		return nil
	}
	if err := e.Put(ManeuverPath(i, j, action), maps.Clone(first)); err != nil || old == "" {
		return err
	}
	if err := e.Remove(ManeuverPath(i, j, old)); err != nil {
		return err
	}
	prefix := e.draft.Scalar(ActorPath(i, "id")) + fmt.Sprintf(".do[%d].%s.", j, old)
	return e.renameVaried(func(name string) string {
		if strings.HasPrefix(name, prefix) {
			return ""
		}
		return name
	})
}

// sorted iterates over the keys of a mapping in schema order.
func sorted(m map[string]any) iter.Seq[string] {
	return slices.Values(slices.SortedFunc(maps.Keys(m), byOrder))
}
