package results

import (
	"fmt"
	"strconv"
)

// Classes of MOTChallenge's ground truth.
const (
	motPedestrian = 1.
	motDistractor = 8.
)

// motWriter writes a sequence of MOTChallenge.
type motWriter struct {
	*stream
	truth bool
}

// NewMOT returns a writer of MOTChallenge's results of a sequence: frame, id, left, top,
// width, height, score, and -1 for x, y and z. Frames and pixels count from 1. Objects need
// an ID. The format has no class, and TrackEval takes x for one.
func NewMOT(path string) (Writer, error) { return newMOT(path, false) }

// NewMOTTruth returns a writer of MOTChallenge's ground truth of a sequence, gt.txt: frame,
// id, left, top, width, height, 1, class, and visible fraction. All objects have the class
// 1, pedestrian, because TrackEval evaluates no other. An object with Ignore has 0 instead
// of 1 and the class 8, distractor: a track of it is not wrong.
func NewMOTTruth(path string) (Writer, error) { return newMOT(path, true) }

func newMOT(path string, truth bool) (Writer, error) {
	s, err := newStream(path)
	if err != nil {
		return nil, err
	}
	return &motWriter{s, truth}, nil
}

func (w *motWriter) Write(im *Image, objects []Object) error {
	if err := checkTracks(im, objects); err != nil {
		return err
	}
	for i := range objects {
		o := &objects[i]
		b := strconv.AppendInt(w.line[:0], int64(im.Index)+1, 10)
		b = append(b, ',')
		b = strconv.AppendInt(b, o.ID, 10)
		b = append(b, ',')
		b = numbers(b, ",", o.Box.X0+1, o.Box.Y0+1, o.Box.X1-o.Box.X0, o.Box.Y1-o.Box.Y0)
		if w.truth {
			counts, class := 1.0, motPedestrian
			if o.Ignore {
				counts, class = 0, motDistractor
			}
			b = numbers(append(b, ','), ",", counts, class, o.Visible)
		} else {
			b = numbers(append(b, ','), ",", o.Score, -1, -1, -1)
		}
		w.line = append(b, '\n')
		w.bytes(w.line)
	}
	return nil
}

func (w *motWriter) Close() error { return w.commit() }

// checkTracks checks tracked objects of an image.
func checkTracks(im *Image, objects []Object) error {
	if err := checkAll(im, objects); err != nil {
		return err
	}
	seen := make(map[int64]bool)
	for i := range objects {
		o := &objects[i]
		switch {
		case o.ID < 1 && !o.Region:
			return fmt.Errorf("image %s: object %d: id %d, want at least 1", im.Name, i, o.ID)
		case seen[o.ID] && o.ID != 0:
			return fmt.Errorf("image %s: object %d: duplicate id %d", im.Name, i, o.ID)
		}
		seen[o.ID] = true
	}
	return nil
}

// kittiTrackWriter writes a sequence of KITTI tracking.
type kittiTrackWriter struct {
	*stream
	truth bool
}

// NewKITTITracking returns a writer of KITTI tracking results of a sequence: frame from 0,
// id, and the fields of NewKITTI.
func NewKITTITracking(path string) (Writer, error) { return newKITTITracking(path, false) }

// NewKITTITrackingTruth returns a writer of KITTI tracking labels of a sequence, as in
// label_02: frame, id, and the fields of NewKITTITruth. Truncated is 0, 1 or 2: fully
// inside, partly outside, and mostly outside of the image. An object with Region is
// DontCare with the id -1.
func NewKITTITrackingTruth(path string) (Writer, error) { return newKITTITracking(path, true) }

func newKITTITracking(path string, truth bool) (Writer, error) {
	s, err := newStream(path)
	if err != nil {
		return nil, err
	}
	return &kittiTrackWriter{s, truth}, nil
}

func (w *kittiTrackWriter) Write(im *Image, objects []Object) error {
	if err := checkTracks(im, objects); err != nil {
		return err
	}
	for i := range objects {
		o := &objects[i]
		k := newKITTIObject(im, o, w.truth)
		id, truncated, occluded := o.ID, -1, -1
		switch {
		case w.truth && o.Region:
			id = -1
		case w.truth:
			truncated, occluded = Truncation(o.Truncated), k.occluded
		}
		b := fmt.Appendf(w.line[:0], "%d %d %s %d %d ", im.Index, id, k.kind, truncated, occluded)
		b = numbers(b, " ", k.values(o)...)
		if !w.truth {
			b = numbers(append(b, ' '), "", o.Score)
		}
		w.line = append(b, '\n')
		w.bytes(w.line)
	}
	return nil
}

// Truncation returns KITTI tracking's degree of truncation for the share of an object outside
// of the image: 0 inside, 1 partly outside, 2 largely outside.
func Truncation(outside float64) int {
	switch {
	case outside < .01:
		return 0
	case outside < .5:
		return 1
	}
	return 2
}

func (w *kittiTrackWriter) Close() error { return w.commit() }
