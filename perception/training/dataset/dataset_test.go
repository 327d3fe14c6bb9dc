package dataset

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception/network"
	"roadloop/perception/training/synth"
)

func testStream() synth.Stream {
	return synth.Stream{Config: network.DefaultConfig(), Seed: 5, Split: synth.Validation}
}

// export writes frames of the test stream to dir.
func export(t *testing.T, dir string, e Export) {
	t.Helper()
	e.Stream = testStream()
	if err := e.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
}

// stillFormats are the formats that hold random worlds.
func stillFormats() []Format {
	return slices.DeleteFunc(Formats(), func(f Format) bool {
		l, err := f.layout()
		return err != nil || !l.holds().alone
	})
}

// contents returns the files below a folder by path.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// names returns the paths below a folder, without the export's state.
func names(files map[string][]byte) []string {
	var out []string
	for path := range files {
		if !strings.HasPrefix(path, partsFolder) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

func TestRoadloopFormat(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "set")
	last := 0
	export(t, dir, Export{Frames: 3, Done: func(n int) { last = n }})
	if last != 3 {
		t.Errorf("progress ended at %d, want 3", last)
	}
	files := contents(t, dir)
	want := []string{"000000.json", "000000.png", "000001.json", "000001.png", "000002.json", "000002.png",
		"SHA256SUMS", "dataset.json", "datasheet.md", "labels.jsonl", "metadata.jsonl"}
	if d := cmp.Diff(want, names(files)); d != "" {
		t.Errorf("files: %s", d)
	}
	lines := bufio.NewScanner(bytes.NewReader(files["labels.jsonl"]))
	lines.Buffer(nil, 1<<22)
	n := 0
	for ; lines.Scan(); n++ {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		im, err := png.Decode(bytes.NewReader(files[r.Image]))
		if err != nil {
			t.Fatalf("%s: %v", r.Image, err)
		}
		if b := im.Bounds(); r.Frame != n || b.Dx() != 320 || b.Dy() != 192 {
			t.Errorf("line %d is frame %d with a picture of %v", n, r.Frame, b)
		}
		cells := 0
		for _, run := range r.Drivable {
			cells += run
		}
		if cells != 80*48 {
			t.Errorf("frame %d: drivable runs cover %d cells, want %d", n, cells, 80*48)
		}
	}
	if n != 3 {
		t.Errorf("%d lines, want 3", n)
	}
}

// Every format has valid checksums of all its files, and a datasheet with counts.
func TestChecksumsAndDatasheet(t *testing.T) {
	for _, format := range stillFormats() {
		dir := t.TempDir()
		e := Export{Format: format, Frames: 2, Channels: Channels(), Build: "roadloop test"}
		flags := " --channels depth,class,instance"
		if format.HoldsRig() {
			e.Channels, flags = nil, ""
		}
		export(t, dir, e)
		files := contents(t, dir)
		var listed []string
		for line := range strings.Lines(string(files["SHA256SUMS"])) {
			sum, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			if got := fmt.Sprintf("%x", sha256.Sum256(files[path])); !ok || got != sum {
				t.Errorf("%s: %s has the checksum %s, listed is %s", format, path, got, sum)
			}
			listed = append(listed, path)
		}
		all := slices.DeleteFunc(names(files), func(s string) bool { return s == "SHA256SUMS" })
		if d := cmp.Diff(all, listed); d != "" {
			t.Errorf("%s: files and those with checksums: %s", format, d)
		}
		text := string(files["datasheet.md"])
		for _, want := range []string{"| frames | 2 (numbers 0–1) on 1 maps |", "written by | roadloop test |", "SHA256SUMS",
			fmt.Sprintf("roadloop data --format %s --split validation --seed 5%s --first N", format, flags)} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the datasheet lacks %q:\n%s", format, want, text)
			}
		}
	}
}

