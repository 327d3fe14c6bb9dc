package faults

import (
	"slices"

	"roadloop/perception"
	"roadloop/trace"
)

func detectionFaults() []Fault {
	fault := func(name, means string, f func(*perception.Image), likely ...string) Fault {
		return Fault{name, trace.LayerDetection, means, likely, func(s *target) error {
			pipeline := s.stack.Perceiver.Pipeline()
			pipeline.Detector = &detector{pipeline.Detector, modifyFunc[*perception.Image](func(im *perception.Image) *perception.Image {
				f(im)
				return im
			})}
			return nil
		}}
	}
	return []Fault{
		fault("red-is-green", "red and green lights are swapped", func(im *perception.Image) {
			rename(im, map[perception.Class]perception.Class{perception.SignalRed: perception.SignalGreen, perception.SignalGreen: perception.SignalRed})
		}, "red-light", "junction"),
		fault("lights-unseen", "no traffic light is detected", func(im *perception.Image) {
			drop(im, func(d *perception.Detection) bool { return d.Class.IsSignal() })
		}, "red-light", "junction"),
		fault("all-amber", "every light is detected as amber", func(im *perception.Image) {
			rename(im, map[perception.Class]perception.Class{perception.SignalRed: perception.SignalAmber, perception.SignalGreen: perception.SignalAmber})
		}, "red-light", "junction"),
		fault("people-are-cones", "pedestrians are detected as cones", func(im *perception.Image) {
			rename(im, map[perception.Class]perception.Class{perception.Pedestrian: perception.Cone})
		}, "pedestrian"),
		fault("detections-mirrored", "detections are mirrored left to right", mirrorDetections, "cyclist-near-side", "cut-in"),
		fault("distance-doubled", "objects are detected at twice their distance", func(im *perception.Image) { stretch(im, 2) }, "cyclist-near-side", "pedestrian"),
		fault("distance-halved", "objects are detected at half their distance", func(im *perception.Image) { stretch(im, .5) }, "from-behind-parked-car", "pedestrian"),
		fault("ghosts", "a car that does not exist is detected 12 m ahead", addGhost, "lane", "cut-in"),
		fault("boundaries-shifted", "lane boundaries are detected 0.5 m too far to the left", shiftBoundaries, "lane"),
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

// drop removes detections.
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

func addGhost(im *perception.Image) {
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
