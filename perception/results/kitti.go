package results

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"roadloop/internal/fileio"
	"roadloop/sim/geom"
)

// kittiTypes maps class names to KITTI's types. Other names get capitals: "signal red"
// becomes SignalRed.
var kittiTypes = map[string]string{
	"person": "Pedestrian", "person sitting": "Person_sitting", "DontCare": dontCare,
}

// dontCare is KITTI's type of objects that need not be found.
const dontCare = "DontCare"

// Values of unknown fields in KITTI's files.
const (
	unknownAngle     = -10
	unknownSize      = -1
	unknownPlace     = -1000
	unknownOcclusion = 3
)

// kittiType returns KITTI's type of a class: one word without spaces.
func kittiType(class string) string {
	if t, ok := kittiTypes[class]; ok {
		return t
	}
	var b strings.Builder
	for word := range strings.FieldsSeq(class) {
		first, size := utf8.DecodeRuneInString(word)
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(word[size:])
	}
	return b.String()
}

// kittiWriter writes one text file for each image.
type kittiWriter struct {
	folder string
	truth  bool
	names  map[string]string // images by the names of their files
}

// NewKITTI returns a writer of KITTI's object results: FOLDER/NAME.txt for each image, with
// one line for each object: type, truncated and occluded (-1, not estimated), alpha, box in
// the image, height, width, length, the middle of the underside in the label frame,
// rotation_y and score. Angles are -10, sizes -1 and positions -1000 if unknown.
func NewKITTI(folder string) (Writer, error) {
	return newKITTI(folder, false)
}

// NewKITTITruth returns a writer of KITTI's labels, in the layout of label_2: 15 fields. An
// object with Region is DontCare, another one with Ignore is occluded to the degree 3.
func NewKITTITruth(folder string) (Writer, error) {
	return newKITTI(folder, true)
}

func newKITTI(folder string, truth bool) (Writer, error) {
	return &kittiWriter{folder: folder, truth: truth, names: make(map[string]string)}, fileio.CheckFolder(folder)
}

func (w *kittiWriter) Write(im *Image, objects []Object) error {
	if err := checkAll(im, objects); err != nil {
		return err
	}
	if im.Name == "" {
		return fmt.Errorf("image %d has no name for its file", im.Index)
	}
	name := stem(im.Name) + ".txt"
	if other, taken := w.names[name]; taken {
		return fmt.Errorf("image %d, %s: its file %s is that of another image, %s", im.Index, im.Name, name, other)
	}
	w.names[name] = im.Name
	var b bytes.Buffer
	for i := range objects {
		k := newKITTIObject(im, &objects[i], w.truth)
		b.WriteString(k.kind)
		if w.truth {
			fmt.Fprintf(&b, " %g %d ", k.truncated, k.occluded)
		} else {
			b.WriteString(" -1 -1 ")
		}
		b.Write(numbers(nil, " ", k.values(&objects[i])...))
		if !w.truth {
			b.Write(numbers([]byte{' '}, "", objects[i].Score))
		}
		b.WriteByte('\n')
	}
	return fileio.Write(filepath.Join(w.folder, name), b.Bytes())
}

// stem returns the name of a picture without folder and extension.
func stem(name string) string {
	base := filepath.Base(filepath.FromSlash(name))
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// Close returns an error for files of other images in the folder, since KITTI's development kit
// counts every file.
func (w *kittiWriter) Close() error {
	files, err := filepath.Glob(filepath.Join(w.folder, "*.txt"))
	if err != nil {
		return fmt.Errorf("%s: %w", w.folder, err)
	}
	others := slices.DeleteFunc(files, func(path string) bool { return w.names[filepath.Base(path)] != "" })
	if len(others) > 0 {
		return fmt.Errorf("%s is complete, but holds results of other images, which KITTI's development kit counts: %s, %d in all; remove them",
			w.folder, filepath.Base(others[0]), len(others))
	}
	return nil
}

func (*kittiWriter) Discard() error { return nil }

// kittiObject is an object in KITTI's label frame.
type kittiObject struct {
	kind                         string
	truncated                    float64
	occluded                     int
	alpha, height, width, length float64
	x, y, z, rotation            float64
}

// newKITTIObject converts an object. Without a camera it has no place.
func newKITTIObject(im *Image, o *Object, truth bool) kittiObject {
	k := kittiObject{
		kind: kittiType(o.Class), truncated: o.Truncated, occluded: Occlusion(o.Visible),
		alpha: unknownAngle, height: unknownSize, width: unknownSize, length: unknownSize,
		x: unknownPlace, y: unknownPlace, z: unknownPlace, rotation: unknownAngle,
	}
	switch {
	case truth && o.Region:
		k.kind, k.truncated, k.occluded = dontCare, -1, -1
		return k
	case truth && o.Ignore:
		k.occluded = unknownOcclusion
	}
	to := im.labels()
	if o.Space == nil || to == nil {
		return k
	}
	s := o.Space
	k.height, k.width, k.length = s.Top-s.Bottom, s.Width, s.Length
	p := to.point(s.Pos.X, s.Pos.Y, s.Bottom)
	k.x, k.y, k.z = p[0], p[1], p[2]
	sin, cos := math.Sincos(s.Heading)
	d := to.direction(cos, sin, 0)
	k.rotation = math.Atan2(-d[2], d[0])
	k.alpha = geom.WrapAngle(k.rotation - math.Atan2(k.x, k.z))
	return k
}

// values returns the fields from alpha to rotation_y.
func (k *kittiObject) values(o *Object) []float64 {
	return []float64{k.alpha, o.Box.X0, o.Box.Y0, o.Box.X1, o.Box.Y1, k.height, k.width, k.length, k.x, k.y, k.z, k.rotation}
}

// Occlusion returns KITTI's degree of occlusion for the visible fraction of an object: 0
// fully visible (at least 80 %), 1 partly occluded (at least 50 %), 2 largely occluded.
// KITTI's annotators judged by eye.
func Occlusion(visible float64) int {
	switch {
	case visible >= .8:
		return 0
	case visible >= .5:
		return 1
	}
	return 2
}

// labels returns the transform from the vehicle frame to the label frame, nil if unknown.
func (im *Image) labels() *Transform {
	if im.Labels != nil || im.Camera == nil {
		return im.Labels
	}
	level := im.Camera.Mount
	level.Pitch, level.Roll = 0, 0
	var t Transform
	t[0][3], t[1][3], t[2][3] = level.ToSensor(0, 0, 0)
	for j, axis := range [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		x, y, z := level.ToSensor(axis[0], axis[1], axis[2])
		t[0][j], t[1][j], t[2][j] = x-t[0][3], y-t[1][3], z-t[2][3]
	}
	return &t
}

// direction rotates a direction.
func (t *Transform) direction(x, y, z float64) (out [3]float64) {
	for i, r := range t {
		out[i] = r[0]*x + r[1]*y + r[2]*z
	}
	return out
}

// point transforms a point.
func (t *Transform) point(x, y, z float64) [3]float64 {
	p := t.direction(x, y, z)
	for i := range p {
		p[i] += t[i][3]
	}
	return p
}
