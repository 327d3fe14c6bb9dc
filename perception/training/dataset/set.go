package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"path/filepath"
	"strconv"

	"roadloop/internal/fileio"
	"roadloop/internal/imagefile"
	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Set is a set of labelled frames on disk, in order of their names or numbers. Its
// labels are in memory; pictures are read on demand. It is safe for concurrent use.
type Set struct {
	dir       string
	format    Format
	samples   []sample
	skipped   map[string]int
	digest    hash.Hash
	options   Options
	stated    *manifest // dataset.json, nil if there is none
	knowledge []camera.Known
	chosen    string // file that describes the data set, if Open was given one
	*badEntries
	// background is the number of pictures without a label file, in formats in which that
	// means a picture without objects.
	background int
}

// badEntries are the entries that were left out of a data set. Parts of the set share them.
type badEntries struct {
	bad    []error // the first ones
	badSum int     // number of all
}

// Options configure the reading of a data set.
type Options struct {
	// SkipUnknown skips labels of unknown classes, which are an error otherwise.
	SkipUnknown bool
	// SkipBad leaves out invalid labels and frames, and counts them. Without it the first
	// one is an error.
	SkipBad bool
	// Split selects one of Splits; "" means all frames.
	Split synth.Split
	// Annotations is the COCO label file, relative to the folder of the data set, to
	// its subfolder annotations, or to the working directory. It may be empty if
	// there is only one. Of nuScenes it is the folder of a version, such as v1.0-mini.
	Annotations string
	// Camera is what is known of the camera of all pictures. It overrides the calibrations of
	// the data set.
	Camera camera.Hints
	// Channel is the camera of a nuScenes data set; "" means CAM_FRONT.
	Channel string
}

// sample is a picture and its labels, in pixels of the picture.
type sample struct {
	id         string         // COCO's image id, or the number of the picture from 1
	picture    string         // path
	areas      []float64      // of the masks of the first objects, px²; 0 if unknown
	regionsAt  int            // index of the first object that is a region
	labels     *[3][4]float64 // from the vehicle frame to KITTI's label frame
	camera     sensor.Camera
	conditions scene.Conditions
	objects    []label.Object
	regions    []perception.Box // with unknown contents
	lanes      [label.NumBoundaries][]geom.Vec
	hidden     [label.NumBoundaries]bool
	noLanes    bool
	drivable   []int // run lengths of cells; nil if not labelled
	kitti      bool  // the evaluation applies KITTI's limits in pixels of the picture
	lacks      synth.Ignore
	clipped    int // labels that extended beyond the picture
	lines      []laneLine
	sides      []label.Boundary // of the lines if the labels state them, else nil

	guessed  bool          // camera is a guess: the data set has no calibration
	resolved camera.Camera // with the hints of the options
	joined   *Set          // set of the sample before Join, else nil
}

// Open reads the labels of a folder: roadloop's own format, COCO, KITTI, YOLO, TuSimple,
// CULane or nuScenes; see the reader of each format for its layout. Instead of the folder,
// path may be its COCO label file or its YOLO description, dataset.yaml.
//
// Invalid labels are an error with file and line, unless Options.SkipBad is set. Boxes that extend up to 3 px beyond
// their picture are clipped and counted. Pictures are upright: their Exif orientation
// is applied, and labels are in upright coordinates.
func Open(path string, o Options) (*Set, error) {
	s, err := detect(path, o)
	if err != nil {
		return nil, err
	}
	switch s.format {
	case Roadloop:
		err = s.readRecords()
	case COCO:
		err = s.readCOCO()
	case KITTI:
		err = s.readKITTI()
	case YOLO:
		err = s.readYOLO()
	case TuSimple:
		err = s.readTuSimple()
	case CULane:
		err = s.readCULane()
	case NuScenes:
		err = s.readNuScenes()
	}
	if err != nil {
		return nil, err
	}
	if len(s.samples) == 0 {
		if s.badSum > 0 {
			return nil, fmt.Errorf("%s: no labelled frames: all were left out, the first one because of: %w", path, s.bad[0])
		}
		return nil, fmt.Errorf("%s: no labelled frames", path)
	}
	if err := s.resolveCameras(); err != nil {
		return nil, err
	}
	for i := range s.samples {
		sm := &s.samples[i]
		if sm.id == "" { // only COCO's files have ids
			sm.id = strconv.Itoa(i + 1)
		}
		sm.placeLanes()
	}
	return s, nil
}

