package edit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"roadloop/scenarios"
)

// order returns the rank of each key of scenario files.
var order = sync.OnceValue(scenarios.KeyOrder)

// writeFlow formats a value on one line, with lists in brackets and mappings in braces.
func writeFlow(v any) (string, error) {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, key := range slices.SortedFunc(maps.Keys(v), byOrder) {
			value, err := writeFlow(v[key])
			if err != nil {
				return "", err
			}
			k, err := writeFlow(key)
			if err != nil {
				return "", err
			}
			parts = append(parts, k+": "+value)
		}
		return "{" + strings.Join(parts, ", ") + "}", nil
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			var err error
			if parts[i], err = writeFlow(v[i]); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case string:
		return quote(v), nil
	}
	switch v.(type) {
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("%v cannot be written in a scenario", v)
}

// byOrder compares keys by rank. Unknown keys follow in alphabetical order.
func byOrder(a, b string) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

// rank returns the rank of a key. The schema lists to before from, because of the
// actions; rank puts from first.
func rank(key string) int {
	r, ok := order()[key]
	switch {
	case key == "from":
		return 2*order()["to"] - 1
	case ok:
		return 2 * r
	}
	return 2 * len(order())
}

// quote formats a string without quotes if YAML reads it as the same string in every
// context, and with double quotes otherwise.
func quote(s string) string {
	if s != "" && !strings.ContainsAny(s[:1], "<>") && readsAs("{a: ["+s+"]}", s) && readsAs("a:\n- "+s, s) {
		return s
	}
	return strconv.Quote(s)
}

// readsAs reports whether the only element of list a in a YAML text is the string want.
// The YAML module may panic on broken text; readsAs then returns false.
func readsAs(text, want string) (same bool) {
	defer func() {
		if recover() != nil {
			same = false
		}
	}()
	var back map[string][]any
	err := yaml.Unmarshal([]byte(text), &back)
	return err == nil && len(back) == 1 && len(back["a"]) == 1 && back["a"][0] == any(want)
}
