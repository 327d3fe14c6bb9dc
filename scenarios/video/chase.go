package video

import (
	"math"

	"roadloop/internal/palette"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// boxHeight is the height of the boxes of tracks, m.
const boxHeight = 1.5

// follow returns a camera of w×h pixels behind the car and above it.
func follow(w, h int) sensor.Camera {
	const fov = 62 * math.Pi / 180
	f := float64(w) / 2 / math.Tan(fov/2)
	return sensor.Camera{Name: "chase", Mount: sensor.Mount{X: -8.5, Z: 3.6, Pitch: .19},
		Width: w, Height: h, Fx: f, Fy: f, Cx: float64(w) / 2, Cy: float64(h) / 2}
}

// drawChase draws the car from behind, with tracks and the plan on the road.
func (a *Renderer) drawChase(c *canvas, f *timeline.Step) {
	if a.chaseRenderer == nil {
		a.chase = follow(c.to.Rect.Dx(), c.to.Rect.Dy())
		a.chaseRenderer = raster.New(&a.chase, raster.Channels{})
	}
	ego := *f.World.Ego()
	ego.Appearance.Paint = [3]uint8{palette.Ego.Dark.R, palette.Ego.Dark.G, palette.Ego.Dark.B}
	conditions := f.World.Conditions()
	a.stage.Build(&a.list, &scene.FrameState{
		View: scene.View{Cal: &a.chase, Ego: ego.State.Pose, Time: f.Time,
			Exposure: 1 + .2*scene.Darkness(conditions), NoiseSeed: uint64(f.Time)},
		Actors:  append(append([]actor.Actor(nil), f.World.Actors()...), ego),
		Signals: f.World.Signals(), Conditions: conditions, Outside: true,
	})
	if a.shows("plan") && f.Plan != nil {
		var poses []geom.Pose
		for i := range f.Plan.Waypoints {
			poses = append(poses, f.Plan.Waypoints[i].Pose)
		}
		// Nearly as wide as the car.
		if m := scene.Ribbon(poses, 1.5, scene.Material{Color: scene.RGB{0, .46, .34}, Class: scene.Road}); m != nil {
			a.list.Ground = append(a.list.Ground, m)
		}
	}
	im := a.chaseRenderer.Render(&a.list)
	for y := range im.Height {
		row := c.to.Pix[y*c.to.Stride:]
		for x := range im.Width {
			copy(row[4*x:], im.RGB[3*(y*im.Width+x):][:3])
		}
	}
	if a.shows("tracks") && f.Scene != nil {
		for i := range f.Scene.Tracks {
			a.drawBox(c, ego.State.Pose, f.Scene.Tracks[i].Box())
		}
	}
}

// project projects a point of the map to the image.
func (a *Renderer) project(ego geom.Pose, p geom.Vec, z float64) (geom.Vec, bool) {
	q := ego.ToLocal(p)
	u, v, _, ok := a.chase.Project(q.X, q.Y, z)
	return geom.Vec{X: u, Y: v}, ok
}

// drawBox draws the edges of a box that stands on the road.
func (a *Renderer) drawBox(c *canvas, ego geom.Pose, b geom.OBB) {
	var low, high [4]geom.Vec
	for i, p := range b.Corners() {
		var ok, ok2 bool
		low[i], ok = a.project(ego, p, 0)
		high[i], ok2 = a.project(ego, p, boxHeight)
		if !ok || !ok2 {
			return
		}
	}
	c.outline(1.5, palette.Belief.Dark, low[:]...)
	c.outline(1.5, palette.Belief.Dark, high[:]...)
	for i := range low {
		c.line(1.5, palette.Belief.Dark, low[i], high[i])
	}
}
