package edit

import (
	"maps"
	"slices"
)

const (
	// maxFlowLength is the maximum length of a line with a value in brackets or braces.
	// Longer values are written on several lines.
	maxFlowLength = 72
	// minBlockKeys is the number of keys from which on a mapping in a list is written on
	// several lines.
	minBlockKeys = 3
)

// writeBlock formats a value at a column, without the indentation of its first line:
// mappings with one key per line, lists with one element per line. Short values in it
// stay on one line.
func writeBlock(v any, column int) (string, error) {
	var text string
	switch v := v.(type) {
	case map[string]any:
		for i, key := range slices.SortedFunc(maps.Keys(v), byOrder) {
			line, err := writeEntry(key, v[key], column)
			if err != nil {
				return "", err
			}
			if i > 0 {
				text += "\n" + indent(column)
			}
			text += line
		}
	case []any:
		for i := range v {
			element, err := writeBlock(v[i], column+2)
			if err != nil {
				return "", err
			}
			if i > 0 {
				text += "\n" + indent(column)
			}
			text += "- " + element
		}
	}
	if text == "" {
		return writeFlow(v)
	}
	return text, nil
}

// writeEntry formats an entry of a mapping at a column: on one line if the value is short
// and simple, else with the value in lines below the key.
func writeEntry(key string, v any, column int) (string, error) {
	k, err := writeFlow(key)
	if err != nil {
		return "", err
	}
	flow, err := writeFlow(v)
	if err != nil || column+len(k)+2+len(flow) <= maxFlowLength && !hasLargeElement(v) || !isNonEmpty(v) {
		return k + ": " + flow, err
	}
	below, err := writeBlock(v, column+2)
	return k + ":\n" + indent(column+2) + below, err
}

// isNonEmpty reports whether a value is a non-empty mapping or list.
func isNonEmpty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// hasLargeElement reports whether a value is a list with a large or nested mapping, such
// as an actor or a maneuver.
func hasLargeElement(v any) bool {
	list, _ := v.([]any)
	return slices.ContainsFunc(list, func(x any) bool {
		m, _ := x.(map[string]any)
		return len(m) >= minBlockKeys || slices.ContainsFunc(slices.Collect(maps.Values(m)), isNonEmpty)
	})
}
