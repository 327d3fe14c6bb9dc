// Package spelling finds the name that a misspelled one probably means.
package spelling

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// leastPrefix is the length of the shortest beginning of a name that stands for it.
const leastPrefix = 3

// Closest returns the name with the fewest edits from a word, the first one among equals. It
// returns "" if none is similar: one edit away, or one in four letters, or the word continued.
func Closest(word string, names []string) string {
	best, least := "", -1
	for _, name := range names {
		d := levenshtein.ComputeDistance(name, word)
		if d > max(1, len(word)/4) && (len(word) < leastPrefix || !strings.HasPrefix(name, word)) {
			continue
		}
		if least < 0 || d < least {
			best, least = name, d
		}
	}
	return best
}
