package dataset

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"roadloop/perception/training/synth"
)

// annotationsFolder is the folder of COCO's label files.
const annotationsFolder = "annotations"

// cocoPattern matches the usual names of COCO's label files, for example
// instances_train2017.json.
const cocoPattern = annotationsFolder + "/instances*.json"

// roboflowFile is the label file next to the pictures of a split, in folders that
// Roboflow writes.
const roboflowFile = "_annotations.coco.json"

// cocoLabelFiles returns the candidate label files, relative to the data set's folder: those
// with usual names, and all JSON files of the folder annotations.
func cocoLabelFiles(dir string) (usual, all []string) {
	for _, name := range list(filepath.Join(dir, annotationsFolder)) {
		if !strings.EqualFold(filepath.Ext(name), ".json") {
			continue
		}
		path := filepath.Join(annotationsFolder, name)
		all = append(all, path)
		if ok, _ := filepath.Match(cocoPattern, filepath.ToSlash(path)); ok {
			usual = append(usual, path)
		}
	}
	if len(all) > 0 {
		return usual, all
	}
	for _, folder := range append([]string{"."}, folders(dir)...) {
		if path := filepath.Join(folder, roboflowFile); exists(filepath.Join(dir, path)) {
			usual = append(usual, path)
		}
	}
	return usual, usual
}

// cocoFilesOf returns the candidate label files of a split.
func cocoFilesOf(dir string, split synth.Split) []string {
	files, all := cocoLabelFiles(dir)
	if len(files) == 0 {
		files = all
	}
	return slices.DeleteFunc(files, func(path string) bool { return splitOf(path) != split })
}

// annotationFile returns the COCO label file of the data set: the chosen one, relative to
// the folder, to its subfolder annotations or to the working directory; that of the split;
// or the only one.
func (s *Set) annotationFile() (string, error) {
	if s.chosen != "" {
		return s.chosen, nil
	}
	usual, all := cocoLabelFiles(s.dir)
	if chosen := s.options.Annotations; chosen != "" {
		for _, path := range []string{filepath.Join(s.dir, chosen), filepath.Join(s.dir, annotationsFolder, chosen), chosen} {
			if exists(path) {
				return path, nil
			}
		}
		if len(all) > 0 {
			return "", fmt.Errorf("%s: --annotations %s: no such file, there are %s", s.dir, chosen, strings.Join(all, ", "))
		}
		return "", fmt.Errorf("%s: --annotations %s: no such file", s.dir, chosen)
	}
	files := usual
	if len(files) == 0 {
		files = all
	}
	if s.options.Split != "" {
		if files = cocoFilesOf(s.dir, s.options.Split); len(files) == 0 {
			return "", s.noSplit()
		}
	}
	if len(files) == 1 {
		return filepath.Join(s.dir, files[0]), nil
	}
	return "", fmt.Errorf("%s: %d files of labels: choose one with --annotations FILE: %s", s.dir, len(files), strings.Join(files, ", "))
}