// Len returns the number of frames.
func (s *Set) Len() int { return len(s.samples) }

// Part returns n frames of the set, starting at first, as a set with shared labels.
func (s *Set) Part(first, n int) *Set {
	part := *s
	part.samples = s.samples[first : first+n]
	return &part
}

// First returns n frames of the set: the first ones of each set that was joined, in
// proportion to their sizes and at least one of each if n allows it.
func (s *Set) First(n int) *Set {
	var ends []int // of the joined sets
	for i := range s.samples {
		if i+1 == len(s.samples) || s.samples[i].joined != s.samples[i+1].joined {
			ends = append(ends, i+1)
		}
	}
	if len(ends) < 2 || n >= len(s.samples) {
		return s.Part(0, min(n, len(s.samples)))
	}
	part := *s
	part.samples = nil
	sets := min(n, len(ends)) // each has one frame, and its share of the others
	total := max(1, len(s.samples)-len(ends))
	share := func(others int) int { return (2*(n-sets)*others + total) / (2 * total) } // rounded
	begin := 0
	for k, end := range ends[:sets] {
		size := 1 + share(end-k-1) - share(begin-k)
		part.samples = append(part.samples, s.samples[begin:begin+size]...)
		begin = end
	}
	return &part
}

// Join returns the frames of several sets as one, in order. Its digest covers all of them.
// Each frame keeps the options of its set.
func Join(sets ...*Set) *Set {
	if len(sets) == 1 {
		return sets[0]
	}
	all := newSet("", Options{})
	for i, s := range sets {
		all.dir += [...]string{", ", ""}[min(1, max(0, 1-i))] + s.dir
		for k := range s.samples {
			sm := s.samples[k]
			sm.joined = s.origin(&sm)
			all.samples = append(all.samples, sm)
		}
		all.digest.Write([]byte(s.Digest()))
	}
	return all
}

// origin returns the set that a sample was read with.
func (s *Set) origin(sm *sample) *Set {
	if sm.joined != nil {
		return sm.joined
	}
	return s
}

// Format returns the format of the folder, "" of joined sets.
func (s *Set) Format() Format { return s.format }

// newSet returns an empty set.
func newSet(dir string, o Options) *Set {
	return &Set{dir: dir, options: o, badEntries: new(badEntries), skipped: make(map[string]int), digest: sha256.New()}
}

// maxBad is the number of left out entries that a set remembers.
const maxBad = 5

// tolerate returns the error of an entry: a label, a frame or a file of one frame. With
// Options.SkipBad it records the error and returns nil, and the caller leaves the entry
// out.
func (s *Set) tolerate(err error) error {
	if err == nil || !s.options.SkipBad {
		return err
	}
	s.badSum++
	if len(s.bad) < maxBad {
		s.bad = append(s.bad, err)
	}
	return nil
}

// Bad returns the number of labels and frames that were left out because of
// Options.SkipBad, and the errors of the first ones. Those of a part are those of the whole
// set; joined sets have none.
func (s *Set) Bad() (n int, first []error) { return s.badSum, s.bad }

// Background returns the number of pictures without a label file in a format in which
// they count as pictures without objects: YOLO.
func (s *Set) Background() int { return s.background }

// Skipped returns the number of skipped labels of each unknown class, by name.
func (s *Set) Skipped() []Count { return counts(s.skipped) }

// Clipped returns the number of boxes that extended beyond their picture and were
// clipped.
func (s *Set) Clipped() (n int) {
	for i := range s.samples {
		n += s.samples[i].clipped
	}
	return n
}

