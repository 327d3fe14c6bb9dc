package main

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"
	"github.com/hajimehoshi/ebiten/v2/vector"
	"golang.org/x/image/font/gofont/goregular"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

var fontSource = mustFont()

func mustFont() *text.GoTextFaceSource {
	s, err := text.NewGoTextFaceSource(bytes.NewReader(goregular.TTF))
	if err != nil {
		panic("the embedded font does not parse: " + err.Error())
	}
	return s
}

// Colors that differ for every kind of color vision (Okabe and Ito 2008).
var (
	ink       = color.RGBA{232, 234, 236, 255}
	faint     = color.RGBA{150, 156, 162, 255}
	truth     = color.RGBA{150, 156, 162, 255}
	belief    = color.RGBA{86, 180, 233, 255}
	egoColor  = color.RGBA{213, 94, 0, 255}
	planColor = color.RGBA{0, 158, 115, 255}
	warning   = color.RGBA{240, 228, 66, 255}
)

func write(dst *ebiten.Image, s string, x, y, size float64, c color.Color) {
	op := &text.DrawOptions{}
	op.GeoM.Translate(x, y)
	op.ColorScale.ScaleWithColor(c)
	op.LineSpacing = 1.35 * size
	text.Draw(dst, s, &text.GoTextFace{Source: fontSource, Size: size}, op)
}

// drawFindings draws what the network read over the camera's picture.
func (w *window) drawFindings() {
	if w.moment == nil || len(w.moment.Thoughts.Images) == 0 {
		return
	}
	const kx, ky = cameraWidth / 320.0, cameraHeight / 192.0
	im := &w.moment.Thoughts.Images[len(w.moment.Thoughts.Images)-1]
	for i := range im.Boundaries {
		for _, p := range im.Boundaries[i].Points {
			if u, v, _, ok := w.calib.Project(p.X, p.Y, 0); ok {
				vector.FillRect(w.camera, float32(u*kx)-1.5, float32(v*ky)-1.5, 3, 3, planColor, false)
			}
		}
	}
	for i := range im.Detections {
		d := &im.Detections[i]
		b := &d.Box
		c := belief
		if d.Class == perception.Pedestrian || d.Class == perception.Cyclist {
			c = color.RGBA{230, 159, 0, 255}
		}
		vector.StrokeRect(w.camera, float32(b.X0*kx), float32(b.Y0*ky), float32((b.X1-b.X0)*kx), float32((b.Y1-b.Y0)*ky), 1.5, c, true)
		write(w.camera, fmt.Sprintf("%s %.0f m", d.Class, d.Distance), b.X0*kx, b.Y0*ky-15, 12, c)
	}
}

// above is the view from above: where it is on the screen, and how it maps meters.
type above struct {
	dst   *ebiten.Image
	frame geom.Pose
}

// Place and scale of the view from above.
const (
	aboveX, aboveY          = 824, 12
	aboveWidth, aboveHeight = 444, 480
	pixelsPerMeter          = 5.2
)

// at returns the pixel of a map point: the ego looks up, from the lower third.
func (a *above) at(p geom.Vec) (x, y float32) {
	q := a.frame.ToLocal(p)
	return float32(aboveWidth/2 - q.Y*pixelsPerMeter), float32(aboveHeight*.72 - q.X*pixelsPerMeter)
}

func (a *above) line(p, q geom.Vec, width float32, c color.Color) {
	x0, y0 := a.at(p)
	x1, y1 := a.at(q)
	vector.StrokeLine(a.dst, x0, y0, x1, y1, width, c, true)
}

func (a *above) box(b geom.OBB, width float32, c color.Color) {
	corners := b.Corners()
	for i := range corners {
		a.line(corners[i], corners[(i+1)%4], width, c)
	}
}

