// Package webpage holds what all HTML pages of roadloop share: the style sheet and the
// choice of a light or dark theme. A page follows the system until its reader chooses.
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

// ThemeScript returns the script behind the element with the id "theme", a button that
// goes through the themes. It sends "themechange" to the document when colors change.
func ThemeScript() string { return theme }
