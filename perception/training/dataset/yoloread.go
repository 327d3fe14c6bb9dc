package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"roadloop/internal/imagefile"
	"roadloop/perception"
	"roadloop/perception/training/synth"
	"roadloop/sim/label"
)

// yoloDescriptions are the usual names of the file that describes a YOLO data set.
var yoloDescriptions = []string{"dataset.yaml", "data.yaml", "dataset.yml", "data.yml"}

// yoloClassFiles are files with a class name in each line, from labelling programs.
var yoloClassFiles = []string{"classes.txt", "labels/classes.txt", "obj.names"}

// yoloDescription is dataset.yaml as Ultralytics' trainers read it. Names is a list, or a map
// from the number of a class; Train, Val and Test are a path or a list of paths, each of a
// folder of pictures or of a text file with a picture in each line.
type yoloDescription struct {
	Path      string `yaml:"path"`
	Train     any    `yaml:"train"`
	Val       any    `yaml:"val"`
	Test      any    `yaml:"test"`
	Names     any    `yaml:"names"`
	Keypoints []int  `yaml:"kpt_shape"`

	file string // "" if there is none
}

// isYOLO reports whether a folder has a description, or the twin folders images and labels
// with a list of classes.
func isYOLO(dir string) bool {
	if yoloFile(dir) != "" {
		return true
	}
	return isFolder(filepath.Join(dir, "images")) && isFolder(filepath.Join(dir, "labels")) && yoloClasses(dir) != ""
}

