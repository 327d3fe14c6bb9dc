package perception

import "slices"

// CopyFrom sets the image to a deep copy of src and reuses the buffers of im. The two
// share the calibration.
func (im *Image) CopyFrom(src *Image) {
	im.Sensor, im.Time, im.Cal, im.GridWidth = src.Sensor, src.Time, src.Cal, src.GridWidth
	im.Detections = append(im.Detections[:0], src.Detections...)
	im.Drivable = append(im.Drivable[:0], src.Drivable...)
	im.Boundaries = CopyBoundaries(nil, src.Boundaries) // the points may belong to the detector
}

// CopyBoundaries returns a deep copy of src in the memory of dst, which the caller must own
// with all its points; nil allocates new memory.
func CopyBoundaries(dst, src []Boundary) []Boundary {
	dst = slices.Grow(dst[:0], len(src))[:len(src)]
	for i := range src {
		points := append(dst[i].Points[:0], src[i].Points...)
		dst[i] = src[i]
		dst[i].Points = points
	}
	return dst
}

// Clone returns a deep copy of the scene, nil for nil. The calibrations of the images are
// shared.
func (s *Scene) Clone() *Scene {
	if s == nil {
		return nil
	}
	c := *s
	c.Tracks, c.Signals = slices.Clone(s.Tracks), slices.Clone(s.Signals)
	c.Health.Sensors = slices.Clone(s.Health.Sensors)
	c.Boundaries = CopyBoundaries(nil, s.Boundaries)
	c.Images = nil
	for i := range s.Images {
		var im Image
		im.CopyFrom(&s.Images[i])
		c.Images = append(c.Images, im)
	}
	return &c
}
