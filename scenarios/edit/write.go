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

// order ranks the keys of scenario files.
var order = sync.OnceValue(scenarios.KeyOrder)

// write returns a value on one line, lists and mappings in brackets and braces.
func write(v any) (string, error) {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, key := range slices.SortedFunc(maps.Keys(v), byOrder) {
			value, err := write(v[key])
			if err != nil {
				return "", err
			}
			k, err := write(key)
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
			if parts[i], err = write(v[i]); err != nil {
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

// byOrder compares keys by their rank, the others by name behind them.
func byOrder(a, b string) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

// rank is where a key stands among all. The schema names to, of what actors do, before
// from; where both stand, from is first.
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

// quote writes a string plainly where that reads as the same string in any place, and
// in double quotes else.
func quote(s string) string {
	if s != "" && !strings.ContainsAny(s[:1], "<>") && readsAs("{a: ["+s+"]}", s) && readsAs("a:\n- "+s, s) {
		return s
	}
	return strconv.Quote(s)
}

// readsAs tells that the only element of the list a in a text is a string. The YAML
// module may panic on broken text; that is not the string either.
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