// drawAbove shows lanes, truth (gray), tracks (blue), the plan and the ego.
func (w *window) drawAbove(screen *ebiten.Image) {
	world := w.session.World()
	panel := ebiten.NewImage(aboveWidth, aboveHeight)
	defer panel.Deallocate()
	panel.Fill(color.RGBA{36, 40, 45, 255})
	a := &above{dst: panel, frame: world.Ego().State.Pose}
	w.drawLanes(a)
	actors := world.Actors()
	for i := range actors {
		a.box(actors[i].Box(), 1, truth)
	}
	if w.moment != nil {
		w.drawThoughts(a)
	}
	ego := world.Ego()
	a.box(ego.Box(), 2, egoColor)
	nose := ego.State.Pose.ToWorld(geom.Vec{X: 3.6})
	a.line(ego.State.Pose.Pos(), nose, 2, egoColor)
	op := &ebiten.DrawImageOptions{}
	op.GeoM.Translate(aboveX, aboveY)
	screen.DrawImage(panel, op)
}

func (w *window) drawLanes(a *above) {
	m := w.plan.Drive.World.Map
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.Junction >= 0 {
			continue
		}
		for s := 0.0; s+4 <= l.Center.Length(); s += 4 {
			if l.Center.At(s).Pos().Dist(a.frame.Pos()) > 90 {
				continue
			}
			for _, d := range [...]float64{l.Width / 2, -l.Width / 2} {
				a.line(l.Center.Offset(s, d).Pos(), l.Center.Offset(s+4, d).Pos(), 1, color.RGBA{90, 96, 102, 255})
			}
		}
	}
	for i, state := range w.session.World().Signals() {
		x, y := a.at(m.Signals[i].Pos)
		c := map[road.SignalState]color.RGBA{road.Red: {213, 94, 0, 255}, road.Amber: {240, 228, 66, 255}, road.Green: {0, 158, 115, 255}}[state]
		vector.FillCircle(a.dst, x, y, 4, c, true)
	}
}

// drawThoughts shows what the driver believes and means to do.
func (w *window) drawThoughts(a *above) {
	t := &w.moment.Thoughts
	if t.Scene != nil {
		for i := range t.Scene.Tracks {
			k := &t.Scene.Tracks[i]
			a.box(k.Box(), 1.5, belief)
			a.line(k.Pose.Pos(), k.Pose.Pos().Add(k.Vel), 1, belief)
		}
	}
	if t.Plan != nil {
		for i := 1; i < len(t.Plan.Waypoints); i++ {
			a.line(t.Plan.Waypoints[i-1].Pose.Pos(), t.Plan.Waypoints[i].Pose.Pos(), 2, planColor)
		}
	}
}

// drawText writes what is known in words.
func (w *window) drawText(screen *ebiten.Image) {
	write(screen, w.title(), 12, 504, 17, ink)
	write(screen, w.status(), 12, 532, 15, faint)
	if w.moment != nil && w.moment.Thoughts.Plan != nil {
		write(screen, "plan: "+w.moment.Thoughts.Plan.Reason, 12, 560, 15, planColor)
		if g := w.moment.Thoughts.Guard; g.Active {
			write(screen, g.Reason, 12, 584, 15, warning)
		}
	}
	recent := w.log[max(0, len(w.log)-6):]
	write(screen, strings.Join(recent, "\n"), 824, 504, 14, ink)
	write(screen, "H: keys", 12, 692, 13, faint)
	write(screen, "gray: truth   blue: tracks   green: plan   orange: ego", 824, 692, 13, faint)
}

// drawHelp lists the keys.
func (w *window) drawHelp(screen *ebiten.Image) {
	vector.FillRect(screen, 340, 130, 600, 420, color.RGBA{12, 14, 16, 235}, false)
	write(screen, `Space       pause
.               one decision
1 2 4        speed
Tab           next scenario (Page Up: previous)
N              next seed
R              again
P              perception: network or oracle
Arrows      drive yourself (or W A S D)
Enter         hand back to the stack
H              this help
Esc           leave`, 380, 160, 18, ink)
}
