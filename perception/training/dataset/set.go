package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"

	"roadloop/perception"
	"roadloop/perception/training/stream"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Set is labelled frames on disk, in order of their names or numbers. Its labels are
// in memory; pictures are read as they are needed. It is safe for concurrent use.
type Set struct {
	dir     string
	format  Format
	samples []sample
	skipped map[string]int
	digest  hash.Hash
	options Options
}

// Options tell how to read a data set.
type Options struct {
	// SkipUnknown leaves out labels of classes that mean nothing to us, which are an
	// error otherwise.
	SkipUnknown bool
}

// sample is a picture and its labels, in pixels of the picture.
type sample struct {
	picture    string // path
	camera     sensor.Camera
	conditions scene.Conditions
	objects    []label.Object
	regions    []perception.Box // that may show anything
	lanes      [label.NumBoundaries][]geom.Vec
	hidden     [label.NumBoundaries]bool
	noLanes    bool
	drivable   []int // runs of cells; nil where nobody labelled it
	lacks      stream.Lacks
}

// Open reads the labels of a folder: one that Export wrote as roadloop, COCO or KITTI,
// COCO's annotations/instances*.json with its images, or KITTI's training folder.
// Labels that make no sense are an error that names their file, and their line or id.
func Open(dir string, o Options) (*Set, error) {
	s := &Set{dir: dir, options: o, skipped: make(map[string]int), digest: sha256.New()}
	var err error
	if s.format, err = detect(dir); err != nil {
		return nil, err
	}
	switch s.format {
	case Roadloop:
		err = s.readRecords()
	case COCO:
		err = s.readCOCO()
	case KITTI:
		err = s.readKITTI()
	}
	if err != nil {
		return nil, err
	}
	if len(s.samples) == 0 {
		return nil, fmt.Errorf("%s: no labelled frames", dir)
	}
	return s, nil
}

// detect returns the format of a folder.
func detect(dir string) (Format, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return "", fmt.Errorf("data set: %w", err)
	}
	m, err := readManifest(dir)
	switch {
	case err == nil && m.Format.readable():
		return m.Format, nil
	case err == nil:
		return "", fmt.Errorf("%s: format %s cannot be read, only roadloop, coco and kitti", dir, m.Format)
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s: %w", dir, err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, cocoPattern)); len(found) > 0 {
		return COCO, nil
	}
	if info, err := os.Stat(filepath.Join(dir, "training", "label_2")); err == nil && info.IsDir() {
		return KITTI, nil
	}
	return "", fmt.Errorf("%s holds no data set: it has neither dataset.json nor %s nor training/label_2", dir, cocoPattern)
}

// Len returns the number of frames.
func (s *Set) Len() int { return len(s.samples) }

// Part returns n frames of the set from the first on, as a set that shares its labels.
func (s *Set) Part(first, n int) *Set {
	part := *s
	part.samples = s.samples[first : first+n]
	return &part
}

// Format returns the format of the folder.
func (s *Set) Format() Format { return s.format }

// Skipped returns how many labels of which unknown classes were left out, by name.
func (s *Set) Skipped() []Count { return counts(s.skipped) }

// Digest returns the SHA-256 of the labels. Pictures are not part of it.
func (s *Set) Digest() string { return hex.EncodeToString(s.digest.Sum(nil)) }

// read reads a file of labels and makes it part of the digest.
func (s *Set) read(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	s.digest.Write(data)
	return data, nil
}

// classOf returns the class that a label names; ok is false for one to leave out.
func (s *Set) classOf(name string) (c perception.Class, ok bool, err error) {
	if c, ok = meaning(name); ok {
		return c, true, nil
	}
	if !s.options.SkipUnknown {
		return 0, false, unknownClass(name)
	}
	s.skipped[name]++
	return 0, false, nil
}

// lack notes which classes the data set labels. A region may show any of them.
func (s *Set) lack(labelled [perception.NumClasses]bool) {
	for i := range s.samples {
		sm := &s.samples[i]
		for c, is := range labelled {
			sm.lacks.Classes[c] = !is
			for _, r := range sm.regions {
				if is {
					o := label.Object{X0: r.X0, Y0: r.Y0, X1: r.X1, Y1: r.Y1}
					setClass(&o, perception.Class(c))
					sm.objects = append(sm.objects, o)
				}
			}
		}
	}
}

// add keeps a label of a class, or a region.
func (sm *sample) add(o label.Object, c perception.Class) {
	if c == region {
		sm.regions = append(sm.regions, perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1})
		return
	}
	setClass(&o, c)
	sm.objects = append(sm.objects, o)
}

// outside is how far a box may reach out of its image, px: that much comes from
// rounding.
const outside = 1

// cut cuts a box at the edges of the image. It fails if the box reaches out of it or
// is inside out; fields name x0, y0, x1 and y1.
func (sm *sample) cut(o *label.Object, fields [4]string) error {
	w, h := float64(sm.camera.Width), float64(sm.camera.Height)
	ends := [4]*float64{&o.X0, &o.Y0, &o.X1, &o.Y1}
	for i, v := range ends {
		most := [2]float64{w, h}[i%2]
		if !(*v >= -outside && *v <= most+outside) {
			return fmt.Errorf("%s: %g is outside of the image, 0 to %g px", fields[i], *v, most)
		}
		*v = min(max(*v, 0), most)
	}
	for i := range 2 {
		if *ends[i] > *ends[i+2] {
			return fmt.Errorf("%s: the box ends at %g before it begins at %g", fields[i+2], *ends[i+2], *ends[i])
		}
	}
	return nil
}

// hide makes a label one that need not be found.
func hide(o *label.Object) { o.Visible = 0 }
