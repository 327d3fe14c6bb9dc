package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"roadloop/internal/fileio"
	"roadloop/perception/training/synth"
)

// Formats that are only read.
const (
	CULane Format = "culane" // lane boundaries (Pan et al. 2018)
)

// InputFormats returns the formats that Open reads.
func InputFormats() []Format {
	return []Format{Roadloop, COCO, KITTI, YOLO, TuSimple, CULane, NuScenes}
}

// layouts describes the files that identify each format, for errors.
const layouts = "roadloop (dataset.json), COCO (" + cocoPattern + " or train/" + roboflowFile + "), KITTI (training/label_2), YOLO (dataset.yaml, or images and labels with classes.txt), TuSimple (label_data*.json), CULane (list/*.txt) and nuScenes (v1.0-*/sample_data.json)"

// detect returns an empty set with the format of a folder, or of the file that describes a
// data set.
func detect(path string, o Options) (*Set, error) {
	s := newSet(path, o)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("data set: %w", err)
	case !info.IsDir():
		return s, s.describedBy(path)
	}
	m, err := readManifest(path)
	switch {
	case err == nil:
		s.stated, s.format = m, m.Format
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(path, manifestFile), err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", path, err)
	default:
		s.format = s.guessFormat()
	}
	switch {
	case s.format == "":
		return nil, fmt.Errorf("%s holds no data set: want the files of %s", path, layouts)
	case o.Annotations != "" && s.format != COCO && s.format != NuScenes:
		return nil, fmt.Errorf("%s: --annotations chooses among the label files of COCO and the versions of nuScenes, the folder holds %s", path, s.format)
	case o.Channel != "" && s.format != NuScenes:
		return nil, fmt.Errorf("%s: --channel chooses a camera of nuScenes, the folder holds %s", path, s.format)
	}
	return s, nil
}

// describedBy sets folder and format of a data set that is given by a file of it.
func (s *Set) describedBy(path string) error {
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case s.options.Annotations != "" || s.options.Channel != "":
		return fmt.Errorf("data set: %s is a file, --annotations and --channel need the folder", path)
	case ext == ".json":
		s.format, s.chosen, s.dir = COCO, path, filepath.Dir(path)
		whole, err := filepath.Abs(s.dir) // a path from within the folder does not name it
		if err != nil {
			return fmt.Errorf("data set: %s: %w", path, err)
		}
		if filepath.Base(whole) == annotationsFolder {
			s.dir = filepath.Join(s.dir, "..")
		}
	case ext == ".yaml" || ext == ".yml":
		s.format, s.chosen, s.dir = YOLO, path, filepath.Dir(path)
	default:
		return fmt.Errorf("data set: %s is a file, want the folder of a data set, a JSON file of COCO's labels or a YAML file of YOLO", path)
	}
	return nil
}

// guessFormat returns the format of a folder without dataset.json, "" if it is not a
// data set.
func (s *Set) guessFormat() Format {
	usual, all := cocoLabelFiles(s.dir)
	switch {
	case len(nuScenesVersions(s.dir)) > 0:
		return NuScenes
	case s.options.Annotations != "" || len(usual)+len(all) > 0:
		return COCO
	case isFolder(filepath.Join(s.kittiRoot(), "label_2")):
		return KITTI
	case isYOLO(s.dir):
		return YOLO
	case len(tusimpleFiles(s.dir)) > 0:
		return TuSimple
	case isCULane(s.dir):
		return CULane
	}
	return ""
}

// Splits returns the splits that the files of a data set separate: training, validation
// and held-out frames. It returns none if the data set is not separated.
func Splits(path string, o Options) ([]synth.Split, error) {
	s, err := detect(path, o)
	if err != nil {
		return nil, err
	}
	var out []synth.Split
	for _, split := range []synth.Split{synth.Train, synth.Validation, synth.HeldOut} {
		if s.hasSplit(split) {
			out = append(out, split)
		}
	}
	if len(out) < 2 || out[0] != synth.Train {
		return nil, nil
	}
	return out, nil
}

// hasSplit reports whether files of the data set have the name of a split.
func (s *Set) hasSplit(split synth.Split) bool {
	switch s.format {
	case COCO:
		return s.chosen == "" && s.options.Annotations == "" && len(cocoFilesOf(s.dir, split)) == 1
	case KITTI:
		return listsFrames(s.imageSet(split))
	case YOLO:
		return s.yoloHasSplit(split)
	case TuSimple:
		return slices.ContainsFunc(tusimpleFiles(s.dir), func(name string) bool { return tusimpleSplit(name) == split })
	case CULane:
		return len(culaneLists(s.dir, split)) > 0
	case NuScenes:
		return s.nuScenesHasSplit(split)
	}
	return false
}

// listsFrames reports whether a list has entries. roadloop's exports of one map have empty
// lists for the other splits.
func listsFrames(path string) bool {
	data, err := fileio.ReadRegular(path)
	return err == nil && len(bytes.TrimSpace(data)) > 0
}

// splitNames are the words for the splits in the names of files and folders.
var splitNames = map[string]synth.Split{
	"train": synth.Train, "training": synth.Train,
	"val": synth.Validation, "valid": synth.Validation, "validation": synth.Validation,
	"test": synth.HeldOut, "testing": synth.HeldOut,
}

// splitOf returns the split that a path names, for example that of
// annotations/instances_val2017.json, or "".
func splitOf(path string) synth.Split {
	words := strings.FieldsFunc(strings.ToLower(filepath.ToSlash(path)), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range slices.Backward(words) {
		if split, ok := splitNames[w]; ok {
			return split
		}
	}
	return ""
}

// noSplit returns the error for a data set without a split.
func (s *Set) noSplit() error {
	return fmt.Errorf("%s: no file separates %s frames", s.dir, s.options.Split)
}