// An export that was interrupted, or lost a file, is completed to the same files.
func TestWriteResumes(t *testing.T) {
	for _, format := range stillFormats() {
		whole, cut := t.TempDir(), t.TempDir()
		export(t, whole, Export{Format: format, Frames: 3})
		ctx, cancel := context.WithCancel(t.Context())
		e := Export{Stream: testStream(), Format: format, Frames: 3, Done: func(n int) {
			if n == 2 {
				cancel()
			}
		}}
		if err := e.Write(ctx, cut); !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: interrupted: %v, want %v", format, err, context.Canceled)
		}
		if _, err := os.Stat(filepath.Join(cut, "SHA256SUMS")); err == nil {
			t.Errorf("%s: an interrupted data set has checksums", format)
		}
		l, err := format.layout()
		if err != nil {
			t.Fatal(err)
		}
		picture := l.picture(place{Subset: SubsetTrain, Sequence: alone, Key: true}, "camera")
		if err := os.Remove(filepath.Join(cut, picture)); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{".tmp-dataset.json-1", partsFolder + "/.tmp-000002.json-2", picture + "/../.tmp-000003.png-3"} {
			if err := os.WriteFile(filepath.Join(cut, path), nil, 0o600); err != nil { // state after a killed export
				t.Fatal(err)
			}
		}
		export(t, cut, Export{Format: format, Frames: 3})
		if d := cmp.Diff(contents(t, whole), contents(t, cut)); d != "" {
			t.Errorf("%s: resumed differs from uninterrupted:\n%s", format, d)
		}
	}
}

// A frame exported alone equals the frame exported with others, and can be added to a
// folder.
func TestFrameIsIndependentOfOthers(t *testing.T) {
	among, alone, added := t.TempDir(), t.TempDir(), t.TempDir()
	export(t, among, Export{Format: KITTI, Frames: 7})
	export(t, alone, Export{Format: KITTI, First: 5, Frames: 1})
	a, b := contents(t, among), contents(t, alone)
	for _, path := range []string{"training/image_2/000005.png", "training/label_2/000005.txt", "training/calib/000005.txt"} {
		if len(b[path]) == 0 || !bytes.Equal(a[path], b[path]) {
			t.Errorf("%s: differs when exported alone", path)
		}
	}
	if len(names(b)) != 11 {
		t.Errorf("files of a frame: %v", names(b))
	}
	export(t, added, Export{Format: KITTI, First: 4, Frames: 3})
	export(t, added, Export{Format: KITTI, Frames: 4})
	if d := cmp.Diff(a, contents(t, added)); d != "" {
		t.Errorf("written in reverse order differs:\n%s", d)
	}
}

