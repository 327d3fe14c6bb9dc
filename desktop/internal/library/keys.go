package library

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// keys handles keys that no widget took.
func (s *Screen) keys(in *ui.Input) {
	if !in.KeysAllowed() {
		return
	}
	switch {
	case in.TakeRepeated(ebiten.KeyArrowDown):
		s.move(s.grid.columns)
	case in.TakeRepeated(ebiten.KeyArrowUp):
		s.move(-s.grid.columns)
	case in.TakeRepeated(ebiten.KeyArrowRight):
		s.move(1)
	case in.TakeRepeated(ebiten.KeyArrowLeft):
		s.move(-1)
	case in.TakeRepeated(ebiten.KeyPageDown):
		s.move(3 * s.grid.columns)
	case in.TakeRepeated(ebiten.KeyPageUp):
		s.move(-3 * s.grid.columns)
	case in.TakeKey(ebiten.KeyEnter), in.TakeKey(ebiten.KeyNumpadEnter):
		s.run()
	case in.Control() && in.TakeKey(ebiten.KeyE):
		s.edit()
	case s.filter.any() && in.TakeKey(ebiten.KeyEscape):
		chosen := s.chosen
		s.filter = filter{families: map[string]bool{}, tags: map[string]bool{}}
		s.search.SetText("")
		in.Unfocus()
		s.applyFilter()
		if chosen != nil {
			s.pick(chosen)
		}
	}
}

// edit opens the selected scenario in the editor.
func (s *Screen) edit() {
	if s.chosen != nil && s.config.Edit != nil {
		s.config.Edit(s.chosen)
	}
}

// move moves the selection by a number of cards.
func (s *Screen) move(by int) {
	at := slices.Index(s.shown, s.chosen)
	if at < 0 {
		return
	}
	if to := at + by; to >= 0 && to < len(s.shown) {
		s.pick(s.shown[to])
	} else if by > 1 {
		s.pick(s.shown[len(s.shown)-1])
	} else if by < -1 {
		s.pick(s.shown[0])
	}
}
