package suite

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/dustin/go-humanize/english"

	"roadloop/internal/fileio"
	"roadloop/scenarios/runner"
)

// Files in the folder of a run.
const (
	journalFile = "journal.jsonl" // during the run
	ResultsFile = "results.json"  // after the run
)

// RunFolder stores a run on disk.
type RunFolder struct {
	// Known contains the results of cases that need not be driven again, by name.
	Known map[string]runner.Result
	// Damaged lists the positions of damaged records. Their cases are driven again.
	Damaged []string

	path    string
	journal *Journal // nil if no case is left to drive
}

// BeginFolder starts a new run of the cases with these IDs in a folder. It fails if the folder
// contains an unfinished run (ErrInterrupted), or results of other cases or of another
// driver. Results of the same cases and driver are replaced at the end of the run, even
// if scenario files or the program have changed.
func BeginFolder(path string, h JournalHeader, ids []string) (*RunFolder, error) {
	before, err := readEnded(path)
	if err != nil {
		return nil, err
	}
	if before != nil {
		if err := checkSelection(before, &h, ids); err != nil {
			return nil, fmt.Errorf("%s holds the results of another run: %w", path, err)
		}
	}
	j, err := CreateJournal(filepath.Join(path, journalFile), h)
	if err != nil {
		return nil, err
	}
	return &RunFolder{path: path, journal: j}, nil
}

// ContinueFolder resumes the run in a folder, from its journal or from the results of a run
// that has ended. Such results are complete unless the run stopped early. ContinueFolder fails
// if the cases, scenario files, driver or program differ. In an empty folder, it starts a
// new run.
func ContinueFolder(path string, h JournalHeader, ids []string) (*RunFolder, error) {
	file := filepath.Join(path, journalFile)
	_, err := os.Stat(file)
	if err == nil {
		j, found, err := ResumeJournal(file, h)
		if err != nil {
			return nil, err
		}
		return &RunFolder{Known: found.Cases, Damaged: found.Damaged, path: path, journal: j}, nil
	}
	before, err := readEnded(path)
	if err != nil {
		return nil, err
	}
	if before == nil {
		return BeginFolder(path, h, ids)
	}
	if before.Suite == nil || before.Setup == nil {
		return nil, fmt.Errorf("%s has no suite or setup", filepath.Join(path, ResultsFile))
	}
	if err := h.checkSame(&JournalHeader{Suite: before.Suite, Setup: before.Setup, Shard: before.Shard}); err != nil {
		return nil, fmt.Errorf("%s %w", filepath.Join(path, ResultsFile), err)
	}
	f := &RunFolder{Known: map[string]runner.Result{}, path: path}
	for _, c := range before.Cases {
		f.Known[c.Case] = c
	}
	if !slices.ContainsFunc(ids, func(id string) bool { _, known := f.Known[id]; return !known }) {
		return f, nil
	}
	if f.journal, err = CreateJournal(file, h); err != nil {
		return nil, err
	}
	for i := range before.Cases {
		if err := f.journal.Add(&before.Cases[i]); err != nil {
			return nil, errors.Join(err, f.journal.Close())
		}
	}
	return f, nil
}

// readEnded returns the results in a folder, or nil if there are none.
func readEnded(path string) (*runner.Results, error) {
	r, err := runner.ReadResults(filepath.Join(path, ResultsFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: remove the file, or choose another folder", err)
	}
	return r, nil
}

// checkSelection returns an error if earlier results have other cases or another driver.
// The build and the texts of scenarios may differ.
func checkSelection(before *runner.Results, h *JournalHeader, ids []string) error {
	if before.Suite == nil || before.Setup == nil {
		return errors.New("it has no suite or setup")
	}
	if before.Suite.Name != h.Suite.Name || before.Suite.Cases != h.Suite.Cases || before.Shard != h.Shard {
		return fmt.Errorf("its selection is %s, not %s", selection(before.Suite, before.Shard), selection(h.Suite, h.Shard))
	}
	was, is := *before.Setup, *h.Setup
	was.Build, is.Build = "", ""
	if d := was.Difference(is); d != "" {
		return errors.New(d)
	}
	for i := range before.Cases {
		if id := before.Cases[i].Case; !slices.Contains(ids, id) {
			return fmt.Errorf("its case %s is not in this run", id)
		}
	}
	return nil
}

// selection describes the cases of a run.
func selection(s *runner.SuiteID, shard string) string {
	text := fmt.Sprintf("suite %s of %s", s.Name, english.Plural(s.Cases, "case", ""))
	if shard != "" {
		text += ", shard " + shard
	}
	return text
}

// checkSame returns an error that describes how another header differs.
func (h *JournalHeader) checkSame(o *JournalHeader) error {
	if o.Suite.Name != h.Suite.Name || o.Suite.Cases != h.Suite.Cases || o.Shard != h.Shard {
		return fmt.Errorf("is of another run: %s, not %s", selection(o.Suite, o.Shard), selection(h.Suite, h.Shard))
	}
	for _, name := range slices.Sorted(maps.Keys(h.Suite.Scenarios)) {
		switch was, ok := o.Suite.Scenarios[name]; {
		case !ok:
			return fmt.Errorf("is of another run: it has no scenario %s", name)
		case was != h.Suite.Scenarios[name]:
			return fmt.Errorf("is of another run: the file of the scenario %s has changed since", name)
		}
	}
	if o.Suite.SHA256 != h.Suite.SHA256 {
		return fmt.Errorf("is of another run: other cases of the same scenarios (%.12s, not %.12s)", o.Suite.SHA256, h.Suite.SHA256)
	}
	if d := o.Setup.Difference(*h.Setup); d != "" {
		return fmt.Errorf("was driven differently: %s", d)
	}
	return nil
}

// Add writes the result of a case; see Journal.Add.
func (f *RunFolder) Add(c *runner.Result) error { return f.journal.Add(c) }

// Complete reports whether no case is left to drive.
func (f *RunFolder) Complete() bool { return f.journal == nil }

// Finish writes the results of a run and removes its journal. It does not change a
// complete folder.
func (f *RunFolder) Finish(r *runner.Results) error {
	if f.journal == nil {
		return nil
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = fileio.Write(filepath.Join(f.path, ResultsFile), append(data, '\n'))
	}
	if err != nil {
		return errors.Join(err, f.journal.Close())
	}
	return f.journal.Finish()
}

// Close closes the journal of an unfinished run, which can be continued later.
func (f *RunFolder) Close() error {
	if f.journal == nil {
		return nil
	}
	return f.journal.Close()
}
