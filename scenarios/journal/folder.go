package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"roadloop/scenarios"
	"roadloop/scenarios/whole"
)

// Names of the files in the folder of a run.
const (
	journalFile = "journal.jsonl" // while it runs
	ResultsFile = "results.json"  // when it has ended
)

// Folder keeps a run on disk.
type Folder struct {
	// Known holds the results of cases that need not be driven again, by name.
	Known map[string]scenarios.Result
	// Damaged names the places of damaged records. Their cases are driven again.
	Damaged []string

	path    string
	journal *Journal // nil where no case is left to drive
}

// Begin begins a new run of the cases with these IDs in a folder. It fails where the
// folder holds the journal of a run that did not end (ErrInterrupted), or the results
// of other cases or of another driver. Results of the same cases and driver are
// replaced when the run ends, also where scenario files or the program changed.
func Begin(path string, h Header, ids []string) (*Folder, error) {
	before, err := ended(path)
	if err != nil {
		return nil, err
	}
	if before != nil {
		if err := otherSelection(before, &h, ids); err != nil {
			return nil, fmt.Errorf("%s holds the results of another run: %w", path, err)
		}
	}
	j, err := Create(filepath.Join(path, journalFile), h)
	if err != nil {
		return nil, err
	}
	return &Folder{path: path, journal: j}, nil
}

// Continue goes on with the run in a folder: with its journal, or else with the results
// of a run that has ended, of which nothing is left to drive unless it stopped early.
// It fails where the run was one of other cases, scenario files, driver or program. An
// empty folder begins a run.
func Continue(path string, h Header, ids []string) (*Folder, error) {
	file := filepath.Join(path, journalFile)
	_, err := os.Stat(file)
	if err == nil {
		j, found, err := Resume(file, h)
		if err != nil {
			return nil, err
		}
		return &Folder{Known: found.Cases, Damaged: found.Damaged, path: path, journal: j}, nil
	}
	before, err := ended(path)
	if err != nil {
		return nil, err
	}
	if before == nil {
		return Begin(path, h, ids)
	}
	if before.Suite == nil || before.Setup == nil {
		return nil, fmt.Errorf("%s names no suite and setup", filepath.Join(path, ResultsFile))
	}
	if err := h.same(&Header{Suite: before.Suite, Setup: before.Setup, Shard: before.Shard}); err != nil {
		return nil, fmt.Errorf("%s %w", filepath.Join(path, ResultsFile), err)
	}
	f := &Folder{Known: map[string]scenarios.Result{}, path: path}
	for _, c := range before.Cases {
		f.Known[c.Case] = c
	}
	if !slices.ContainsFunc(ids, func(id string) bool { _, known := f.Known[id]; return !known }) {
		return f, nil
	}
	if f.journal, err = Create(file, h); err != nil {
		return nil, err
	}
	for i := range before.Cases {
		if err := f.journal.Add(&before.Cases[i]); err != nil {
			return nil, errors.Join(err, f.journal.Close())
		}
	}
	return f, nil
}

// ended returns the results in a folder, nil for none.
func ended(path string) (*scenarios.Results, error) {
	r, err := scenarios.ReadResults(filepath.Join(path, ResultsFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: remove the file, or choose another folder", err)
	}
	return r, nil
}

// otherSelection reports how the cases or the driver of earlier results differ from
// those of a run. The build and the texts of scenarios may differ.
func otherSelection(before *scenarios.Results, h *Header, ids []string) error {
	if before.Suite == nil || before.Setup == nil {
		return errors.New("it names no suite and setup")
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
			return fmt.Errorf("its case %s is not in this one", id)
		}
	}
	return nil
}

// selection describes which cases a run drives.
func selection(s *scenarios.Identity, shard string) string {
	text := fmt.Sprintf("suite %s of %d cases", s.Name, s.Cases)
	if shard != "" {
		text += ", shard " + shard
	}
	return text
}

// same reports how the run of another header differs.
func (h *Header) same(o *Header) error {
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

// Add writes a finished case; see Journal.Add.
func (f *Folder) Add(c *scenarios.Result) error { return f.journal.Add(c) }

// Complete reports whether no case is left to drive.
func (f *Folder) Complete() bool { return f.journal == nil }

// Finish writes the results of a run that ended in the place of its journal. A complete
// folder stays as it is.
func (f *Folder) Finish(r *scenarios.Results) error {
	if f.journal == nil {
		return nil
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = whole.Write(filepath.Join(f.path, ResultsFile), append(data, '\n'))
	}
	if err != nil {
		return errors.Join(err, f.journal.Close())
	}
	return f.journal.Finish()
}

// Close closes the journal of a run that did not end; it can be continued.
func (f *Folder) Close() error {
	if f.journal == nil {
		return nil
	}
	return f.journal.Close()
}
