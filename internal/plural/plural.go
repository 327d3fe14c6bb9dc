// Package plural writes counts in English.
package plural

import (
	"fmt"
	"strings"
)

// Of returns a number with its noun, such as "1 case" or "3 boxes". The noun is a singular
// with a regular plural.
func Of(n int, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "x"):
		noun += "es"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
