package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Slow reference implementation of changes to a tree.

func cut(text, sep string) (before, after string, ok bool) {
	if strings.Count(text, sep) != 1 {
		return "", "", false
	}
	return strings.Cut(text, sep)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

func step(v any, p part) any {
	if p.index >= 0 {
		return v.([]any)[p.index]
	}
	return v.(map[string]any)[p.key]
}

func putInto(tree any, path []part, value any) {
	for _, p := range path[:len(path)-1] {
		tree = step(tree, p)
	}
	switch last := path[len(path)-1]; x := tree.(type) {
	case map[string]any:
		x[last.key] = value
	case []any:
		x[last.index] = value
	}
}

// removeFrom removes a value and the mappings and lists that become empty.
func removeFrom(tree any, path []part) any {
	p := path[0]
	if len(path) > 1 {
		if left := removeFrom(step(tree, p), path[1:]); !isEmpty(left) {
			putInto(tree, path[:1], left)
			return tree
		}
	}
	switch x := tree.(type) {
	case map[string]any:
		delete(x, p.key)
	case []any:
		return slices.Delete(x, p.index, p.index+1)
	}
	return tree
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// normal formats a tree so that numbers of different types with equal values are equal.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = normal(v[k])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = normal(v[i])
		}
		return out
	case string:
		return v
	}
	return fmt.Sprintf("%v", v)
}
