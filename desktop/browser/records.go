package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"roadloop/scenarios/whole"
)

// Record is how the last drive of a scenario ended.
type Record struct {
	Passed     bool   `json:"passed"`
	Reason     string `json:"reason,omitempty"`
	Seed       uint64 `json:"seed"`
	Driver     string `json:"driver"`
	Perception string `json:"perception"`
	// By says who had control when, where that was not Driver all along: see
	// tape.DriversText.
	By string `json:"by,omitempty"`
}

// who says who drove.
func (r *Record) who() string {
	if r.By != "" {
		return r.By
	}
	return r.Driver + ", " + r.Perception
}

// text says in a line how the drive ended, and who drove.
func (r *Record) text() string {
	end := "passed"
	if !r.Passed {
		end = r.Reason
	}
	return fmt.Sprintf("Last drive (seed %d, %s): %s", r.Seed, r.who(), end)
}

// Records are the last drives of scenarios, by their short names, and the files of the
// user's own scenarios, kept in a file. The zero value is kept nowhere.
type Records struct {
	path string
	last map[string]Record
	own  []string // absolute paths, the newest first
}

// mostOwn bounds how many files are remembered.
const mostOwn = 50

// recordsFile is what is in the file.
type recordsFile struct {
	Version int               `json:"version"`
	Last    map[string]Record `json:"last"`
	Own     []string          `json:"own,omitempty"`
}

const recordsVersion = 1

// OpenRecords reads the records of a file. One that is not there, damaged or of another
// version holds none.
func OpenRecords(path string) *Records {
	r := &Records{path: path, last: map[string]Record{}}
	data, err := os.ReadFile(path)
	var f recordsFile
	if err == nil && json.Unmarshal(data, &f) == nil && f.Version == recordsVersion && f.Last != nil {
		r.last, r.own = f.Last, f.Own
	}
	return r
}

// Of returns the last drive of a scenario.
func (r *Records) Of(slug string) (Record, bool) {
	rec, ok := r.last[slug]
	return rec, ok
}

// Keep notes a drive, at once and in the file.
func (r *Records) Keep(slug string, rec Record) error {
	if r.last == nil {
		r.last = map[string]Record{}
	}
	r.last[slug] = rec
	if err := r.write(); err != nil {
		return fmt.Errorf("keeping the result of %s: %w", slug, err)
	}
	return nil
}

// Own returns the files of the user's own scenarios, the newest first. They need not be
// there any more.
func (r *Records) Own() []string { return r.own }

// Remember notes a file of the user's own, at once and in the file.
func (r *Records) Remember(path string) error {
	path, err := filepath.Abs(path)
	if err == nil {
		r.own = slices.DeleteFunc(r.own, func(p string) bool { return p == path })
		r.own = slices.Insert(r.own, 0, path)
		r.own = r.own[:min(len(r.own), mostOwn)]
		err = r.write()
	}
	if err != nil {
		return fmt.Errorf("remembering %s: %w", path, err)
	}
	return nil
}

// write puts all into the file.
func (r *Records) write() error {
	if r.path == "" {
		return nil
	}
	data, err := json.MarshalIndent(recordsFile{recordsVersion, r.last, r.own}, "", "  ")
	if err != nil {
		return err
	}
	return whole.Write(r.path, data)
}
