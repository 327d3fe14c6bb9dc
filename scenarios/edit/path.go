package edit

import (
	"fmt"
	"strconv"
	"strings"
)

// part is an element of a path: a key of a mapping, or an index of a list.
type part struct {
	key   string
	index int // -1 for a key
}

// parsePath splits a path such as actors[0].do[1].when.ego_gap or
// vary.'lead.do[0].speed.to'.
func parsePath(path string) ([]part, error) {
	var out []part
	rest := path
	for rest != "" {
		var p part
		var err error
		if p, rest, err = cutPart(rest); err != nil {
			return nil, fmt.Errorf("path %q: %w", path, err)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("empty path")
	}
	return out, nil
}

// cutPart splits the first part off a path.
func cutPart(path string) (part, string, error) {
	switch path[0] {
	case '[':
		number, rest, ok := strings.Cut(path[1:], "]")
		i, err := strconv.Atoi(number)
		if !ok || err != nil || i < 0 {
			return part{}, "", fmt.Errorf("%q is not an index", number)
		}
		return part{index: i}, strings.TrimPrefix(rest, "."), nil
	case '\'':
		key, rest, ok := strings.Cut(path[1:], "'")
		if !ok {
			return part{}, "", fmt.Errorf("a quote is missing")
		}
		return part{key: key, index: -1}, strings.TrimPrefix(rest, "."), nil
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	if end == 0 {
		return part{}, "", fmt.Errorf("empty key")
	}
	return part{key: path[:end], index: -1}, strings.TrimPrefix(path[end:], "."), nil
}

// Key formats a key as a part of a path, with quotes if it contains dots or brackets.
func Key(key string) string {
	if strings.ContainsAny(key, ".[") {
		return "'" + key + "'"
	}
	return key
}