func TestWriteRejectsBadExports(t *testing.T) {
	dir := t.TempDir()
	export(t, dir, Export{Frames: 1})
	other := testStream()
	other.Seed++
	occupied := folder(t, map[string]string{"thesis.tex": "x"})
	begun := folder(t, map[string]string{".tmp-dataset.json-1": "{", ".DS_Store": "x"})
	export(t, begun, Export{Frames: 1})
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "dataset.json"), []byte(`{"schema":"roadloop.dataset/1","seed":4}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir    string
		export Export
		says   string
	}{
		{dir, Export{Stream: other}, "it holds roadloop of split validation with seed 5, 320×192, not roadloop of split validation with seed 6, 320×192: choose another folder"},
		{dir, Export{Stream: testStream(), Format: YOLO}, "not yolo of"},
		{dir, Export{Stream: testStream(), Channels: []Channel{Depth}}, "320×192 with depth"},
		{foreign, Export{Stream: testStream()}, `schema "roadloop.dataset/1" is of another roadloop, this one has "roadloop.dataset/2"; write the frames of seed 4 again`},
		{dir, Export{Stream: testStream(), Format: "voc"}, `format "voc" is none of [roadloop coco kitti kitti-tracking yolo tusimple nuscenes]`},
		{dir, Export{Stream: testStream(), Channels: []Channel{"flow"}}, `channel "flow" is none of [depth class instance]`},
		{dir, Export{Stream: testStream(), First: -1}, "0 frames from number -1 on: want numbers from 0 to 999999999"},
		{dir, Export{Stream: testStream(), Frames: -1}, "-1 frames from number 0 on"},
		{dir, Export{Stream: testStream(), First: math.MaxInt, Frames: 2}, "2 frames from number 9223372036854775807 on"},
		{dir, Export{Stream: testStream(), First: MaxFrame, Frames: 2}, "2 frames from number 999999999 on"},
		{dir, Export{Stream: testStream(), Frames: math.MaxInt}, "want numbers from 0 to 999999999"},
		{occupied, Export{Stream: testStream(), Frames: 1}, "it holds thesis.tex and no dataset.json: choose a new or empty folder"},
		{filepath.Join(occupied, "thesis.tex"), Export{Stream: testStream(), Frames: 1}, "not a directory"},
	} {
		if err := c.export.Write(t.Context(), c.dir); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want an error with %q", c.export, err, c.says)
		}
	}
}

func TestRuns(t *testing.T) {
	for _, c := range []struct {
		cells []bool
		want  []int
	}{
		{[]bool{false, false, true, true, true, false}, []int{2, 3, 1}},
		{[]bool{true, false}, []int{0, 1, 1}},
		{nil, []int{0}},
	} {
		if d := cmp.Diff(c.want, runs(c.cells)); d != "" {
			t.Errorf("runs(%v): %s", c.cells, d)
		}
	}
}

// A rig has one data set for each camera. The frames with one number show the same moment.
func TestRigHasDataSetOfEachCamera(t *testing.T) {
	dir := t.TempDir()
	frames := 0
	export(t, dir, Export{Rig: "surround", Frames: 8, Done: func(n int) { frames = n }})
	if frames != 32 {
		t.Errorf("done at %d frames, want 32", frames)
	}
	var front []record
	objects, behind := 0, 0
	for _, camera := range []string{"camera", "camera-left", "camera-right", "camera-rear"} {
		for i := range 8 {
			data, err := os.ReadFile(filepath.Join(dir, camera, fmt.Sprintf("%06d.json", i)))
			if err != nil {
				t.Fatal(err)
			}
			var r record
			if err := json.Unmarshal(data, &r); err != nil {
				t.Fatal(err)
			}
			if camera == "camera" {
				front = append(front, r)
			} else if len(r.Boundaries) > 0 || !r.NoBoundaries {
				t.Errorf("%s: frame %d has lane boundaries", camera, i)
			}
			if r.Map != front[i].Map || r.Conditions != front[i].Conditions || r.Camera.Fx != front[i].Camera.Fx {
				t.Errorf("%s: frame %d shows another moment than the front camera", camera, i)
			}
			for _, o := range r.Objects {
				objects++
				if o.Position[0] < 0 {
					behind++
				}
				if (o.Position[0] < 0) != (camera == "camera-rear") {
					t.Errorf("%s sees an object at %v", camera, o.Position)
				}
			}
		}
		if _, err := Open(filepath.Join(dir, camera), Options{}); err != nil {
			t.Error(err)
		}
	}
	if objects < 20 || behind < 5 {
		t.Errorf("%d objects, %d behind the car", objects, behind)
	}
	export(t, dir, Export{Rig: "surround", Frames: 8})
	e := Export{Stream: testStream(), Rig: "fleet", Frames: 1}
	if err := e.Write(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), `unknown rig "fleet"`) {
		t.Errorf("an unknown rig: %v", err)
	}
	e = Export{Stream: testStream(), Frames: 1}
	if err := e.Write(t.Context(), filepath.Join(dir, "camera-left")); err == nil || !strings.Contains(err.Error(), "camera-left of the rig surround") {
		t.Errorf("the front camera in the folder of another: %v", err)
	}
}
