package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/perception/training/synth"
	"roadloop/sim/rig"
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
	// Sensors are those of the data set, if they are not the cameras of the rig.
	Sensors []sensorEntry `json:"sensors,omitempty"`
	// Vary are the ranges of the camera, if they are not the usual ones.
	Vary *synth.CameraRanges `json:"vary,omitempty"`
	// Axes are the axes of variation that a map has with the probability AxisShare; 0 means 1.
	Axes      []synth.Axis `json:"axes,omitempty"`
	AxisShare float64      `json:"axis_share,omitempty"`
	// Val and Test are the percentages of maps in these lists.
	Val  int `json:"val,omitempty"`
	Test int `json:"test,omitempty"`
	// Drives are the recorded drives that the frames show; Seed and Split are then empty.
	Drives []driveEntry `json:"drives,omitempty"`
}

// sensorEntry describes a sensor.
type sensorEntry struct {
	Name  string          `json:"name"`
	Kind  string          `json:"kind"`  // camera, lidar or radar
	Model json.RawMessage `json:"model"` // its rig.Model
}

// driveEntry describes a recorded drive.
type driveEntry struct {
	Name   string  `json:"name"`
	Driver string  `json:"driver"`
	Source string  `json:"source,omitempty"` // what determines it
	Seed   uint64  `json:"seed"`
	Frames int     `json:"frames"`
	Period float64 `json:"period"` // s between two frames
}

func newManifest(e *Export, camera string, sensors *rig.Config) (manifest, error) {
	m := manifest{Schema: Schema, Format: e.Format, Channels: e.Channels, Rig: e.Rig, Camera: camera, Val: e.Val, Test: e.Test}
	for _, c := range rig.Of[rig.Camera](sensors) {
		m.Width, m.Height = c.Calibration.Width, c.Calibration.Height
		break
	}
	if e.Sensors != nil {
		for i := range sensors.Sensors {
			s := &sensors.Sensors[i]
			model, err := json.Marshal(s.Model)
			if err != nil {
				return m, fmt.Errorf("sensor %s: %w", s.Name, err)
			}
			m.Sensors = append(m.Sensors, sensorEntry{s.Name, sensorKind(s.Model), model})
		}
	}
	if v := e.Stream.Vary; v != (synth.CameraRanges{}) {
		m.Vary = &v
	}
	if len(e.Drives) == 0 {
		m.Seed, m.Split = e.Stream.Seed, e.Stream.Split
		m.Axes, m.AxisShare = e.Stream.Axes, e.Stream.AxisShare
	}
	for i := range e.Drives {
		d := &e.Drives[i]
		m.Drives = append(m.Drives, driveEntry{d.Name, d.Driver, d.Source, d.Seed, len(d.Worlds), d.Period})
	}
	return m, nil
}

// sensorKind returns the kind of a sensor.
func sensorKind(m rig.Model) string {
	switch m.(type) {
	case rig.Camera:
		return "camera"
	case rig.Lidar:
		return "lidar"
	}
	return "radar"
}

// AxisNames returns the names of the axes.
func (m *manifest) AxisNames() string { return synth.AxisNames(m.Axes) }

// String describes the data set.
func (m *manifest) String() string {
	out := fmt.Sprintf("%s of split %s with seed %d, %d×%d", m.Format, m.Split, m.Seed, m.Width, m.Height)
	if len(m.Drives) > 0 {
		var names []string
		for i := range m.Drives {
			d := &m.Drives[i]
			names = append(names, fmt.Sprintf("%s by %s with %s", d.Name, d.Driver, english.Plural(d.Frames, "frame", "")))
		}
		out = fmt.Sprintf("%s of %s, %d×%d", m.Format, strings.Join(names, ", "), m.Width, m.Height)
	}
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
	mine, err := m.file()
	if err != nil {
		return err
	}
	theirs, err := have.file()
	if err != nil {
		return err
	}
	if !bytes.Equal(mine.data, theirs.data) {
		return fmt.Errorf("it holds frames of other sensors, camera ranges, axes, lists or drives, as %s says: choose another folder", manifestFile)
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
	case !slices.Contains(Formats(), m.Format):
		return fmt.Errorf("format: %q is none of %v", string(m.Format), Formats())
	case m.Format == KITTITracking:
		return fmt.Errorf("format: %s is only written; read the same drives as %s", m.Format, KITTI)
	case m.Width < 1 || m.Height < 1:
		return fmt.Errorf("width and height: %d×%d px, want at least 1", m.Width, m.Height)
	}
	return nil
}
