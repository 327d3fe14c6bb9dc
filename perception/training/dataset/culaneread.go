package dataset

import (
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"roadloop/internal/imagefile"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
)

// culaneSuffix ends the name of the label file of a picture, in place of its extension.
const culaneSuffix = ".lines.txt"

// culaneListFolder contains the lists of the pictures of each split.
const culaneListFolder = "list"

// culaneLists returns the list of a split that states which boundaries exist, else the
// plain list; for "" the lists of all splits.
func culaneLists(dir string, split synth.Split) (paths []string) {
	for _, l := range []struct {
		split synth.Split
		files []string
	}{
		{synth.Train, []string{"train_gt.txt", "train.txt"}},
		{synth.Validation, []string{"val_gt.txt", "val.txt"}},
		{synth.HeldOut, []string{"test_gt.txt", "test.txt"}},
	} {
		if split != "" && split != l.split {
			continue
		}
		for _, name := range l.files {
			if path := filepath.Join(dir, culaneListFolder, name); exists(path) {
				paths = append(paths, path)
				break
			}
		}
	}
	return paths
}

// isCULane reports whether a folder has CULane's lists, or label files of CULane below it.
func isCULane(dir string) bool {
	return len(culaneLists(dir, "")) > 0 || len(culaneFiles(dir, 1)) > 0
}

// culaneDepth is the number of folders between the data set and a label file.
const culaneDepth = 3

