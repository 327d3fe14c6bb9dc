package ui

import "github.com/hajimehoshi/ebiten/v2"

// Place puts an area among those that the Tab key goes through, as a whole: what is in
// it, such as the rows of a list or the cars on a map, is reached from there by other
// keys. F6 goes from place to place without the widgets between. It reports whether the
// place has the keys, as the focus ring around the canvas then shows; draw that with
// PlaceRing, on top.
func (in *Input) Place(c *Canvas, name string) (has bool) {
	t := touch{id: hash(c.scope, name)}
	if !in.Keyed() {
		return false
	}
	in.places = append(in.places, t.id)
	in.focusable(&t)
	return t.focused && in.ring
}

// PlaceRing shows that a place has the keys.
func (c *Canvas) PlaceRing() {
	c.RoundFrame(c.Bounds().Inset(1), radius, 2, c.Theme.Accent)
}

// Marked reports whether a widget has the keys and shows it: keys are for it first.
func (in *Input) Marked() bool { return in.focus != 0 && in.ring }

// Arrow takes an arrow key, which repeats, and returns its direction on the screen.
func (in *Input) Arrow() (dir Point, ok bool) {
	for _, k := range arrows {
		if in.TakeRepeated(k.key) {
			return k.dir, true
		}
	}
	return Point{}, false
}

// arrows are the arrow keys and where they point.
var arrows = [...]struct {
	key Key
	dir Point
}{{ebiten.KeyArrowLeft, Point{-1, 0}}, {ebiten.KeyArrowRight, Point{1, 0}}, {ebiten.KeyArrowUp, Point{0, -1}}, {ebiten.KeyArrowDown, Point{0, 1}}}

// Row takes the keys that go through n rows, of which a page are seen at once, and
// returns the row after that. ok reports that there was such a key.
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

// Entered takes the keys that act on what is marked.
func (in *Input) Entered() bool {
	return in.TakeKey(ebiten.KeyEnter) || in.TakeKey(ebiten.KeyNumpadEnter)
}

// Toward returns which of some things at places is next from one of them in a
// direction, more ahead than aside; -1 where there is none.
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

// Nearest returns which of some things at places is the nearest to one, -1 where there
// is none.
func Nearest(to Point, places []Point) int {
	best := -1
	for i, p := range places {
		if best < 0 || p.Dist(to) < places[best].Dist(to) {
			best = i
		}
	}
	return best
}
