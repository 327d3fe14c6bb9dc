package video

import (
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/scene"
)

// Colors of the paths on the ground (Okabe and Ito 2008).
var (
	egoColor    = scene.RGB{.95, .45, .05}
	personColor = scene.RGB{.95, .70, .10}
	otherColor  = scene.RGB{.35, .75, .98}
)

// pathMeshes returns the paths of the ego and the named actors around a time, as ribbons
// on the ground.
func pathMeshes(p *Preview, t clock.Tick) []*scene.Mesh {
	var out []*scene.Mesh
	add := func(id actor.ID, width float64, color scene.RGB) {
		path := p.Path(id, max(0, t-pathTime/4), t+pathTime)
		if m := ribbon(path, width, color); m != nil {
			out = append(out, m)
		}
	}
	add(actor.Ego, .5, egoColor)
	for id := actor.ID(1); id < p.Plan.FirstTraffic; id++ {
		color, width := otherColor, .4
		if p.Log.Actors[id].Kind.Vulnerable() {
			color, width = personColor, .25
		}
		add(id, width, color)
	}
	return out
}

// ribbon returns a strip along a path, nil for a path shorter than 0.5 m.
func ribbon(path []geom.Vec, width float64, color scene.RGB) *scene.Mesh {
	const piece, most = 1.0, 2000.0 // m
	line, err := geom.NewPolyline(path)
	if err != nil || line.Length() < .5 {
		return nil
	}
	var poses []geom.Pose
	for s := 0.0; s <= min(line.Length(), most); s += piece {
		poses = append(poses, line.At(s))
	}
	return scene.Ribbon(poses, width, scene.Material{Color: color, Class: scene.Marking})
}
