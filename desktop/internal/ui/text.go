package ui

import (
	"math"
	"unicode/utf8"

	"golang.org/x/image/math/fixed"
)

// lineCacheFrames is the number of frames that an unused line of text stays cached.
const lineCacheFrames = 60

// lineKey identifies a line of text.
type lineKey struct {
	face
	text string
}

// line is a laid-out line of text: its glyphs and the pen position at each.
type line struct {
	runes []rune
	pens  []fixed.Int26_6 // before each glyph, and after the last
	used  int             // frame
}

// set returns a line of text, laid out.
func (p *Painter) set(s string, f face) *line {
	k := lineKey{f, s}
	if l, ok := p.lines[k]; ok {
		l.used = p.frame
		return l
	}
	l := &line{used: p.frame, runes: []rune(s)}
	face := p.atlas.face(f)
	pen := fixed.Int26_6(0)
	for i, r := range l.runes {
		if i > 0 {
			pen += face.Kern(l.runes[i-1], r)
		}
		l.pens = append(l.pens, pen)
		advance, ok := face.GlyphAdvance(r)
		if !ok {
			advance, _ = face.GlyphAdvance(utf8.RuneError)
		}
		pen += advance
	}
	l.pens = append(l.pens, pen)
	p.lines[k] = l
	return l
}

// forgetLines drops lines that have not been drawn for some time.
func (p *Painter) forgetLines() {
	for k, l := range p.lines {
		if p.frame-l.used > lineCacheFrames {
			delete(p.lines, k)
		}
	}
}

// Measure returns the width of a line of text.
func (c *Canvas) Measure(s string, style Style) float64 {
	l := c.p.set(s, faceOf(&style, c.p.scale))
	return float64(l.pens[len(l.runes)]) / 64 / c.p.scale
}

// Metrics returns the height of capitals above the baseline and the distance between
// lines.
func (s Style) Metrics() (capital, spacing float64) { return .715 * s.Size, 1.4 * s.Size }

// Text draws a line of text with its upper left corner at p and returns its width.
func (c *Canvas) Text(p Point, s string, style Style) float64 {
	f := faceOf(&style, c.p.scale)
	l := c.p.set(s, f)
	width := float64(l.pens[len(l.runes)]) / 64 / c.p.scale
	if !c.hidden(Rect{p.X, p.Y, width, 1.4 * style.Size}) {
		c.letters(l, f, Point{p.X, p.Y + 1.02*style.Size}, paintOf(style.Color))
	}
	return width
}

// letters draws a line with its baseline starting at a point.
func (c *Canvas) letters(l *line, f face, base Point, k paint) {
	p := c.painter()
	at := c.at(base)
	y := round32(at.y)
	x := fixed.Int26_6(math.Round(float64(at.x) * 64))
	for i, r := range l.runes {
		pen := x + l.pens[i]
		sub := (pen & 63) * subpixels / 64
		g, full := p.atlas.glyph(glyphKey{f, r, uint8(sub)})
		if full {
			p.flush()
			p.atlas.reset()
			g, _ = p.atlas.glyph(glyphKey{f, r, uint8(sub)})
		}
		if g.w > 0 {
			p.picture(float32(pen>>6)+g.dx, y+g.dy, &g, k)
		}
	}
}

// Align is the alignment of text in a rectangle.
type Align uint8

// Horizontal alignments. Text is always centered vertically.
const (
	Left Align = iota
	Middle
	Right
)

// Label draws a line of text into a rectangle. Text that does not fit is cut and ends
// with an ellipsis.
func (c *Canvas) Label(r Rect, s string, style Style, align Align) {
	w := c.Measure(s, style)
	if w > r.W {
		s, w = c.shorten(s, style, r.W)
	}
	x := r.X
	switch align {
	case Middle:
		x += (r.W - w) / 2
	case Right:
		x += r.W - w
	}
	capital, _ := style.Metrics()
	// Text puts the baseline 1.02 sizes below its y. This centers capitals in the
	// rectangle.
	c.Text(Point{x, r.Y + r.H/2 + capital/2 - 1.02*style.Size}, s, style)
}

// shorten cuts a line to a width.
func (c *Canvas) shorten(s string, style Style, width float64) (string, float64) {
	f := faceOf(&style, c.p.scale)
	l := c.p.set(s, f)
	dots := c.Measure("…", style)
	n := 0
	for n < len(l.runes) && float64(l.pens[n+1])/64/c.p.scale+dots <= width {
		n++
	}
	if n == 0 {
		return "", 0
	}
	short := string(l.runes[:n]) + "…"
	return short, c.Measure(short, style)
}

// Wrap breaks text into lines no wider than width, at spaces if possible.
func (c *Canvas) Wrap(s string, style Style, width float64) []string {
	var lines []string
	for len(s) > 0 {
		n, next := c.breakAt(s, style, width)
		lines = append(lines, s[:n])
		s = s[next:]
	}
	return lines
}

// Lines is Wrap with at most most lines. Longer text is cut and ends with an ellipsis.
func (c *Canvas) Lines(s string, style Style, width float64, most int) []string {
	lines := c.Wrap(s, style, width)
	if len(lines) <= most {
		return lines
	}
	lines = lines[:most]
	last := lines[most-1] + "…"
	if c.Measure(last, style) > width {
		last, _ = c.shorten(lines[most-1]+" …", style, width)
	}
	lines[most-1] = last
	return lines
}

// breakAt returns the end of the first line of s and the start of the next.
func (c *Canvas) breakAt(s string, style Style, width float64) (end, next int) {
	l := c.p.set(s, faceOf(&style, c.p.scale))
	space, at := -1, 0
	for i, r := range l.runes {
		if r == '\n' {
			return at, at + 1
		}
		if r == ' ' {
			space = at
		}
		if float64(l.pens[i+1])/64/c.p.scale > width && at > 0 && r != ' ' {
			if space >= 0 {
				return space, space + 1
			}
			return at, at
		}
		at += utf8.RuneLen(r)
	}
	return len(s), len(s)
}

// Paragraph draws text in lines no wider than r, from its top, and returns their
// height.
func (c *Canvas) Paragraph(r Rect, s string, style Style) float64 {
	_, spacing := style.Metrics()
	y := 0.0
	for _, l := range c.Wrap(s, style, r.W) {
		c.Text(Point{r.X, r.Y + y}, l, style)
		y += spacing
	}
	return y
}
