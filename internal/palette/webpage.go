package palette

import (
	_ "embed"
)

var (
	//go:embed base.css
	base string
	//go:embed table.css
	tables string
	//go:embed theme.js
	theme string
)

// PageStyle returns the style sheet that all HTML pages share, with the palette as custom properties.
func PageStyle() string { return CSS() + base }

// TableStyle returns the style of tables of numbers, for pages that have them.
func TableStyle() string { return tables }

// ThemeScript returns the script of the theme switch, a button with the ID "theme": a
// page uses the system theme until the reader selects another one. It
// dispatches "themechange" on the document when the colors change.
func ThemeScript() string { return theme }