// culaneFiles returns up to most label files below a folder, in order.
func culaneFiles(dir string, most int) (paths []string) {
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch inside, _ := filepath.Rel(dir, path); {
		case len(paths) >= most:
			return fs.SkipAll
		case strings.Count(inside, string(filepath.Separator)) > culaneDepth:
			return fs.SkipDir
		case err != nil: // a folder that cannot be read has no labels
			return fs.SkipDir
		case isJunk(e.Name()) && path != dir:
			if e.IsDir() {
				return fs.SkipDir
			}
		case strings.HasSuffix(e.Name(), culaneSuffix):
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}

// culaneEntry is a picture of a list.
type culaneEntry struct {
	path  string // of the picture
	list  string // file and line of the list, "" without one
	line  int
	sides []label.Boundary // of the boundaries that exist, nil if the list does not state them
}

// readCULane reads CULane's labels: for each picture a file next to it with a line of
// "x y x y …" in pixels for each lane boundary, and in the folder list the pictures of each
// split. The lists train_gt.txt and val_gt.txt state which of the four boundaries exist,
// from far left to far right. Without lists, it reads all pictures with labels.
func (s *Set) readCULane() error {
	entries, err := s.culaneEntries()
	if err != nil {
		return err
	}
	var samples []sample
	seen := make(map[string]bool)
	for _, e := range entries {
		if seen[e.path] {
			continue
		}
		seen[e.path] = true
		sm, err := s.culaneFrame(&e)
		if err != nil {
			if err := s.tolerate(err); err != nil {
				return err
			}
			continue
		}
		samples = append(samples, sm)
	}
	s.addLanes(samples)
	return nil
}

// culaneEntries returns the pictures of the split.
func (s *Set) culaneEntries() (out []culaneEntry, err error) {
	lists := culaneLists(s.dir, s.options.Split)
	if len(lists) == 0 && s.options.Split != "" {
		return nil, s.noSplit()
	}
	if len(lists) == 0 {
		for _, path := range culaneFiles(s.dir, math.MaxInt) {
			stem := strings.TrimSuffix(path, culaneSuffix)
			e := culaneEntry{path: stem + ".jpg"}
			for _, ext := range imagefile.Extensions() {
				if exists(stem + ext) {
					e.path = stem + ext
					break
				}
			}
			out = append(out, e)
		}
		return out, nil
	}
	for _, path := range lists {
		data, err := s.read(path)
		if err != nil {
			return nil, err
		}
		n := 0
		for line := range strings.Lines(string(data)) {
			n++
			if strings.TrimSpace(line) == "" {
				continue
			}
			e, err := parseCULaneEntry(line)
			if err != nil {
				if err := s.tolerate(inFile(path, &lineError{n, err})); err != nil {
					return nil, err
				}
				continue
			}
			e.path, e.list, e.line = filepath.Join(s.dir, e.path), path, n
			out = append(out, e)
		}
	}
	return out, nil
}

// parseCULaneEntry parses a line of a list: "/picture", or "/picture /mask 1 1 1 0" with the
// existence of the four boundaries from far left to far right. The path is relative to the
// data set.
func parseCULaneEntry(line string) (culaneEntry, error) {
	fields := strings.Fields(line)
	name := strings.TrimPrefix(strings.ReplaceAll(fields[0], `\`, "/"), "/")
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return culaneEntry{}, fmt.Errorf("%q is not a path within the folder", fields[0])
	}
	e := culaneEntry{path: filepath.FromSlash(name)}
	const flags = label.NumBoundaries
	switch len(fields) {
	case 1, 2:
		return e, nil
	case 2 + flags:
	default:
		return e, fmt.Errorf("%d fields, want a picture, or picture, mask and %d flags", len(fields), flags)
	}
	e.sides = []label.Boundary{}
	for i, f := range fields[2:] {
		switch f {
		case "0":
		case "1":
			e.sides = append(e.sides, label.Boundary(i))
		default:
			return e, fmt.Errorf("field %d: %q, want 0 or 1", i+3, f)
		}
	}
	return e, nil
}

// culaneFrame reads the labels of a picture.
func (s *Set) culaneFrame(e *culaneEntry) (sample, error) {
	sm, err := s.newLaneSample(e.path)
	path := strings.TrimSuffix(e.path, filepath.Ext(e.path)) + culaneSuffix
	if err == nil && !exists(path) {
		err = fmt.Errorf("%s has no labels: there is no %s", e.path, path)
	}
	if err != nil {
		if e.list != "" {
			return sm, inFile(e.list, &lineError{e.line, err})
		}
		return sm, inFile(path, err)
	}
	data, err := s.read(path)
	if err != nil {
		return sm, err
	}
	n, read := 0, 0
	for line := range strings.Lines(string(data)) {
		n++
		if strings.TrimSpace(line) == "" {
			continue
		}
		points, err := parseCULaneLine(line, sm.camera.Width, sm.camera.Height)
		if err != nil {
			return sm, inFile(path, &lineError{n, err})
		}
		var side []label.Boundary
		if e.sides != nil {
			if read >= len(e.sides) {
				return sm, inFile(path, &lineError{n, fmt.Errorf("a boundary too many: %s:%d states %d", e.list, e.line, len(e.sides))})
			}
			side = e.sides[read : read+1]
		}
		read++
		if l := newLaneLine(points); len(l) > 1 {
			sm.lines, sm.sides = append(sm.lines, l), append(sm.sides, side...)
		}
	}
	if read < len(e.sides) {
		return sm, inFile(path, fmt.Errorf("%d boundaries, but %s:%d states %d", read, e.list, e.line, len(e.sides)))
	}
	return sm, nil
}

// parseCULaneLine parses the points of a boundary in a picture of w×h px.
func parseCULaneLine(line string, w, h int) ([]geom.Vec, error) {
	fields := strings.Fields(line)
	if len(fields)%2 != 0 {
		return nil, fmt.Errorf("%d values, want pairs of x and y", len(fields))
	}
	points := make([]geom.Vec, 0, len(fields)/2)
	for i := 0; i < len(fields); i += 2 {
		var v [2]float64
		for k := range v {
			var err error
			if v[k], err = strconv.ParseFloat(fields[i+k], 64); err != nil {
				return nil, fmt.Errorf("value %d: %q is not a number", i+k+1, fields[i+k])
			}
			if err := checkPixel(fmt.Sprintf("value %d", i+k+1), v[k], [2]int{w, h}[k]); err != nil {
				return nil, err
			}
		}
		points = append(points, geom.Vec{X: v[0], Y: v[1]})
	}
	return points, nil
}
