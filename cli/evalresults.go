package cli

import (
	"errors"
	"path/filepath"

	"roadloop/perception/results"
	"roadloop/perception/training/eval"
)

// resultFormats are the formats of detections of roadloop eval.
var resultFormats = []string{"coco", "kitti", "nuscenes"}

// resultFiles are the writers of the true and the found objects of an evaluation.
type resultFiles struct{ truth, found results.Writer }

// openResults creates the files of --results; nil without the flag.
func (e *evalFlags) openResults() (*resultFiles, error) {
	if e.results == "" {
		return nil, nil
	}
	truth, found := filepath.Join(e.results, "truth.json"), filepath.Join(e.results, "detections.json")
	var f resultFiles
	var errs [2]error
	switch e.resultFormat {
	case "kitti":
		f.truth, errs[0] = results.NewKITTITruth(filepath.Join(e.results, "label_2"))
		f.found, errs[1] = results.NewKITTI(filepath.Join(e.results, "results", "data"))
	case "nuscenes":
		f.truth, errs[0] = results.NewNuScenesTruth(truth)
		f.found, errs[1] = results.NewNuScenes(found, results.NuScenesMeta{Camera: true})
	default:
		f.truth, errs[0] = results.NewCOCOTruth(truth, results.Categories())
		f.found, errs[1] = results.NewCOCO(found, results.Categories())
	}
	if err := errors.Join(errs[0], errs[1]); err != nil {
		return nil, named("--results", errors.Join(err, f.discard()))
	}
	return &f, nil
}

// attach makes an evaluation write to the files.
func (f *resultFiles) attach(j *eval.Evaluation) {
	if f != nil {
		j.Truth, j.Found = f.truth, f.found
	}
}

// close completes the files.
func (f *resultFiles) close() error {
	if f == nil {
		return nil
	}
	return named("--results", errors.Join(f.truth.Close(), f.found.Close()))
}

// discard removes incomplete files.
func (f *resultFiles) discard() error {
	if f == nil {
		return nil
	}
	var errs []error
	for _, w := range []results.Writer{f.truth, f.found} {
		if w != nil {
			errs = append(errs, w.Discard())
		}
	}
	return errors.Join(errs...)
}
