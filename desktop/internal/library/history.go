package library

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"roadloop/internal/fileio"
	"roadloop/trace"
)

// DriveResult is the result of the last drive of a scenario.
type DriveResult struct {
	Passed bool   `json:"passed"`
	Reason string `json:"reason,omitempty"`
	Seed   uint64 `json:"seed"`
	// DriverID is the driver as it was requested, without a perception for a policy.
	trace.DriverID
	// By names the drivers and their times, if the driver did not drive alone; see
	// timeline.DriversText.
	By string `json:"by,omitempty"`
}

// who returns the driver in words.
func (r *DriveResult) who() string {
	if r.By != "" {
		return r.By
	}
	if r.Perception == "" { // a policy
		return filepath.Base(r.Name)
	}
	if r.Model != "" {
		return r.DriverID.String() + " " + filepath.Base(r.Model)
	}
	return r.DriverID.String()
}

// text returns the result in one line.
func (r *DriveResult) text() string {
	end := "passed"
	if !r.Passed {
		end = r.Reason
	}
	return fmt.Sprintf("Last drive (seed %d, %s): %s", r.Seed, r.who(), end)
}

// History are the last drives of scenarios, by slug, and the paths of the user's own
// scenario files. They are saved in a file; the zero value is not saved.
type History struct {
	path string
	last map[string]DriveResult
	own  []string // absolute paths, newest first
}

// maxOwn is the largest number of remembered files.
const maxOwn = 50

// recordsFile is the content of the file.
type recordsFile struct {
	Version int                    `json:"version"`
	Last    map[string]DriveResult `json:"last"`
	Own     []string               `json:"own,omitempty"`
}

const recordsVersion = 1

// OpenHistory reads the records of a file. If the file is missing, damaged or of
// another version, it has no records.
func OpenHistory(path string) *History {
	r := &History{path: path, last: map[string]DriveResult{}}
	data, err := os.ReadFile(path)
	var f recordsFile
	if err == nil && json.Unmarshal(data, &f) == nil && f.Version == recordsVersion && f.Last != nil {
		r.last, r.own = f.Last, f.Own
	}
	return r
}

// Of returns the last drive of a scenario.
func (r *History) Of(slug string) (DriveResult, bool) {
	rec, ok := r.last[slug]
	return rec, ok
}

// Add saves the result of a drive.
func (r *History) Add(slug string, rec DriveResult) error {
	if r.last == nil {
		r.last = map[string]DriveResult{}
	}
	r.last[slug] = rec
	if err := r.write(); err != nil {
		return fmt.Errorf("saving the result of %s: %w", slug, err)
	}
	return nil
}

// UserFiles returns the files of the user's scenarios, newest first. They may not exist any
// more.
func (r *History) UserFiles() []string { return r.own }

// AddUserFile saves the path of a file of the user.
func (r *History) AddUserFile(path string) error {
	path, err := filepath.Abs(path)
	if err == nil {
		r.own = slices.DeleteFunc(r.own, func(p string) bool { return p == path })
		r.own = slices.Insert(r.own, 0, path)
		r.own = r.own[:min(len(r.own), maxOwn)]
		err = r.write()
	}
	if err != nil {
		return fmt.Errorf("saving the path %s: %w", path, err)
	}
	return nil
}

// write saves the file.
func (r *History) write() error {
	if r.path == "" {
		return nil
	}
	data, err := json.MarshalIndent(recordsFile{recordsVersion, r.last, r.own}, "", "  ")
	if err != nil {
		return err
	}
	return fileio.Write(r.path, data)
}
