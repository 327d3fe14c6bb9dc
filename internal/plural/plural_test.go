package plural_test

import (
	"testing"

	"roadloop/internal/plural"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		n          int
		noun, want string
	}{{0, "case", "0 cases"}, {1, "case", "1 case"}, {2, "road user", "2 road users"}, {1, "box", "1 box"}, {12, "box", "12 boxes"}} {
		if got := plural.Of(c.n, c.noun); got != c.want {
			t.Errorf("%d %s: %q, want %q", c.n, c.noun, got, c.want)
		}
	}
}
