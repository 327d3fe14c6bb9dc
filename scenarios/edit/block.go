package edit

import (
	"maps"
	"slices"
)

const (
	// longestFlow is the length of a line from which on a value in brackets or braces goes
	// onto lines of its own.
	longestFlow = 72
	// fewKeys is the number of keys from which on a mapping in a list does.
	fewKeys = 3
)

// writeBlock returns a value that begins in a column, its first line without the blanks
// before it: mappings with a key a line, lists with an element a line. Short ones in it
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
				text += "\n" + blank(column)
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
				text += "\n" + blank(column)
			}
			text += "- " + element
		}
	}
	if text == "" {
		return write(v)
	}
	return text, nil
}

// writeEntry returns an entry of a mapping in a column: on one line where the value is
// short and simple, and else the value in lines below the key.
func writeEntry(key string, v any, column int) (string, error) {
	k, err := write(key)
	if err != nil {
		return "", err
	}
	flow, err := write(v)
	if err != nil || column+len(k)+2+len(flow) <= longestFlow && !rich(v) || !nests(v) {
		return k + ": " + flow, err
	}
	below, err := writeBlock(v, column+2)
	return k + ":\n" + blank(column+2) + below, err
}

// nests reports whether a value can be written in lines.
func nests(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// rich reports whether a value is a list of things that have much to say: actors and what
// they do.
func rich(v any) bool {
	list, _ := v.([]any)
	return slices.ContainsFunc(list, func(x any) bool {
		m, _ := x.(map[string]any)
		return len(m) >= fewKeys || slices.ContainsFunc(slices.Collect(maps.Values(m)), nests)
	})
}