// yoloFile returns the description in a folder: the one with a usual name, or the only
// YAML file; "" if there is none.
func yoloFile(dir string) string {
	for _, name := range yoloDescriptions {
		if path := filepath.Join(dir, name); exists(path) {
			return path
		}
	}
	var found []string
	for _, name := range list(dir) {
		if ext := strings.ToLower(filepath.Ext(name)); ext == ".yaml" || ext == ".yml" {
			found = append(found, filepath.Join(dir, name))
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

func yoloClasses(dir string) string {
	for _, name := range yoloClassFiles {
		if path := filepath.Join(dir, filepath.FromSlash(name)); exists(path) {
			return path
		}
	}
	return ""
}

// yoloReader reads a YOLO data set.
type yoloReader struct {
	set    *Set
	about  *yoloDescription
	names  map[int]string
	images map[string]bool   // pictures so far
	labels map[string]string // folder of pictures by folder of labels
}

// readYOLO reads a data set in the format of Ultralytics' trainers: dataset.yaml, pictures
// in folders below images, and for each a file in the same folder below labels with a line
// "class x y w h" for each object, in shares of the picture. Polygons count as their boxes.
func (s *Set) readYOLO() error {
	r := yoloReader{set: s, images: make(map[string]bool), labels: make(map[string]string)}
	var err error
	if r.about, err = s.yoloDescription(); err != nil {
		return err
	}
	if r.names, err = r.classNames(); err != nil {
		return err
	}
	pictures, err := r.pictures()
	if err != nil {
		return err
	}
	for _, picture := range pictures {
		if err := r.frame(picture); err != nil {
			if err := s.tolerate(err); err != nil {
				return err
			}
		}
	}
	if err := r.checkLabels(); err != nil {
		return err
	}
	var labelled [perception.NumClasses]bool
	for _, name := range r.names {
		if c, ok := classByName(name); ok && c != region {
			labelled[c] = true
		}
	}
	s.markUnlabelled(labelled)
	return nil
}

// yoloDescription reads the description, or returns that of the twin folders.
func (s *Set) yoloDescription() (*yoloDescription, error) {
	path := s.chosen
	if path == "" {
		path = yoloFile(s.dir)
	}
	if path == "" {
		return &yoloDescription{Train: "images"}, nil
	}
	data, err := s.read(path)
	if err != nil {
		return nil, err
	}
	return parseYOLO(data, path)
}

// parseYOLO parses a description.
func parseYOLO(data []byte, path string) (*yoloDescription, error) {
	var d yoloDescription
	if err := yaml.Unmarshal(data, &d); err != nil {
		var y yaml.Error
		if errors.As(err, &y) && y.GetToken() != nil {
			err = &lineError{y.GetToken().Position.Line, errors.New(y.GetMessage())}
		}
		return nil, inFile(path, err)
	}
	d.file = path
	return &d, nil
}

// classNames returns the names of the classes by number.
func (r *yoloReader) classNames() (map[int]string, error) {
	if r.about.file == "" {
		return r.listedNames()
	}
	fail := func(format string, args ...any) (map[int]string, error) {
		return nil, fmt.Errorf("%s: names: %w", r.about.file, fmt.Errorf(format, args...))
	}
	names := make(map[int]string)
	switch v := r.about.Names.(type) {
	case nil:
		return fail("the names of the classes are missing")
	case []any:
		for i, name := range v {
			names[i] = fmt.Sprint(name)
		}
	case map[string]any:
		for key, name := range v {
			n, err := strconv.Atoi(key)
			if err != nil || n < 0 {
				return fail("key %q is not an integer ≥ 0", key)
			}
			names[n] = fmt.Sprint(name)
		}
	default:
		return fail("want a list, or a map from the numbers of the classes")
	}
	if len(names) == 0 {
		return fail("there are no classes")
	}
	return names, nil
}

// listedNames returns the names of the classes from a text file.
func (r *yoloReader) listedNames() (map[int]string, error) {
	path := yoloClasses(r.set.dir)
	if path == "" {
		return nil, fmt.Errorf("%s: neither dataset.yaml nor classes.txt names the classes", r.set.dir)
	}
	data, err := r.set.read(path)
	if err != nil {
		return nil, err
	}
	names := make(map[int]string)
	n := 0
	for line := range strings.Lines(string(data)) {
		if name := strings.TrimSpace(line); name != "" {
			names[n] = name
		}
		n++
	}
	return names, nil
}

// entries returns the paths of a split in the description.
func (d *yoloDescription) entries(split synth.Split) ([]string, error) {
	key, v := "train", d.Train
	switch split {
	case synth.Validation:
		key, v = "val", d.Val
	case synth.HeldOut:
		key, v = "test", d.Test
	}
	var out []string
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	for _, e := range list {
		text, ok := e.(string)
		if !ok || text == "" {
			return nil, fmt.Errorf("%s: %s: want a path, or a list of paths", d.file, key)
		}
		out = append(out, strings.ReplaceAll(text, `\`, "/"))
	}
	return out, nil
}

// yoloHasSplit reports whether the description names a split.
func (s *Set) yoloHasSplit(split synth.Split) bool {
	d, err := s.yoloDescription()
	if err != nil {
		return false
	}
	paths, err := d.entries(split)
	if err != nil || len(paths) == 0 {
		return false
	}
	train, _ := d.entries(synth.Train)
	return split == synth.Train || !slices.Equal(paths, train)
}

// pictures returns the pictures of the split, or of all splits, in the order of the
// description and of their names.
func (r *yoloReader) pictures() ([]string, error) {
	splits := []synth.Split{synth.Train, synth.Validation, synth.HeldOut}
	if s := r.set.options.Split; s != "" {
		splits = []synth.Split{s}
	}
	var out []string
	for i, split := range splits {
		entries, err := r.about.entries(split)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			path, err := r.find(e)
			if err != nil {
				if i == 2 && r.set.options.Split == "" { // downloads often lack the pictures of the test
					continue
				}
				return nil, err
			}
			found, err := r.picturesIn(path)
			if err != nil {
				return nil, err
			}
			for _, p := range found {
				if !r.images[p] {
					r.images[p] = true
					out = append(out, p)
				}
			}
		}
	}
	if len(out) == 0 && r.set.options.Split != "" {
		return nil, r.set.noSplit()
	}
	return out, nil
}

// find returns the place of a path of the description. It may be relative to the entry
// path, which may be relative to the folder of the data set or to the one above it, and
// have a leading "../" too many, as Roboflow writes.
func (r *yoloReader) find(entry string) (string, error) {
	if filepath.IsAbs(entry) {
		if exists(entry) {
			return entry, nil
		}
		return "", fmt.Errorf("%s: there is no %s", r.about.file, entry)
	}
	base := strings.ReplaceAll(r.about.Path, `\`, "/")
	roots := []string{filepath.Join(r.set.dir, base), filepath.Join(filepath.Dir(r.set.dir), base), filepath.Join(filepath.Dir(r.set.dir), filepath.Base(base)), r.set.dir}
	if filepath.IsAbs(base) {
		roots = []string{base, r.set.dir}
	}
	for _, e := range []string{entry, strings.TrimPrefix(entry, "../")} {
		for _, root := range roots {
			if path := filepath.Join(root, filepath.FromSlash(e)); exists(path) {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%s: there is no %s in %s", r.about.file, entry, roots[0])
}

// picturesIn returns the pictures below a folder, or in a list.
func (r *yoloReader) picturesIn(path string) (out []string, err error) {
	if !isFolder(path) {
		return r.pictureList(path)
	}
	err = filepath.WalkDir(path, func(file string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case isJunk(e.Name()) && file != path:
			if e.IsDir() {
				return fs.SkipDir
			}
		case !e.IsDir() && imagefile.HasExtension(e.Name()):
			out = append(out, file)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.about.file, err)
	}
	return out, nil
}

// pictureList returns the pictures in a text file with a path in each line, relative to
// the folder of the list or to that of the data set.
func (r *yoloReader) pictureList(path string) (out []string, err error) {
	data, err := r.set.read(path)
	if err != nil {
		return nil, err
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		name := filepath.FromSlash(strings.ReplaceAll(strings.TrimSpace(line), `\`, "/"))
		if name == "" {
			continue
		}
		found := name
		if !filepath.IsAbs(name) {
			found = filepath.Join(filepath.Dir(path), name)
			if other := filepath.Join(r.set.dir, name); !exists(found) && exists(other) {
				found = other
			}
		}
		if !exists(found) {
			if err := r.set.tolerate(inFile(path, &lineError{n, fmt.Errorf("there is no picture %s", name)})); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, found)
	}
	return out, nil
}

// yoloLabels returns the label file of a picture: in the twin folder labels of its last
// folder images, else next to it.
func yoloLabels(picture string) string {
	const separator, images, labels = string(filepath.Separator), "images" + string(filepath.Separator), "labels" + string(filepath.Separator)
	file := strings.TrimSuffix(picture, filepath.Ext(picture)) + ".txt"
	if i := strings.LastIndex(separator+file, separator+images); i >= 0 { // images may begin a relative path
		return file[:i] + labels + file[i+len(images):]
	}
	return file
}

// frame adds a picture with its labels.
func (r *yoloReader) frame(picture string) error {
	s := r.set
	sm := sample{picture: picture, noLanes: true}
	sm.lacks.Drivable, sm.lacks.Weather, sm.lacks.Place = true, true, true
	w, h, err := s.size(&sm)
	if err != nil {
		return err
	}
	sm.camera, sm.guessed = guessCamera(w, h), true
	path := yoloLabels(picture)
	r.labels[filepath.Dir(path)] = filepath.Dir(picture)
	if !exists(path) {
		s.background++
		s.samples = append(s.samples, sm)
		return nil
	}
	data, err := s.read(path)
	if err != nil {
		return err
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if err := r.line(&sm, line); err != nil {
			if err := s.tolerate(inFile(path, &lineError{n, err})); err != nil {
				return err
			}
		}
	}
	s.samples = append(s.samples, sm)
	return nil
}

// line adds the label of a line.
func (r *yoloReader) line(sm *sample, line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	number, box, err := parseYOLOLine(line, len(r.about.Keypoints) > 0)
	if err != nil {
		return err
	}
	name, ok := r.names[number]
	if !ok {
		return fmt.Errorf("class %d has no name in %s", number, filepath.Base(r.about.file))
	}
	class, ok, err := r.set.classOf(name)
	if !ok {
		return err
	}
	w, h := float64(sm.camera.Width), float64(sm.camera.Height)
	o := label.Object{Visible: 1, X0: box.X0 * w, Y0: box.Y0 * h, X1: box.X1 * w, Y1: box.Y1 * h}
	if err := sm.cut(&o, [4]string{"box", "box", "box", "box"}); err != nil {
		return err
	}
	sm.add(o, class)
	return nil
}

// parseYOLOLine parses a label: a box, or a polygon of at least three points, of which it
// returns the bounds, in shares of the picture. Labels with keypoints begin with a box.
func parseYOLOLine(line string, keypoints bool) (class int, box perception.Box, err error) {
	fields := strings.Fields(line)
	if n := len(fields); n != 5 && (n < 7 || n%2 == 0) && !(keypoints && n > 5) {
		return 0, box, fmt.Errorf("%d fields, want 5 for a box, or 7 or more for a polygon", n)
	}
	v := make([]float64, len(fields))
	for i, f := range fields {
		if v[i], err = strconv.ParseFloat(f, 64); err != nil || math.IsNaN(v[i]) || math.IsInf(v[i], 0) {
			return 0, box, fmt.Errorf("field %d: %q is not a finite number", i+1, f)
		}
	}
	if v[0] != math.Trunc(v[0]) || v[0] < 0 || v[0] > 1e6 {
		return 0, box, fmt.Errorf("field 1: class %s is not an integer ≥ 0", fields[0])
	}
	if len(fields) == 5 || keypoints {
		for i, name := range []string{"x", "y", "width", "height"} {
			if !(v[1+i] >= 0 && v[1+i] <= 1) {
				return 0, box, fmt.Errorf("field %d (%s): %s is not a share of the picture, 0 to 1", i+2, name, fields[1+i])
			}
		}
		if v[3] == 0 || v[4] == 0 {
			return 0, box, fmt.Errorf("the box has the size %s×%s, want a width and a height above 0", fields[3], fields[4])
		}
		return int(v[0]), perception.Box{X0: v[1] - v[3]/2, Y0: v[2] - v[4]/2, X1: v[1] + v[3]/2, Y1: v[2] + v[4]/2}, nil
	}
	box = perception.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for i := 1; i < len(v); i += 2 {
		for k := range 2 {
			if !(v[i+k] >= 0 && v[i+k] <= 1) {
				return 0, box, fmt.Errorf("field %d: %s is not a share of the picture, 0 to 1", i+k+1, fields[i+k])
			}
		}
		box.X0, box.X1 = min(box.X0, v[i]), max(box.X1, v[i])
		box.Y0, box.Y1 = min(box.Y0, v[i+1]), max(box.Y1, v[i+1])
	}
	return int(v[0]), box, nil
}

// checkLabels returns an error for a label file without a picture.
func (r *yoloReader) checkLabels() error {
	if r.set.options.Split != "" {
		return nil
	}
	var dirs []string
	for dir := range r.labels {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		pictures, _ := picturesByName(r.labels[dir])
		for _, file := range list(dir) {
			name, ok := strings.CutSuffix(file, ".txt")
			path := filepath.Join(dir, file)
			if !ok || path == yoloClasses(r.set.dir) || slices.Contains(yoloClassFiles, file) {
				continue
			}
			if imagefile.HasExtension(pictures[name]) {
				continue
			}
			if err := r.set.tolerate(fmt.Errorf("%s: there is no picture %s in %s", path, name, r.labels[dir])); err != nil {
				return err
			}
		}
	}
	return nil
}
