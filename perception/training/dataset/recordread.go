package dataset

import (
	"bytes"
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

// readRecords reads roadloop's own labels.
func (s *Set) readRecords() error {
	path := filepath.Join(s.dir, labelsFile)
	data, err := s.read(path)
	if err != nil {
		return fmt.Errorf("%w (an interrupted export is completed by the same command)", err)
	}
	frames := make(map[int]bool)
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if err := s.recordLine(line, n, frames); err != nil {
			if err := s.tolerate(inFile(path, err)); err != nil {
				return err
			}
		}
	}
	return nil
}

// recordLine adds the frame of line n; frames are the numbers so far.
func (s *Set) recordLine(line []byte, n int, frames map[int]bool) error {
	var r record
	if err := decode(line, n, &r); err != nil {
		return err
	}
	if frames[r.Frame] {
		return &lineError{n, fmt.Errorf("duplicate frame %d", r.Frame)}
	}
	if err := s.addRecord(&r); err != nil {
		return &lineError{n, err}
	}
	frames[r.Frame] = true
	return nil
}

// addRecord adds the labels of a frame.
func (s *Set) addRecord(r *record) error {
	if !filepath.IsLocal(r.Image) {
		return fmt.Errorf("image: %q is not a path within the folder", r.Image)
	}
	sm := sample{picture: filepath.Join(s.dir, r.Image), camera: r.Camera, conditions: r.Conditions, noLanes: r.NoBoundaries}
	w, h, err := s.size(&sm)
	if err != nil {
		return err
	}
	if err := checkCamera(&r.Camera, w, h); err != nil {
		return err
	}
	for i := range r.Objects {
		if err := s.addObject(&sm, &r.Objects[i]); err != nil {
			return fmt.Errorf("objects[%d]: %w", i, err)
		}
	}
	for i := range r.Boundaries {
		if err := sm.addBoundary(&r.Boundaries[i]); err != nil {
			return fmt.Errorf("boundaries[%d]: %w", i, err)
		}
	}
	sm.drivable = r.Drivable
	if err := checkRuns(r.Drivable, w/network.Stride*(h/network.Stride)); err != nil {
		return fmt.Errorf("drivable: %w", err)
	}
	s.samples = append(s.samples, sm)
	return nil
}

// addObject adds the label of an object.
func (s *Set) addObject(sm *sample, in *object) error {
	class, ok, err := s.classOf(in.Class)
	if !ok {
		return err
	}
	o := label.Object{
		ID: in.Instance, X0: in.Box[0], Y0: in.Box[1], X1: in.Box[2], Y1: in.Box[3],
		Visible: in.Visible, Truncated: in.Truncated, FogLoss: in.Veil,
		Pos: geom.Vec{X: in.Position[0], Y: in.Position[1]}, Distance: in.Distance, Heading: in.Heading,
		Length: in.Length, Width: in.Width, Bottom: in.Bottom, Top: in.Top,
	}
	if err := sm.cut(&o, [4]string{"box", "box", "box", "box"}); err != nil {
		return err
	}
	if err := cmp.Or(checkShares(&o), checkPlace(&o), checkExtent(&o)); err != nil {
		return err
	}
	kind, ok := actor.ParseKind(in.Kind)
	if in.Kind != "" && !ok {
		return fmt.Errorf("kind: %q is none of %v", in.Kind, actor.Kinds())
	}
	sm.add(o, class)
	if class == region {
		return nil
	}
	kept := &sm.objects[len(sm.objects)-1]
	if in.Kind != "" {
		kept.Kind = kind
	}
	if in.Ignore {
		markIgnored(kept)
	}
	return nil
}

// addBoundary adds a lane boundary.
func (sm *sample) addBoundary(b *boundary) error {
	side := slices.Index(sideNames[:], b.Side)
	switch {
	case side < 0:
		return fmt.Errorf("side: %q is none of %q", b.Side, sideNames)
	case sm.lanes[side] != nil:
		return fmt.Errorf("duplicate side %q", b.Side)
	}
	sm.hidden[side] = b.Hidden
	for i, p := range b.Points {
		if err := checkBounds(bounded{"x", p[0], -maxFar, maxFar, " m"}, bounded{"y", p[1], -maxFar, maxFar, " m"}); err != nil {
			return fmt.Errorf("points[%d]: %w", i, err)
		}
		sm.lanes[side] = append(sm.lanes[side], geom.Vec{X: p[0], Y: p[1]})
	}
	return nil
}

// checkRuns returns an error if runs do not cover the given number of cells.
func checkRuns(runs []int, cells int) error {
	sum := 0
	for _, n := range runs {
		if n < 0 || n > cells-sum {
			return fmt.Errorf("a run of %d cells after %d of %d", n, sum, cells)
		}
		sum += n
	}
	if sum != cells {
		return fmt.Errorf("runs of %d cells, want %d", sum, cells)
	}
	return nil
}

// checkCamera returns an error if a calibration is invalid for a picture of the given
// size.
func checkCamera(c *sensor.Camera, w, h int) error {
	if c.Width != w || c.Height != h {
		return fmt.Errorf("camera: it takes %d×%d px, the picture has %d×%d", c.Width, c.Height, w, h)
	}
	if !(c.Fx > 0 && c.Fy > 0) {
		return fmt.Errorf("camera: focal lengths %g and %g, want them above 0", c.Fx, c.Fy)
	}
	m := &c.Mount
	values := []bounded{
		{"Fx", c.Fx, 0, maxFocal, " px"}, {"Fy", c.Fy, 0, maxFocal, " px"}, {"Cx", c.Cx, -maxFocal, maxFocal, " px"}, {"Cy", c.Cy, -maxFocal, maxFocal, " px"},
		{"X", m.X, -maxSize, maxSize, " m"}, {"Y", m.Y, -maxSize, maxSize, " m"}, {"Z", m.Z, -maxSize, maxSize, " m"},
		{"Yaw", m.Yaw, -maxAngle, maxAngle, " rad"}, {"Pitch", m.Pitch, -maxAngle, maxAngle, " rad"}, {"Roll", m.Roll, -maxAngle, maxAngle, " rad"},
	}
	if err := checkBounds(values...); err != nil {
		return fmt.Errorf("camera: %w", err)
	}
	return nil
}

// maxFocal is the maximum focal length, and the maximum distance of the principal
// point from the middle of the picture, px.
const maxFocal = 1e6

// Compile-time check: records and labels have the same sides.
var _ = [1]struct{}{}[int(label.NumBoundaries)-int(perception.NumSides)]
