package edit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/whole"
)

// ErrChangedOnDisk is wrapped when a file is no longer what was read or written last.
var ErrChangedOnDisk = errors.New("was changed by someone else")

// Open reads a file to edit.
func Open(path string) (*Draft, error) {
	data, err := scenarios.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("opening a scenario to edit: %w", err)
	}
	text, marked := strings.CutPrefix(string(data), scenarios.ByteOrderMark)
	d := &Draft{file: path, onDisk: text}
	if marked {
		d.mark = scenarios.ByteOrderMark
	}
	if err := d.become(text); err != nil {
		return nil, fmt.Errorf("opening %s to edit: %w", path, err)
	}
	return d, nil
}

// From returns a draft of a scenario: of its file, or, for one of the library, of a
// copy that is in no file yet.
func From(s *scenarios.Scenario) (*Draft, error) {
	if path := s.File(); path != "" {
		if _, err := os.Stat(path); err == nil {
			return Open(path)
		}
	}
	return New(string(s.Source))
}

// Save writes the draft to a file, which is whole at all times. It refuses to write over
// what someone else changed since it was read; see SaveAs.
func (d *Draft) Save() error {
	if d.file == "" {
		return errors.New("saving a scenario: it has no file yet")
	}
	now, err := os.ReadFile(d.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("saving a scenario: %w", err)
	case string(now) != d.mark+d.onDisk:
		return fmt.Errorf("saving a scenario: %s %w; save under another name, or once more to replace it", d.file, ErrChangedOnDisk)
	}
	return d.SaveAs(d.file)
}

// SaveAs writes the draft to a file, whatever is there.
func (d *Draft) SaveAs(path string) error {
	if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
		return fmt.Errorf("saving a scenario: %s does not end in .yaml, by which roadloop tells files from names", path)
	}
	// A folder that is missing is more likely mistyped than wanted.
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("saving a scenario: %w", err)
	}
	if err := whole.Write(path, []byte(d.mark+d.text)); err != nil {
		return fmt.Errorf("saving a scenario: %w", err)
	}
	d.file, d.onDisk = path, d.text
	d.Settle()
	return nil
}
