package panel

import (
	"fmt"
	"math"

	"roadloop/scenarios/timeline"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// Margin is the distance to the nearest track ahead, and the RSS distance, m.
type Margin struct {
	Name        string
	Gap, Needed float64
}

// marginOf finds the nearest believed track with a box, at its present position, on the
// path of the plan, and the distance by definition 1 of RSS. ok is false if the path is
// clear.
func marginOf(f *timeline.Step, rss *vehicle.RSS) (m Margin, ok bool) {
	ego := *f.World.Ego()
	ego.State.Pose = f.Scene.Ego.Pose
	for i := range f.Scene.Tracks {
		t := &f.Scene.Tracks[i]
		gap, meets := distanceAhead(f, ego.Shape.Width, t.Box())
		along := t.Vel.Dot(t.Pose.Forward())
		if !meets || math.Abs(geom.WrapAngle(t.Pose.Yaw-f.Scene.Ego.Pose.Yaw)) > math.Pi/2 && along > 1 {
			continue
		}
		gap -= ego.Shape.RearToCenter + ego.Shape.Length/2
		if gap = math.Max(0, gap); !ok || gap < m.Gap {
			m = Margin{fmt.Sprintf("%s%d", classLetter(t.Class), t.ID), gap, rss.Behind(f.Scene.Ego.Speed, math.Max(0, along))}
			ok = true
		}
	}
	return m, ok
}

// leastReach is the least look-ahead, m. The plan of a standing car has no length.
const leastReach = 40.0

// distanceAhead returns the distance along the plan, from the rear axle, at which a box begins.
func distanceAhead(f *timeline.Step, width float64, box geom.OBB) (float64, bool) {
	way := f.Plan.Waypoints
	gone := 0.0
	strip := func(from geom.Pose, length float64) (float64, bool) {
		b := geom.OBB{Center: from.ToWorld(geom.Vec{X: length / 2}), Yaw: from.Yaw, Length: length, Width: width}
		if !geom.Overlap(b, box) {
			return 0, false
		}
		near := math.Inf(1)
		for _, p := range box.Corners() {
			near = math.Min(near, from.ToLocal(p).X)
		}
		return gone + math.Max(0, near), true
	}
	for i := 1; i < len(way); i++ {
		step := way[i-1].Pose.Pos().Dist(way[i].Pose.Pos())
		if step < .05 {
			continue
		}
		if d, met := strip(way[i-1].Pose, step); met {
			return d, true
		}
		gone += step
	}
	if len(way) > 0 && gone < leastReach {
		return strip(way[len(way)-1].Pose, leastReach-gone)
	}
	return 0, false
}
