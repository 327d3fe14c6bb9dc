package editor

import "roadloop/desktop/internal/ui"

// menu draws the context menu.
func (s *Screen) menu(c *ui.Canvas, in *ui.Input) {
	none := s.chosen.what != anActor
	items := []ui.MenuItem{
		{Label: "Duplicate", Key: "Ctrl+D", Off: none},
		{Label: "Draw path", Key: "P", Off: none},
		{Label: "Turn by 15°", Key: "R", Off: none},
		{Label: "Remove", Key: "Del", Off: none},
		{Label: "Show the whole road", Key: "Home"},
	}
	picked, ok := in.Menu(c, "what", items)
	if !ok {
		return
	}
	switch picked {
	case 0:
		s.duplicate()
	case 1:
		s.tool = drawing
	case 2:
		s.turn(false)
	case 3:
		s.remove()
	case 4:
		s.gaze.Reset()
	}
}
