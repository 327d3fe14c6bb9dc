package dataset

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
)

// tusimpleFiles returns the label files of a TuSimple data set: label_data*.json or .jsonl,
// and test_label.json.
func tusimpleFiles(dir string) []string {
	return slices.DeleteFunc(list(dir), func(name string) bool {
		stem, ext := strings.TrimSuffix(name, filepath.Ext(name)), strings.ToLower(filepath.Ext(name))
		return ext != ".json" && ext != ".jsonl" || !strings.HasPrefix(stem, "label_data") && stem != "test_label"
	})
}

// tusimpleValidation is the label file that TuSimple's users keep for validation.
const tusimpleValidation = "label_data_0531"

// tusimpleSplit returns the split of a label file: that of the usual benchmarks.
func tusimpleSplit(name string) synth.Split {
	switch strings.TrimSuffix(name, filepath.Ext(name)) {
	case "test_label":
		return synth.HeldOut
	case tusimpleValidation:
		return synth.Validation
	}
	return synth.Train
}

// readTuSimple reads the labels of TuSimple's lane challenge: files with a line of JSON for
// each picture, which has the column of every lane boundary in given rows.
func (s *Set) readTuSimple() error {
	var samples []sample
	seen := make(map[string]bool)
	for _, name := range tusimpleFiles(s.dir) {
		if split := s.options.Split; split != "" && tusimpleSplit(name) != split {
			continue
		}
		path := filepath.Join(s.dir, name)
		data, err := s.read(path)
		if err != nil {
			return err
		}
		n := 0
		for line := range bytes.Lines(data) {
			n++
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			sm, err := s.tusimpleLine(line, n, seen)
			if err != nil {
				if err := s.tolerate(inFile(path, err)); err != nil {
					return err
				}
				continue
			}
			samples = append(samples, sm)
		}
	}
	if len(samples) == 0 && s.options.Split != "" && s.badSum == 0 {
		return s.noSplit()
	}
	s.addLanes(samples)
	return nil
}

// tusimpleLine reads line n of a label file; seen are the pictures so far.
func (s *Set) tusimpleLine(data []byte, n int, seen map[string]bool) (sample, error) {
	t := struct {
		Lanes   [][]float64 `json:"lanes"`
		Rows    []float64   `json:"h_samples"`
		RawFile string      `json:"raw_file"`
	}{}
	if err := decode(data, n, &t); err != nil {
		return sample{}, err
	}
	fail := func(err error) (sample, error) { return sample{}, &lineError{n, err} }
	name := filepath.FromSlash(strings.ReplaceAll(t.RawFile, `\`, "/"))
	switch {
	case t.Lanes == nil:
		return fail(fmt.Errorf("field lanes is missing"))
	case t.RawFile == "":
		return fail(fmt.Errorf("field raw_file is missing"))
	case !filepath.IsLocal(name):
		return fail(fmt.Errorf("raw_file: %q is not a path within the folder", t.RawFile))
	case seen[name]:
		return fail(fmt.Errorf("duplicate picture %s", t.RawFile))
	}
	seen[name] = true
	sm, err := s.newLaneSample(filepath.Join(s.dir, name))
	if err != nil {
		return fail(err)
	}
	for i, row := range t.Rows {
		if err := checkPixel(fmt.Sprintf("h_samples[%d]", i), row, sm.camera.Height); err != nil {
			return fail(err)
		}
	}
	for i, columns := range t.Lanes {
		if len(columns) != len(t.Rows) {
			return fail(fmt.Errorf("lanes[%d]: %d columns, want one for each of the %d rows in h_samples", i, len(columns), len(t.Rows)))
		}
		var points []geom.Vec
		for k, u := range columns {
			if u < 0 { // noLane
				continue
			}
			if err := checkPixel(fmt.Sprintf("lanes[%d][%d]", i, k), u, sm.camera.Width); err != nil {
				return fail(err)
			}
			points = append(points, geom.Vec{X: u + .5, Y: t.Rows[k] + .5}) // the middle of the pixel
		}
		if line := newLaneLine(points); len(line) > 1 {
			sm.lines = append(sm.lines, line)
		}
	}
	return sm, nil
}
