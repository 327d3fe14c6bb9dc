package ui

import "github.com/hajimehoshi/ebiten/v2"

// FocusArea adds an area to the Tab order as a whole. Items in it, such as rows of a list
// or cars on a map, are reached from there by other keys. F6 moves from place to place
// and skips other widgets. Place reports whether the area has the focus; draw its focus
// ring with PlaceRing, on top.
func (in *Input) FocusArea(c *Canvas, name string) (has bool) {
	t := touch{id: hash(c.scope, name)}
	if !in.KeysAllowed() {
		return false
	}
	in.places = append(in.places, t.id)
	in.focusable(&t)
	return t.focused && in.ring
}

// FocusRing draws the focus ring around the canvas.
func (c *Canvas) FocusRing() {
	c.RoundFrame(c.Bounds().Inset(1), radius, 2, c.Theme.Accent)
}

// FocusVisible reports whether a widget has a visible focus. It gets keys first.
func (in *Input) FocusVisible() bool { return in.focus != 0 && in.ring }

// Arrow consumes an arrow key, with repetition, and returns its direction on the
// screen.
func (in *Input) Arrow() (dir Point, ok bool) {
	for _, k := range arrows {
		if in.TakeRepeated(k.key) {
			return k.dir, true
		}
	}
	return Point{}, false
}

// arrows are the arrow keys and their directions.
var arrows = [...]struct {
	key Key
	dir Point
}{{ebiten.KeyArrowLeft, Point{-1, 0}}, {ebiten.KeyArrowRight, Point{1, 0}}, {ebiten.KeyArrowUp, Point{0, -1}}, {ebiten.KeyArrowDown, Point{0, 1}}}

// Row consumes the keys that move through n rows, with a page per screen, and returns
// the new row. ok reports whether there was such a key.
func (in *Input) Row(at, n, page int) (row int, ok bool) {
	for _, k := range [...]struct {
		key Key
		by  int
	}{{ebiten.KeyArrowUp, -1}, {ebiten.KeyArrowDown, 1}, {ebiten.KeyPageUp, -page}, {ebiten.KeyPageDown, page},
		{ebiten.KeyHome, -n}, {ebiten.KeyEnd, n}} {
		if in.TakeRepeated(k.key) {
			at, ok = at+k.by, true
		}
	}
	return max(0, min(n-1, at)), ok
}

// Activated consumes the keys that activate the selected item.
func (in *Input) Activated() bool {
	return in.TakeKey(ebiten.KeyEnter) || in.TakeKey(ebiten.KeyNumpadEnter)
}

// Toward returns the next of some places from a position in a direction; -1 if there is
// none. Distance ahead counts less than distance aside.
func Toward(from Point, dir Point, places []Point) int {
	best, nearest := -1, 1e9
	for i, p := range places {
		way := p.Sub(from)
		ahead := way.X*dir.X + way.Y*dir.Y
		aside := way.X*dir.Y - way.Y*dir.X
		if dist := ahead + 2*max(aside, -aside); ahead > 1 && dist < nearest {
			best, nearest = i, dist
		}
	}
	return best
}

// Nearest returns the nearest of some places, -1 if there is none.
func Nearest(to Point, places []Point) int {
	best := -1
	for i, p := range places {
		if best < 0 || p.Dist(to) < places[best].Dist(to) {
			best = i
		}
	}
	return best
}
