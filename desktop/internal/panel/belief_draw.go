package panel

import (
	"fmt"
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/scenarios/timeline"
	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

var lidarColor = ui.Color{R: 150, G: 210, B: 200, A: 255}

func radarColor(t *ui.Theme) ui.Color { return t.Other }

// drawTruth outlines the true road users.
func (p *Belief) drawTruth(c *ui.Canvas, v *View, f *timeline.Step) {
	all := f.World.Actors()
	if id := int(p.feed.Chosen) - 1; id >= 0 && id < len(all) {
		ringChosen(c, v, all[id].Box())
	}
	edge := topview.Shape{Least: 1, Color: ui.Alpha(c.Theme.Truth, .75)}
	p.chart(f).Show(c, v, func(l *topview.List) {
		for i := range all {
			if box := all[i].Box(); v.Shows(box.Center, box.Length) {
				l.Patch(box, ui.Alpha(c.Theme.Truth, .22))
				l.Box(box, edge)
			}
		}
		l.Box(f.World.Ego().Box(), edge)
	})
}

// drawRoute draws the route and the lane boundaries from the camera.
func (p *Belief) drawRoute(c *ui.Canvas, v *View, f *timeline.Step) {
	world := f.World.Map()
	route := p.feed.Timeline().Plan().Drive.Route
	m := v.Mapper()
	for _, id := range route.Lanes {
		l := &world.Lanes[id]
		pts := l.Center.Points()
		p.pts = p.pts[:0]
		for i, q := range pts {
			if i%2 == 0 || i == len(pts)-1 {
				p.pts = append(p.pts, m.Point(q))
			}
		}
		c.Polyline(p.pts, max(2, l.Width*.55*v.Scale), ui.Alpha(c.Theme.Plan, .10))
	}
	for i := range f.Scene.Boundaries {
		b := &f.Scene.Boundaries[i]
		p.pts = p.pts[:0]
		for _, q := range b.Points {
			p.pts = append(p.pts, m.Point(f.Scene.Ego.Pose.ToWorld(q)))
		}
		c.Dashes(p.pts, 2.2, 7, 4, ui.Alpha(c.Theme.Belief, .35+.55*b.Score))
	}
}

// drawSignals draws stop lines in the believed color of their signal.
func (p *Belief) drawSignals(c *ui.Canvas, v *View, f *timeline.Step) {
	states := make([]road.SignalState, len(f.Scene.Signals))
	for i := range f.Scene.Signals {
		states[i] = f.Scene.Signals[i].State
	}
	p.chart(f).Signals(c, v, states)
}

// drawScan draws lidar returns. Returns above the ground are brighter.
func (p *Belief) drawScan(c *ui.Canvas, v *View, f *timeline.Step) {
	if p.scans.scan == nil {
		return
	}
	const ground = .25 // m
	m := v.Mapper()
	for i := range p.scans.scan.Points {
		q := &p.scans.scan.Points[i]
		at := m.Point(f.Scene.Ego.Pose.ToWorld(geom.Vec{X: float64(q.X), Y: float64(q.Y)}))
		if q.Z < ground {
			c.Rect(ui.Rect{X: at.X, Y: at.Y, W: 1, H: 1}, ui.Alpha(lidarColor, .3))
			continue
		}
		c.Rect(ui.Rect{X: at.X - 1, Y: at.Y - 1, W: 2, H: 2}, ui.Alpha(lidarColor, .9))
	}
}

// drawRadar draws radar returns as diamonds. A line shows the speed over the ground
// along the ray, which is the measured part of the motion.
func (p *Belief) drawRadar(c *ui.Canvas, v *View, f *timeline.Step) {
	col, m := radarColor(c.Theme), v.Mapper()
	ego := &f.Scene.Ego
	for i := range p.scans.radars {
		s := &p.scans.radars[i]
		for _, t := range s.Targets {
			dir := geom.Unit(s.Mount.Yaw + t.Azimuth)
			local := geom.Vec{X: s.Mount.X, Y: s.Mount.Y}.Add(dir.Scale(t.Range))
			at := m.Point(ego.Pose.ToWorld(local))
			const r = 4
			diamond := [4]ui.Point{{X: at.X, Y: at.Y - r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y + r}, {X: at.X - r, Y: at.Y}}
			c.Outline(diamond[:], 1.4, col)
			own := ego.Speed * dir.X // of the radar along the ray; the yaw rate adds little
			if over := t.RangeRate + own; math.Abs(over) > 1 {
				c.Arrow(at, m.Point(ego.Pose.ToWorld(local.Add(dir.Scale(over)))), 1.2, 5, ui.Alpha(col, .9))
			}
		}
	}
}

// drawForecast draws the forecasts of moving tracks.
func (p *Belief) drawForecast(c *ui.Canvas, v *View, f *timeline.Step) {
	p.chart(f).Show(c, v, func(l *topview.List) {
		for i := range f.Forecast {
			k := &f.Forecast[i]
			if k.Track >= len(f.Scene.Tracks) {
				continue
			}
			if t := &f.Scene.Tracks[k.Track]; v.Shows(t.Pose.Pos(), 60) && t.Vel.Norm() >= .3 {
				l.Forecast(t, k)
			}
		}
	})
}

// drawPlans draws the chosen plan, and the proposals as thin lines.
func (p *Belief) drawPlans(c *ui.Canvas, v *View, f *timeline.Step) {
	if f.Plan == nil {
		return
	}
	p.chart(f).Show(c, v, func(l *topview.List) {
		if p.shown[Proposals] {
			l.Proposals(f.Plan)
		}
		l.Plan(f.Plan)
	})
}

// drawPicked draws the selected trajectory with its name at the end.
func (p *Belief) drawPicked(c *ui.Canvas, v *View, plan *planning.Plan) {
	if plan == nil {
		return
	}
	i := p.feed.SelectedPlan.IndexIn(plan)
	if i < 0 {
		return
	}
	m := v.Mapper()
	p.pts = p.pts[:0]
	for _, w := range plan.Proposals[i].Waypoints {
		p.pts = append(p.pts, m.Point(w.Pose.Pos()))
	}
	pts := p.pts
	c.Polyline(pts, 5, ui.Alpha(c.Theme.Background, .8))
	c.Polyline(pts, 2.2, c.Theme.Accent)
	if n := len(pts); n > 0 {
		c.Circle(pts[n-1], 3.5, c.Theme.Accent)
		aside := ui.Point{Y: -14}
		if pts[0].Dist(pts[n-1]) < 30 { // no motion: the ego is there
			aside.Y = 30
		}
		Tag(c, pts[n-1].Add(aside), plan.Proposals[i].Name, c.Theme.Accent)
	}
}

// drawTracks draws tracks: box, uncertainty and velocity.
func (p *Belief) drawTracks(c *ui.Canvas, v *View, f *timeline.Step) {
	p.chart(f).Show(c, v, func(l *topview.List) {
		for i := range f.Scene.Tracks {
			if t := &f.Scene.Tracks[i]; v.Shows(t.Pose.Pos(), 8) {
				l.Track(t)
			}
		}
	})
}

// nameTracks draws the labels of tracks outside the ego's box.
func (p *Belief) nameTracks(c *ui.Canvas, v *View, f *timeline.Step, ego geom.OBB) {
	var names Labels
	names.Avoid(v, ego)
	for i := range f.Scene.Tracks {
		t := &f.Scene.Tracks[i]
		if v.Shows(t.Pose.Pos(), 0) && v.Scale > 3 {
			names.Put(c, v, t.Box(), trackText(t, v.Scale), topview.TrackColor(t.Class))
		}
	}
}

// trackText returns the label of a track: class letter and number; at large scales also
// the speed and the existence probability.
func trackText(t *perception.Track, scale float64) string {
	name := fmt.Sprintf("%s%d", classLetter(t.Class), t.ID)
	if scale < 5 {
		return name
	}
	if v := 3.6 * t.Vel.Norm(); v > 1 {
		name += " · " + Quantity(v, 0, "km/h")
	}
	return name + " · " + Quantity(100*t.Existence, 0, "%")
}

// drawEgo draws the ego at its believed pose, and the signals, and returns its box.
func (p *Belief) drawEgo(c *ui.Canvas, v *View, f *timeline.Step) geom.OBB {
	a := *f.World.Ego()
	a.State.Pose = f.Scene.Ego.Pose
	a.ID = actor.Ego
	p.chart(f).Show(c, v, func(l *topview.List) { l.User(&a, f.Time) })
	if std := f.Scene.Ego.PosStd; std > 0 {
		at := v.ToScreen(a.State.Pose.Pos())
		c.Ring(at, 2*std*v.Scale, 1, ui.Alpha(c.Theme.Belief, .7))
	}
	for i := range f.Scene.Signals {
		s := &f.Scene.Signals[i]
		if s.State == road.Off || s.Confidence == 0 || !v.Shows(f.World.Map().Signals[s.ID].Pos, 0) {
			continue
		}
		at := v.ToScreen(f.World.Map().Signals[s.ID].Pos)
		Tag(c, ui.Point{X: at.X, Y: at.Y}, s.State.String()+" "+Quantity(100*s.Confidence, 0, "%"), topview.SignalColor(s.State))
	}
	return a.Box()
}
