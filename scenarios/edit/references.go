package edit

import (
	"fmt"
	"slices"
	"strings"
)

// The sections vary and expect refer to actors by id. The functions in this file update
// these references when an id or the number of a maneuver changes.

// RemoveActor removes an actor, its varied parameters, and the expectations about it.
func (e *Edit) RemoveActor(i int) error {
	id := e.draft.Scalar(ActorPath(i, "id"))
	if err := e.Remove(ActorPath(i, "")); err != nil {
		return err
	}
	if err := e.renameVaried(func(name string) string {
		if strings.HasPrefix(name, id+".") {
			return ""
		}
		return name
	}); err != nil {
		return err
	}
	return e.renameExpected(id, "")
}

// RenameActor changes the id of an actor. The new id must be unused.
func (e *Edit) RenameActor(i int, id string) error {
	old := e.draft.Scalar(ActorPath(i, "id"))
	switch {
	case id == old:
		return nil
	case id == "" || strings.ContainsAny(id, ".[]'"):
		return fmt.Errorf("an id must not be empty or contain . [ ] '")
	case slices.Contains(e.ids(), id):
		return fmt.Errorf("%q is taken", id)
	}
	if err := e.Put(ActorPath(i, "id"), id); err != nil {
		return err
	}
	if err := e.renameVaried(func(name string) string {
		if rest, ok := strings.CutPrefix(name, old+"."); ok {
			return id + "." + rest
		}
		return name
	}); err != nil {
		return err
	}
	return e.renameExpected(old, id)
}

// RemoveManeuver removes a maneuver of an actor and its varied parameters.
func (e *Edit) RemoveManeuver(i, j int) error {
	id := e.draft.Scalar(ActorPath(i, "id"))
	if err := e.Remove(ManeuverPath(i, j, "")); err != nil {
		return err
	}
	return e.renameVaried(func(name string) string {
		rest, ok := strings.CutPrefix(name, id+".do[")
		if !ok {
			return name
		}
		var k int
		if _, err := fmt.Sscanf(rest, "%d]", &k); err != nil || k < j {
			return name
		}
		if k == j {
			return ""
		}
		_, field, _ := strings.Cut(rest, "]")
		return fmt.Sprintf("%s.do[%d]%s", id, k-1, field)
	})
}

// renameVaried renames parameters. The new name "" removes a parameter.
func (e *Edit) renameVaried(to func(name string) string) error {
	v, _ := e.Value("vary")
	tree, _ := v.(map[string]any)
	for name := range sorted(tree) {
		fresh := to(name)
		if fresh == name {
			continue
		}
		spread := tree[name]
		if err := e.Remove("vary." + Key(name)); err != nil {
			return err
		}
		if fresh == "" {
			continue
		}
		if err := e.Put("vary."+Key(fresh), spread); err != nil {
			return err
		}
	}
	return nil
}

// renameExpected changes the id of an actor in the expectations. The new id "" removes
// it.
func (e *Edit) renameExpected(old, id string) error {
	for _, field := range [...]string{"expect.passes", "expect.yields_to"} {
		for i := e.draft.Len(field) - 1; i >= 0; i-- {
			path := fmt.Sprintf("%s[%d]", field, i)
			if e.draft.Scalar(path) != old {
				continue
			}
			if err := e.putOrRemove(path, path, id, id == ""); err != nil {
				return err
			}
		}
	}
	for _, field := range [...]string{"expect.clearance.", "expect.amplification."} {
		path := field + Key(old)
		if v, found := e.Value(path); found {
			if err := e.Remove(path); err != nil {
				return err
			}
			if err := e.putOrRemove(field+Key(id), "", v, id == ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// putOrRemove puts a value at a path or, if gone is true, removes the value at the path
// old.
func (e *Edit) putOrRemove(path, old string, v any, gone bool) error {
	if !gone {
		return e.Put(path, v)
	}
	if old == "" {
		return nil
	}
	return e.Remove(old)
}
