// Package browser is the screen that shows the library of scenarios: pictures to choose
// from by family, tag and words, and beside them what of the chosen one can be set before
// it is driven.
//
// The screen drives nothing. It hands over a Setup, and is told how that ended.
package browser
