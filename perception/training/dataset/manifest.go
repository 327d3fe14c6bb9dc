package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"roadloop/perception/training/synth"
)

// Schema is the version of roadloop's own format and of dataset.json.
const Schema = "roadloop.dataset/2"

const manifestFile = "dataset.json"

// manifest is dataset.json: the description of the folder. Frames may be added to a
// folder; the rest must not change.
type manifest struct {
	Schema   string      `json:"schema"`
	Format   Format      `json:"format"`
	Seed     uint64      `json:"seed"`
	Split    synth.Split `json:"split"`
	Width    int         `json:"width"` // px
	Height   int         `json:"height"`
	Channels []Channel   `json:"channels,omitempty"`
	// Rig and Camera name the camera of a rig; they are empty for the front camera alone.
	Rig    string `json:"rig,omitempty"`
	Camera string `json:"camera,omitempty"`
}

func newManifest(e *Export, camera string) manifest {
	c := &e.Stream.Config
	return manifest{Schema, e.Format, e.Stream.Seed, e.Stream.Split, c.Width, c.Height, e.Channels, e.Rig, camera}
}

// String returns the properties that distinguish data sets.
func (m *manifest) String() string {
	out := fmt.Sprintf("%s of split %s with seed %d, %d×%d", m.Format, m.Split, m.Seed, m.Width, m.Height)
	for i, c := range m.Channels {
		out += [...]string{" with ", ", "}[min(i, 1)] + string(c)
	}
	if m.Rig != "" {
		out += fmt.Sprintf(" of %s of the rig %s", m.Camera, m.Rig)
	}
	return out
}

func (m *manifest) file() (file, error) { return jsonFile(manifestFile, m) }

// claim writes the manifest into a new or empty folder, or checks the existing one.
func (m *manifest) claim(dir string) error {
	have, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := checkEmpty(dir); err != nil {
			return err
		}
		f, err := m.file()
		if err != nil {
			return err
		}
		return f.write(dir)
	}
	if err != nil {
		return err
	}
	if have.String() != m.String() {
		return fmt.Errorf("it holds %v, not %v: choose another folder", have, m)
	}
	return nil
}

// checkEmpty returns an error if a folder without a manifest contains anything except
// the remains of an export that was killed at its start.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if name := e.Name(); !isJunk(name) {
			return fmt.Errorf("it holds %s and no %s: choose a new or empty folder", name, manifestFile)
		}
	}
	return err
}

// readManifest reads dataset.json of a folder.
func readManifest(dir string) (*manifest, error) {
	data, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := decode(bytes.TrimPrefix(data, byteOrderMark), 1, &m); err != nil {
		return nil, inFile(manifestFile, err)
	}
	if m.Schema != Schema {
		name, _, _ := strings.Cut(Schema, "/")
		if !strings.HasPrefix(m.Schema, name+"/") {
			return nil, fmt.Errorf("%s: schema %q, want %q", manifestFile, m.Schema, Schema)
		}
		return nil, fmt.Errorf("%s: schema %q is of another roadloop, this one has %q; write the frames of seed %d again", manifestFile, m.Schema, Schema, m.Seed)
	}
	return &m, nil
}

// check returns an error for an invalid manifest of a data set to read.
func (m *manifest) check() error {
	switch {
	case !m.Format.readable():
		return fmt.Errorf("format: %s cannot be read, only roadloop, coco and kitti", m.Format)
	case m.Width < 1 || m.Height < 1:
		return fmt.Errorf("width and height: %d×%d px, want at least 1", m.Width, m.Height)
	}
	return nil
}
