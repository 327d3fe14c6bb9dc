package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"roadloop/perception"
	"roadloop/perception/training/synth"
)

// partsFolder contains the state of the written frames, for completing a data set and
// for the files at its end. Users of the data set do not need it.
const partsFolder = ".parts"

// part is the state of a completely written frame.
type part struct {
	Frame   int               `json:"frame"`
	Sums    map[string]string `json:"sums"` // SHA-256 of its files by path
	Weather string            `json:"weather"`
	Asked   classCounts       `json:"asked"`   // objects that must be found
	Ignored classCounts       `json:"ignored"` // objects that need not be found
	Labels  json.RawMessage   `json:"labels"`  // data of the layout
	Place   place             `json:"place"`
	Map     string            `json:"map"`   // distinguishes maps
	About   []json.RawMessage `json:"about"` // metadata of the images
}

// classCounts counts objects by class.
type classCounts [perception.NumClasses]int

func newPart(s *exportFrame, l layout, labels any) (*part, error) {
	p := &part{Frame: s.number, Sums: make(map[string]string), Weather: s.Weather(), Place: s.place, Map: s.mapID}
	for k := range s.shots {
		for i := range s.shots[k].Objects {
			o := &s.shots[k].Objects[i]
			if synth.Labeled(o) {
				p.Asked[synth.Class(o)]++
			} else {
				p.Ignored[synth.Class(o)]++
			}
		}
	}
	var err error
	if p.About, err = s.encodeMetadata(l); err != nil {
		return nil, err
	}
	p.Labels, err = json.Marshal(labels)
	return p, err
}

func partPath(i int) string { return fmt.Sprintf("%s/%06d.json", partsFolder, i) }

// write marks the frame as complete.
func (p *part) write(dir string) error {
	f, err := jsonFile(partPath(p.Frame), p)
	if err != nil {
		return err
	}
	return f.write(dir)
}

// readPart reads the state of frame i; ok is false if it is not complete.
func readPart(dir string, i int) (p part, ok bool) {
	data, err := os.ReadFile(filepath.Join(dir, partPath(i)))
	if err != nil || json.Unmarshal(data, &p) != nil || p.Frame != i {
		return p, false
	}
	p.Place.Number = i
	for path := range p.Sums {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(path))); err != nil {
			return p, false
		}
	}
	return p, true
}

// readParts returns all complete frames of a folder, in order.
func readParts(dir string) ([]part, error) {
	entries, err := os.ReadDir(filepath.Join(dir, partsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []part
	for _, e := range entries {
		var i int
		if n, err := fmt.Sscanf(e.Name(), "%d.json", &i); n != 1 || err != nil {
			continue
		}
		if p, ok := readPart(dir, i); ok {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b part) int { return a.Frame - b.Frame })
	return out, nil
}
