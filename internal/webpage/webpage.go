// Package webpage holds the parts that all HTML pages of roadloop share: the style
// sheet and the theme switch. A page uses the system theme until the reader selects
// another one.
package webpage

import (
	_ "embed"

	"roadloop/internal/palette"
)

var (
	//go:embed base.css
	base string
	//go:embed theme.js
	theme string
)

// Style returns the style sheet, with the palette as custom properties.
func Style() string { return palette.CSS() + base }

// ThemeScript returns the script of the theme switch, a button with the ID "theme". It
// dispatches "themechange" on the document when the colors change.
func ThemeScript() string { return theme }
