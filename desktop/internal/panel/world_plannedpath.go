package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
	"roadloop/sim/geom"
	"roadloop/sim/scene"
)

// Size of the planned path, m: its width, and its start ahead of the rear axle.
const (
	pathWidth = 1.6
	pathStart = 3.9
)

// plannedPath returns the planned path as paint on the ground, so that cars hide it; nil for
// none.
func plannedPath(t *ui.Theme, f *timeline.Step) *scene.Mesh {
	if f.Plan == nil || len(f.Plan.Waypoints) < 2 {
		return nil
	}
	col := t.Plan
	if f.Plan.Emergency || f.Guard.Active {
		col = t.Bad
	}
	poses := make([]geom.Pose, len(f.Plan.Waypoints))
	for i := range poses {
		p := f.Plan.Waypoints[i].Pose
		start := p.ToWorld(geom.Vec{X: pathStart})
		poses[i] = geom.Pose{X: start.X, Y: start.Y, Yaw: p.Yaw}
	}
	return scene.Ribbon(poses, pathWidth, scene.Material{Class: scene.Road,
		Color: scene.RGB{float32(col.R) / 255, float32(col.G) / 255, float32(col.B) / 255}})
}
