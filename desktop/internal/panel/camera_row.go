package panel

import (
	"cmp"
	"slices"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/rig"
)

// AllCameras is the choice of all cameras in a row.
const AllCameras = "all"

// minTile is the minimum width of a camera in a row, points.
const minTile = 110

// camerasOf returns the names of the cameras of a rig.
func camerasOf(r *rig.Config) (names []string) {
	for s := range rig.Of[rig.Camera](r) {
		names = append(names, s.Name)
	}
	return names
}

// shown returns the name of the camera to show: the chosen one, or the front camera if the
// rig has no such camera.
func (p *Camera) shown(r *rig.Config) string {
	if _, _, err := r.Camera(p.Camera); err != nil {
		return r.FrontCamera()
	}
	return cmp.Or(p.Camera, r.FrontCamera())
}

// drawRow draws all cameras in a row. It reports whether there is room.
func (p *Camera) drawRow(c *ui.Canvas, in *ui.Input, r *rig.Config) bool {
	names, b := camerasOf(r), c.Bounds()
	if len(names) < 2 || b.W < minTile*float64(len(names)) {
		return false
	}
	if len(p.row) != len(names) {
		p.row = nil
		for range names {
			p.row = append(p.row, NewCamera(p.feed))
		}
	}
	f, width := p.feed.Frame(), b.W/float64(len(names))
	for i, name := range names {
		one := p.row[i]
		one.Camera, one.View, one.Saliency = name, p.View, p.Saliency
		one.Boxes, one.Lanes, one.Drivable = p.Boxes, p.Lanes, p.Drivable
		tile := ui.Rect{X: float64(i) * width, W: width, H: b.H}
		one.drawOne(c.Sub(tile).Scoped(name), in, f, false)
		w := c.Measure(name, c.Theme.Small) + 10
		foot := ui.Rect{X: tile.X + (width-w)/2, Y: b.H - 2*buttonHeight - 10, W: w, H: buttonHeight}
		c.RoundRect(foot, 3, ui.Alpha(ui.Color{A: 255}, .5))
		c.Label(foot, name, c.Theme.Small, ui.Middle)
	}
	p.now = p.row[0].now
	return true
}

// choices draws a button for each camera in the lower left corner, or, if there is little
// room, one that shows the next camera. There are none for a single camera.
func (p *Camera) choices(c *ui.Canvas, in *ui.Input, r *rig.Config) {
	names, b := camerasOf(r), c.Bounds()
	if len(names) < 2 || b.W < 160 || b.H < 90 {
		return
	}
	c = c.Scoped("cameras")
	names = append(names, AllCameras)
	now := p.Camera
	if now != AllCameras {
		now = p.shown(r)
	}
	all := 0.0
	for _, name := range names {
		all += ChipWidth(c, name) + buttonGap
	}
	at := ui.Rect{X: 6, Y: b.H - buttonHeight - 6, H: buttonHeight}
	layers := 3*(buttonWidth(c)+buttonGap) + 12 // in the lower right corner
	if all+layers > b.W {
		at.W = ChipWidth(c, now)
		if Chip(c, in, at, now, true, c.Theme.Accent) {
			p.Camera = names[(slices.Index(names, now)+1)%len(names)]
		}
		in.Tooltip(c, at, "Show the next camera")
		return
	}
	for _, name := range names {
		at.W = ChipWidth(c, name)
		if Chip(c, in, at, name, name == now, c.Theme.Accent) {
			p.Camera = name
		}
		in.Tooltip(c, at, "Show "+name)
		at.X += at.W + buttonGap
	}
}
