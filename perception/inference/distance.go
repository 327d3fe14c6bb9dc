package inference

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// share is the standard deviation of the network's distance as a share of it,
// near the camera and per further meter, measured on validation frames.
const share, shareGrowth = .05, .003

// sizeStd is the standard deviation of the depth of objects of each class, m.
var sizeStd = [perception.NumClasses]float64{.25, 1, .1, .25, .05, 0, 0, 0}

// contact is a usual length and width of the area where a road user of each class touches
// the ground, m: wheels stand in from the bumpers. The lower edge of the box in the image
// is at its nearest corner. Fitted to the labels of unhidden objects within 25 m.
var contact = [perception.Cone + 1]geom.Vec{
	perception.Car:        {X: 2.45, Y: 1.75},
	perception.Truck:      {X: 5, Y: 2.5},
	perception.Pedestrian: {X: .4, Y: .25},
	perception.Cyclist:    {X: 1.15, Y: .1},
	perception.Cone:       {X: .45, Y: .45},
}

// refine combines two distances, each weighted by the inverse of its variance: that of the
// network, which depends on the size of objects and on the varied cameras of training, and
// that at which the lower edge of the box stands on flat ground, which depends on the
// calibration of this camera. It sets Distance and DistanceStd.
func refine(d *perception.Detection, cal *sensor.Camera) {
	std := .15 + d.Distance*(share+shareGrowth*d.Distance)
	if d.Box.X0 < 2 || d.Box.X1 > float64(cal.Width)-2 {
		std *= 1.5 // the edge of the image cuts it
	}
	d.DistanceStd = std
	stand, standStd, ok := standing(d, cal)
	if !ok {
		return
	}
	wn, ws := 1/(std*std), 1/(standStd*standStd)
	d.Distance = (wn*d.Distance + ws*stand) / (wn + ws)
	d.DistanceStd = 1 / math.Sqrt(wn+ws)
}

// standing returns the distance to the center of an object of the usual size that stands
// on the ground at the lower edge of the box, and its standard deviation; ok is false for
// signals, for boxes that the lower edge of the image cuts, and near or above the horizon.
func standing(d *perception.Detection, cal *sensor.Camera) (distance, std float64, ok bool) {
	if d.Class.IsSignal() || d.Box.Y1 > float64(cal.Height)-2 {
		return 0, 0, false
	}
	at, ok := cal.Ground((d.Box.X0+d.Box.X1)/2, d.Box.Y1)
	if !ok {
		return 0, 0, false
	}
	m := &cal.Mount
	_, _, depth := m.ToSensor(at.X, at.Y, m.Z)
	s, c := math.Sincos(d.Heading - m.Yaw)
	size := contact[d.Class]
	toMiddle := (size.X*math.Abs(c) + size.Y*math.Abs(s)) / 2 // from the nearest corner, along the axis
	distance = (depth + toMiddle) / math.Max(math.Cos(d.Bearing-m.Yaw), .2)
	edge := 1 + .04*(d.Box.Y1-d.Box.Y0) // px, standard deviation of the lower edge
	return distance, sizeStd[d.Class] + edge*distance*distance/(cal.Fy*m.Z), distance < 150
}
