package edit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"roadloop/internal/fileio"
	"roadloop/scenarios"
)

// ErrChangedOnDisk is wrapped if another program has changed the file since it was read
// or written.
var ErrChangedOnDisk = errors.New("was changed by another program")

// Open reads a file for editing.
func Open(path string) (*Draft, error) {
	data, err := scenarios.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("opening a scenario to edit: %w", err)
	}
	text, marked := strings.CutPrefix(string(data), scenarios.ByteOrderMark)
	d := &Draft{file: path, onDisk: text}
	if marked {
		d.bom = scenarios.ByteOrderMark
	}
	if err := d.setText(text); err != nil {
		return nil, fmt.Errorf("opening %s to edit: %w", path, err)
	}
	return d, nil
}

// FromScenario returns a draft of a scenario. For a scenario of the library, the draft is a copy
// without a file.
func FromScenario(s *scenarios.Scenario) (*Draft, error) {
	if path := s.File(); path != "" {
		if _, err := os.Stat(path); err == nil {
			return Open(path)
		}
	}
	return New(string(s.Source))
}

// Save writes the draft to its file atomically. It fails with ErrChangedOnDisk if another
// program has changed the file; see SaveAs.
func (d *Draft) Save() error {
	if d.file == "" {
		return errors.New("saving a scenario: the draft has no file")
	}
	now, err := os.ReadFile(d.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("saving a scenario: %w", err)
	case string(now) != d.bom+d.onDisk:
		return fmt.Errorf("saving a scenario: %s %w; save under another name, or save again to replace it", d.file, ErrChangedOnDisk)
	}
	return d.SaveAs(d.file)
}

// SaveAs writes the draft to a file and replaces its content.
func (d *Draft) SaveAs(path string) error {
	if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
		return fmt.Errorf("saving a scenario: the file name %s must end in .yaml or .yml", path)
	}
	// A missing folder is probably a typing error, so do not create it.
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("saving a scenario: %w", err)
	}
	if err := fileio.Write(path, []byte(d.bom+d.text)); err != nil {
		return fmt.Errorf("saving a scenario: %w", err)
	}
	d.file, d.onDisk = path, d.text
	d.EndStep()
	return nil
}
