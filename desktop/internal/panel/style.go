package panel

import (
	"math"
	"strconv"
	"strings"

	"roadloop/desktop/internal/ui"
)

// Empty writes why a panel is empty.
func Empty(c *ui.Canvas, why string) {
	c.Fill(c.Theme.Surface)
	c.Label(c.Bounds().Inset(8), why, c.Theme.Body.In(c.Theme.Faint), ui.Middle)
}

// Card draws a background for text over an image and returns its canvas.
func Card(c *ui.Canvas, r ui.Rect) *ui.Canvas {
	c.Plate(r, 6, ui.Alpha(c.Theme.Background, .86), ui.Alpha(c.Theme.Edge, .9))
	return c.Sub(r)
}

// Quantity formats a value with decimals and unit; an undefined value is a dash.
func Quantity(v float64, decimals int, unit string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-") // no negative zero
	}
	s = strings.Replace(s, "-", "−", 1)
	if unit != "" {
		s += " " + unit
	}
	return s
}
