package eval

import (
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/results"
	"roadloop/perception/scoring"
	"roadloop/perception/training/synth"
	"roadloop/sim/label"
)

// pictureObservation is an observation in pixels of the picture on disk: what public tools
// evaluate. That of a rendered frame has the pixels of the frame.
type pictureObservation struct {
	image  results.Image
	truths []scoring.Truth
	found  []perception.Detection
	labels []label.Object // of the truths
	// kitti is the size of a pixel of KITTI's images, px.
	kitti float64
}

// kittiHeight is the height of KITTI's images, px. Other images are scaled to it.
const kittiHeight = 375

// fill converts the observation of frame i.
func (p *pictureObservation) fill(i int64, f *synth.Frame, o *observation) {
	p.truths, p.found = append(p.truths[:0], o.truths...), append(p.found[:0], o.found...)
	for k := range p.truths {
		p.truths[k].Region = p.truths[k].Ignore
	}
	// The next frame overwrites the camera.
	if f.Picture == nil {
		cal := *f.Actual
		p.image = results.Image{ID: fmt.Sprint(i + 1), Name: fmt.Sprintf("%06d.png", i), Camera: &cal}
		p.labels = append(p.labels[:0], f.Objects...)
		for k := range p.truths {
			p.truths[k].Area = float64(f.Objects[k].Pixels)
		}
	} else {
		p.fromPicture(f.Picture)
	}
	cal := p.image.Camera
	p.image.Index, p.image.Width, p.image.Height = int(i), cal.Width, cal.Height
	if p.kitti = float64(cal.Height) / kittiHeight; f.Picture != nil && f.Picture.KITTI {
		p.kitti = 1
	}
}

// fromPicture takes the labels of a picture on disk; the observation is in its pixels.
func (p *pictureObservation) fromPicture(from *synth.Picture) {
	cal := from.Camera.Pinhole()
	p.image = results.Image{ID: from.ID, Name: from.Name, Camera: &cal, Labels: (*results.Transform)(from.Labels)}
	p.labels = append(p.labels[:0], from.Objects...)
	for k := range p.truths {
		t, l := &p.truths[k], &from.Objects[k]
		t.Box = perception.Box{X0: l.X0, Y0: l.Y0, X1: l.X1, Y1: l.Y1}
		t.Ignore = l.Visible == 0
		t.Region = t.Ignore
		if from.Labels != nil {
			t.Region = k >= from.Regions
		}
		if k < len(from.Areas) {
			t.Area = from.Areas[k]
		}
	}
}

// write writes the observation.
func (p *pictureObservation) write(truth, found results.Writer) error {
	if truth != nil {
		if err := truth.Write(&p.image, p.trueObjects()); err != nil {
			return err
		}
	}
	if found == nil {
		return nil
	}
	var objects []results.Object
	sizes := inference.Footprints()
	for k := range p.found {
		d := &p.found[k]
		objects = append(objects, results.FromDetection(d, p.image.Camera, sizes[d.Class]))
	}
	return found.Write(&p.image, objects)
}

// trueObjects returns the labels.
func (p *pictureObservation) trueObjects() (out []results.Object) {
	for k := range p.truths {
		t, l := &p.truths[k], &p.labels[k]
		o := results.Object{
			Class: t.Class.String(), ID: int64(l.ID), Box: t.Box, Area: t.Area,
			Visible: t.Visible, Truncated: t.Truncated, Ignore: t.Ignore, Region: t.Region,
		}
		if !math.IsNaN(t.Distance) && !(t.Ignore && t.Region) {
			o.Space = &results.Space{
				Pos: t.Pos, Bottom: l.Bottom, Top: l.Top, Heading: t.Heading, Length: t.Length, Width: t.Width,
			}
		}
		out = append(out, o)
	}
	return out
}
