package mutant

import (
	"slices"

	"roadloop/perception"
	"roadloop/trace"
)

func detectionFaults() []Fault {
	fault := func(name, means string, f func(*perception.Image), likely ...string) Fault {
		return Fault{name, trace.LayerDetection, means, likely, func(s *site) error {
			p := s.stack.Perceiver.Pipeline()
			p.Detector = &detector{p.Detector, plain[*perception.Image](func(im *perception.Image) *perception.Image {
				f(im)
				return im
			})}
			return nil
		}}
	}
	return []Fault{
		fault("red-is-green", "red and green lights are mixed up", func(im *perception.Image) {
			rename(im, map[perception.Class]perception.Class{perception.SignalRed: perception.SignalGreen, perception.SignalGreen: perception.SignalRed})
		}, "red-light", "junction"),
		fault("lights-unseen", "no light is found", func(im *perception.Image) {
			drop(im, func(d *perception.Detection) bool { return d.Class.IsSignal() })
		}, "red-light", "junction"),
		fault("all-amber", "every light is taken for amber", func(im *perception.Image) {
			rename(im, map[perception.Class]perception.Class{perception.SignalRed: perception.SignalAmber, perception.SignalGreen: perception.SignalAmber})
		}, "red-light", "junction"),
		fault("people-are-cones", "people are taken for cones", func(im *perception.Image) {
			rename(im, map[perception.Class]perception.Class{perception.Pedestrian: perception.Cone})
		}, "pedestrian"),
		fault("detections-mirrored", "what is on the left is found on the right", mirrorDetections, "cyclist-near-side", "cut-in"),
		fault("distance-doubled", "everything is found twice as far away", func(im *perception.Image) { stretch(im, 2) }, "cyclist-near-side", "pedestrian"),
		fault("distance-halved", "everything is found half as far away", func(im *perception.Image) { stretch(im, .5) }, "from-behind-parked-car", "pedestrian"),
		fault("ghosts", "a car is found 12 m ahead where there is none", haunt, "lane", "cut-in"),
		fault("boundaries-shifted", "lane boundaries are found 0.5 m too far to the left", shiftBoundaries, "lane"),
	}
}

// rename changes classes.
func rename(im *perception.Image, to map[perception.Class]perception.Class) {
	for i := range im.Detections {
		if c, ok := to[im.Detections[i].Class]; ok {
			im.Detections[i].Class = c
		}
	}
}

// drop forgets detections.
func drop(im *perception.Image, which func(*perception.Detection) bool) {
	im.Detections = slices.DeleteFunc(im.Detections, func(d perception.Detection) bool { return which(&d) })
}

func mirrorDetections(im *perception.Image) {
	for i := range im.Detections {
		d := &im.Detections[i]
		d.Pos.Y, d.Bearing, d.Heading = -d.Pos.Y, -d.Bearing, -d.Heading
	}
}

func stretch(im *perception.Image, by float64) {
	for i := range im.Detections {
		d := &im.Detections[i]
		d.Pos, d.Distance = d.Pos.Scale(by), d.Distance*by
	}
}

func haunt(im *perception.Image) {
	d := perception.Detection{Class: perception.Car, Score: .9, Distance: 12, DistanceStd: 1}
	d.Pos.X = 12
	if im.Cal != nil {
		d.Pos.X += im.Cal.Mount.X
		d.Box = perception.Box{X0: im.Cal.Cx - 20, X1: im.Cal.Cx + 20, Y0: im.Cal.Cy, Y1: im.Cal.Cy + 30}
	}
	im.Detections = append(im.Detections, d)
}

func shiftBoundaries(im *perception.Image) {
	for i := range im.Boundaries {
		for j := range im.Boundaries[i].Points {
			im.Boundaries[i].Points[j].Y += .5
		}
	}
}