// Unlabelled reports whether no frame has a label for training: neither a required
// object, nor a lane boundary, nor drivable area.
func (s *Set) Unlabelled() bool {
	for i := range s.samples {
		sm := &s.samples[i]
		if !sm.lacks.Drivable || !sm.noLanes {
			return false
		}
		for k := range sm.objects {
			if synth.Labeled(&sm.objects[k]) {
				return false
			}
		}
	}
	return true
}

// Digest returns the SHA-256 of the labels. Pictures are not part of it.
func (s *Set) Digest() string { return hex.EncodeToString(s.digest.Sum(nil)) }

// read reads a label file, adds it to the digest, and removes a byte order mark.
func (s *Set) read(path string) ([]byte, error) {
	data, err := fileio.ReadRegular(path)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	s.digest.Write(data)
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("%s: the text is UTF-16, want UTF-8", path)
	}
	return bytes.TrimPrefix(data, byteOrderMark), nil
}

// byteOrderMark is U+FEFF in UTF-8.
var byteOrderMark = []byte("\ufeff")

// size returns the size of a sample's picture. It returns an error if dataset.json
// has another size.
func (s *Set) size(sm *sample) (w, h int, err error) {
	w, h, err = imagefile.Size(sm.picture)
	if m := s.stated; err == nil && m != nil && (m.Width != w || m.Height != h) {
		err = fmt.Errorf("%s: width and height are %d×%d, %s has %d×%d px", filepath.Join(s.dir, manifestFile), m.Width, m.Height, sm.picture, w, h)
	}
	return w, h, err
}

// classOf returns the class of a label by name; ok is false if the label must be
// skipped.
func (s *Set) classOf(name string) (c perception.Class, ok bool, err error) {
	if c, ok = classByName(name); ok {
		return c, true, nil
	}
	if !s.options.SkipUnknown {
		return 0, false, unknownClass(name)
	}
	s.skipped[name]++
	return 0, false, nil
}

// markUnlabelled records which classes the data set labels. A region may contain any
// of them.
func (s *Set) markUnlabelled(labelled [perception.NumClasses]bool) {
	for i := range s.samples {
		sm := &s.samples[i]
		sm.regionsAt = len(sm.objects)
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

// add adds a label of a class, or a region. The area of its mask is that of its box.
func (sm *sample) add(o label.Object, c perception.Class) {
	if c == region {
		sm.regions = append(sm.regions, perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1})
		return
	}
	setClass(&o, c)
	sm.objects = append(sm.objects, o)
}

// Maximum extent of a box beyond its picture, px: rounding is not counted, and larger
// extents from labelling programs are clipped.
const (
	rounding = .02
	outside  = 3
)

// cut clips a box to the picture. It returns an error if the box extends too far
// beyond it, or has no width or height; fields are the names of x0, y0, x1 and y1.
func (sm *sample) cut(o *label.Object, fields [4]string) error {
	size := [2]float64{float64(sm.camera.Width), float64(sm.camera.Height)}
	ends := [4]*float64{&o.X0, &o.Y0, &o.X1, &o.Y1}
	for i, v := range ends {
		if most := size[i%2]; !(*v >= -outside && *v <= most+outside) {
			return fmt.Errorf("%s: %g is outside of the picture, 0 to %g px", fields[i], *v, most)
		}
	}
	for i := range 2 {
		switch begin, end := *ends[i], *ends[i+2]; {
		case begin > end:
			return fmt.Errorf("%s: the box ends at %g before it begins at %g", fields[i+2], end, begin)
		case begin == end:
			return fmt.Errorf("%s: the box ends at %g px where it begins, want a width and a height above 0", fields[i+2], end)
		case end <= 0 || begin >= size[i]:
			return fmt.Errorf("%s: the box from %g to %g px is outside of the picture, 0 to %g px", fields[i+2], begin, end, size[i])
		}
	}
	reach := 0.0
	for i, v := range ends {
		inside := min(max(*v, 0), size[i%2])
		reach = max(reach, math.Abs(*v-inside))
		*v = inside
	}
	if reach > rounding {
		sm.clipped++
	}
	return nil
}

// markIgnored marks a label as not required.
func markIgnored(o *label.Object) { o.Visible = 0 }
