package control

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
	"roadloop/planning/route"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
)

// The outlook covers 3 s at constant speed.
const (
	outlookSteps = 16
	stride       = 0.2 // s, as in forecasts
)

// outlook is the predicted motion of the car without intervention.
type outlook struct {
	boxes [outlookSteps]geom.OBB
	speed float64
}

// Time constants with which a driver returns to the heading and the curvature
// of the road, s.
const (
	headingFade = 1.0
	bendFade    = 0.4
)

// predict updates the outlook. On the route the car is assumed to follow the
// road, with a decay of its current relative heading and curvature; elsewhere
// the current curvature is assumed constant.
func (o *outlook) predict(scene *perception.Scene, r *route.Route, car *behavior.Car) {
	ego := &scene.Ego
	o.speed = ego.Speed
	line, s, d := nearestLine(r, ego.Pose)
	bend := math.Tan(ego.Steer) / car.Wheelbase
	if ego.Speed > 3 {
		bend = ego.YawRate / ego.Speed
	}
	if line == nil {
		o.turn(ego.Pose, bend, car)
		return
	}
	heading := geom.WrapAngle(ego.Pose.Yaw - line.At(s).Pose.Yaw)
	excess := bend - line.Curvature(s)
	for i := range o.boxes {
		at := line.At(s).Pose
		n := at.Forward().Left().Scale(d)
		o.boxes[i] = car.Box(geom.Pose{X: at.X + n.X, Y: at.Y + n.Y, Yaw: at.Yaw + heading})
		heading += (o.speed*excess - heading/headingFade) * stride
		excess *= detmath.Exp(-stride / bendFade)
		d += o.speed * math.Sin(heading) * stride
		s += o.speed * math.Cos(heading) * stride / math.Max(0.3, 1-line.Curvature(s)*d)
	}
}

// turn updates the outlook for a constant curvature.
func (o *outlook) turn(pose geom.Pose, bend float64, car *behavior.Car) {
	for i := range o.boxes {
		o.boxes[i] = car.Box(pose)
		way := o.speed * stride
		p := pose.Pos().Add(geom.Unit(pose.Yaw + bend*way/2).Scale(way))
		pose = geom.Pose{X: p.X, Y: p.Y, Yaw: pose.Yaw + bend*way}
	}
}

// nearestLine returns the line of the route nearest to a pose, nil if none is near.
func nearestLine(r *route.Route, pose geom.Pose) (best *route.Path, s, d float64) {
	least := 2.5
	for i := range r.Lines {
		l := r.Lines[i].Path
		at, off := l.Project(pose.Pos(), 0, l.Length())
		if at < 0 || at > l.Length() || math.Abs(geom.WrapAngle(l.At(at).Pose.Yaw-pose.Yaw)) > 0.5 {
			continue
		}
		if math.Abs(off) < least {
			least, best, s, d = math.Abs(off), l, at, off
		}
	}
	return best, s, d
}

// threat is a predicted collision.
type threat struct {
	track int32
	after float64 // s
	need  float64 // minimum deceleration that avoids it, m/s²
}

// worst returns the threat with the largest necessary deceleration.
func (g *AEB) worst(scene *perception.Scene, cast []planning.Forecast) (threat, bool) {
	worst, found := threat{}, false
	g.margin = RSSMargin{Gap: math.Inf(1)}
	for i := range cast {
		t := &scene.Tracks[cast[i].Track]
		if t.Existence < g.params.Existence || t.Age < g.params.MinAge {
			continue
		}
		after, ok := g.outlook.contact(t, &cast[i])
		if !ok {
			continue
		}
		along := t.Vel.Dot(scene.Ego.Pose.Forward())
		g.updateMargin(t, along, after)
		closing := scene.Ego.Speed - math.Max(0, along)
		need := closing / (2 * math.Max(0.05, after-g.params.Delay))
		if closing > 0 && (!found || need > worst.need) {
			worst, found = threat{t.ID, after, need}, true
		}
	}
	return worst, found
}

// updateMargin updates the RSS margin for a track in the car's path.
func (g *AEB) updateMargin(t *perception.Track, along, after float64) {
	if gap := after * (g.outlook.speed - along); along > -0.5 && gap < g.margin.Gap {
		g.margin = RSSMargin{t.ID, gap, g.params.RSS.Behind(g.outlook.speed, math.Max(0, along))}
	}
}

// substeps is the number of contact tests within a stride.
const substeps = 4

// contact returns the time until the car touches a track in its most probable mode, s.
func (o *outlook) contact(t *perception.Track, cast *planning.Forecast) (float64, bool) {
	mode := &cast.Modes[0]
	from := t.Pose
	for i := range outlookSteps - 1 {
		to := mode.Poses[i]
		reach := (o.boxes[i].Length + t.Length + t.Width) + o.speed*stride
		if from.Pos().Dist(o.boxes[i].Center) > reach+to.Pos().Dist(from.Pos()) {
			from = to
			continue
		}
		for k := range substeps {
			f := float64(k) / substeps
			if geom.Overlap(between(o.boxes[i], o.boxes[i+1], f), place(t, from, to, f)) {
				return (float64(i) + f) * stride, o.ahead(t)
			}
		}
		from = to
	}
	return 0, false
}

// ahead reports whether a track is not behind the car: traffic behind must brake itself.
func (o *outlook) ahead(t *perception.Track) bool {
	b := &o.boxes[0]
	return t.Pose.Pos().Sub(b.Center).Dot(geom.Unit(b.Yaw)) > -b.Length/2
}

func between(a, b geom.OBB, f float64) geom.OBB {
	a.Center = a.Center.Lerp(b.Center, f)
	a.Yaw += f * geom.WrapAngle(b.Yaw-a.Yaw)
	return a
}

func place(t *perception.Track, a, b geom.Pose, f float64) geom.OBB {
	return geom.OBB{Center: a.Pos().Lerp(b.Pos(), f), Yaw: a.Yaw + f*geom.WrapAngle(b.Yaw-a.Yaw), Length: t.Length, Width: t.Width}
}
