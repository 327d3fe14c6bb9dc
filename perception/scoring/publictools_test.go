package scoring_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/perception/results"
	"roadloop/perception/scoring"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// The tests in this file write random frames with package results, and compare the figures
// of package scoring with those of public tools that read the files: pycocotools, KITTI's
// development kit and TrackEval. The figures of the tools are in testdata/publictools.json.
// The tools themselves run if these environment variables are set:
//
//	ROADLOOP_COCOAPI    folder PythonAPI of cocodataset/cocoapi, built in place
//	ROADLOOP_KITTI_EVAL program that evaluates a folder of labels and one of results
//	                    (evaluate_object_3d_offline), with KITTI's limits
//	ROADLOOP_TRACKEVAL  folder of JonathonLuiten/TrackEval
//
// -write-reference then writes the file of figures again.
var writeReference = flag.Bool("write-reference", false, "write the figures of the public tools to testdata")

// reference are the figures of the tools.
type reference struct {
	Versions map[string]string     `json:"versions"`
	COCO     map[string][6]float64 `json:"coco"`
	// KITTI holds AP|R40 by class, "detection" or "detection_ground", and difficulty.
	KITTI map[string][3]float64 `json:"kitti"`
	MOT   [6]float64            `json:"mot"`
}

const referenceFile = "testdata/publictools.json"

func readReference(t *testing.T) *reference {
	t.Helper()
	data, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	r := new(reference)
	if err := json.Unmarshal(data, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// saveReference changes the file of figures if the flag asks for it.
func saveReference(t *testing.T, change func(r *reference)) {
	t.Helper()
	if !*writeReference {
		return
	}
	r := new(reference)
	if data, err := os.ReadFile(referenceFile); err == nil {
		if err := json.Unmarshal(data, r); err != nil {
			t.Fatal(err)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	change(r)
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(referenceFile, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tool returns the value of an environment variable, "" if it is not set.
func tool(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" && *writeReference {
		t.Skip("set " + variable)
	}
	return path
}

// output runs a program and returns its standard output.
func output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, stderr.String())
	}
	return out
}

const python = "/usr/bin/python3"

// frame is a random frame in the size of KITTI's.
type frame struct {
	image  results.Image
	truths []scoring.Truth
	found  []perception.Detection
}

// footprints are the sizes that the detector of the frames assumes, m.
var footprints = map[perception.Class]geom.Vec{perception.Car: {X: 4, Y: 1.75}, perception.Pedestrian: {X: .5, Y: .5}, perception.Cyclist: {X: 1.75, Y: .5}}

// randomFrames returns frames with cars, pedestrians and cyclists of all difficulties,
// regions, other ignored objects, detections near them, and false ones. Coordinates and
// scores are coarse, so that boxes, overlaps and scores are often exactly at a limit.
func randomFrames() (out []frame) {
	r := rng.New(5, "public tools", "frames")
	cal := sensor.Camera{Name: "image_2", Mount: sensor.Mount{Z: 1.65}, Width: 1242, Height: 375, Fx: 721.5, Fy: 721.5, Cx: 609.5, Cy: 172.75}
	near := func(most float64) float64 { return math.Round(r.Range(-most, most)) }
	for i := range 160 {
		f := frame{image: results.Image{Index: i, ID: strconv.Itoa(i + 1), Name: fmt.Sprintf("%06d.png", i), Width: 1242, Height: 375, Camera: &cal}}
		for range 1 + r.IntN(6) {
			t := scoring.Truth{
				Class: []perception.Class{perception.Car, perception.Car, perception.Pedestrian, perception.Cyclist}[r.IntN(4)],
				Pos:   geom.Vec{X: r.Range(6, 60), Y: r.Range(-12, 12)}, Heading: r.Range(-3, 3),
				Visible: []float64{1, 1, 1, .65, .4}[r.IntN(5)], Truncated: []float64{0, 0, 0, .125, .25, .625}[r.IntN(6)],
			}
			size := footprints[t.Class]
			t.Length, t.Width, t.Distance = size.X*r.Range(.9, 1.1), size.Y*r.Range(.9, 1.1), t.Pos.Norm()
			x, y, w, h := float64(r.IntN(1100)), float64(r.IntN(250)), float64(10+r.IntN(130)), float64(15+r.IntN(110))
			t.Box = perception.Box{X0: x, Y0: y, X1: x + w, Y1: y + h}
			switch r.IntN(8) {
			case 0:
				t.Ignore, t.Region = true, true
			case 1:
				t.Ignore = true // a van
			}
			f.truths = append(f.truths, t)
			for range r.IntN(3) {
				b := t.Box
				b.X0, b.X1 = b.X0+near(w/12), b.X1+near(w/12)
				b.Y0, b.Y1 = b.Y0+near(h/12), b.Y1+near(h/12)
				f.found = append(f.found, perception.Detection{
					Class: t.Class, Box: b, Score: math.Round(r.Float64()*500) / 500,
					Pos: t.Pos.Add(geom.Vec{X: r.Range(-.4, .4), Y: r.Range(-.2, .2)}), Heading: t.Heading + r.Range(-.1, .1),
				})
			}
		}
		for range r.IntN(2) {
			x, y := float64(r.IntN(1000)), float64(r.IntN(250))
			f.found = append(f.found, perception.Detection{
				Class: perception.Car, Box: perception.Box{X0: x, Y0: y, X1: x + 60, Y1: y + 45}, Score: math.Round(r.Float64()*500) / 500, Pos: geom.Vec{X: 30},
			})
		}
		out = append(out, f)
	}
	return out
}

// objects converts a frame for package results.
func (f *frame) objects() (truths, found []results.Object) {
	place := func(c perception.Class, pos geom.Vec, heading, length, width float64) *results.Space {
		return &results.Space{Pos: pos, Heading: heading, Length: length, Width: width, Top: 1.5}
	}
	for i := range f.truths {
		t := &f.truths[i]
		truths = append(truths, results.Object{
			Class: t.Class.String(), Box: t.Box, Visible: t.Visible, Truncated: t.Truncated, Ignore: t.Ignore, Region: t.Region,
			Space: place(t.Class, t.Pos, t.Heading, t.Length, t.Width),
		})
	}
	for i := range f.found {
		d := &f.found[i]
		size := footprints[d.Class]
		found = append(found, results.Object{
			Class: d.Class.String(), Box: d.Box, Score: d.Score, Space: place(d.Class, d.Pos, d.Heading, size.X, size.Y),
		})
	}
	return truths, found
}

// write writes the frames.
func write(t *testing.T, frames []frame, truth, found func() (results.Writer, error)) {
	t.Helper()
	var w [2]results.Writer
	for i, open := range []func() (results.Writer, error){truth, found} {
		var err error
		if w[i], err = open(); err != nil {
			t.Fatal(err)
		}
		defer w[i].Discard()
	}
	for i := range frames {
		truths, dets := frames[i].objects()
		if err := errors.Join(w[0].Write(&frames[i].image, truths), w[1].Write(&frames[i].image, dets)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w[0].Close(), w[1].Close()); err != nil {
		t.Fatal(err)
	}
}

// cocoFigures returns AP, AP50, AP75, AP of small, medium and large objects, by class, and
// their means over the classes.
func cocoFigures(frames []frame) map[string][6]float64 {
	out := make(map[string][6]float64)
	var sums, counts [6]float64
	for c := range perception.NumClasses {
		var p [4]scoring.Precision
		for k, areas := range []scoring.Areas{{}, scoring.Small, scoring.Medium, scoring.Large} {
			p[k] = scoring.Precision{Class: perception.Class(c), Areas: areas}
			for i := range frames {
				p[k].Add(frames[i].truths, frames[i].found)
			}
		}
		if p[0].Truths() == 0 {
			continue
		}
		v := [6]float64{p[0].AP(), p[0].AP50(), p[0].AP75(), p[1].AP(), p[2].AP(), p[3].AP()}
		for k := range v {
			if math.IsNaN(v[k]) {
				v[k] = -1 // as in pycocotools
				continue
			}
			sums[k], counts[k] = sums[k]+v[k], counts[k]+1
		}
		out[perception.Class(c).String()] = v
	}
	var mean [6]float64
	for k := range mean {
		mean[k] = sums[k] / counts[k]
	}
	out["mean"] = mean
	return out
}

func TestPublicPycocotools(t *testing.T) {
	frames := randomFrames()
	got := cocoFigures(frames)
	if api := tool(t, "ROADLOOP_COCOAPI"); api != "" {
		dir := t.TempDir()
		truth, found := filepath.Join(dir, "truth.json"), filepath.Join(dir, "found.json")
		write(t, frames,
			func() (results.Writer, error) { return results.NewCOCOTruth(truth, results.Categories()) },
			func() (results.Writer, error) { return results.NewCOCO(found, results.Categories()) })
		want := make(map[string][6]float64)
		if err := json.Unmarshal(output(t, python, "testdata/cocoeval.py", api, truth, found), &want); err != nil {
			t.Fatal(err)
		}
		compare(t, "the tool", got, want, 1e-9)
		saveReference(t, func(r *reference) { r.COCO = want })
	}
	compare(t, referenceFile, got, readReference(t).COCO, 1e-9)
}

// compare compares figures by name.
func compare[T [3]float64 | [6]float64](t *testing.T, source string, got, want map[string]T, tolerance float64) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%s: %d figures, want %d", source, len(got), len(want))
	}
	for name, w := range want {
		g, ok := got[name]
		for k := range len(w) {
			if !ok || math.Abs(at(g, k)-at(w, k)) > tolerance {
				t.Errorf("%s: %s: %v, want %v", source, name, g, w)
				break
			}
		}
	}
}

func at[T [3]float64 | [6]float64](v T, i int) float64 {
	switch v := any(v).(type) {
	case [3]float64:
		return v[i]
	case [6]float64:
		return v[i]
	}
	return math.NaN()
}

// kittiFigures returns AP|R40 of the difficulties, in the image and on the ground.
func kittiFigures(frames []frame) map[string][3]float64 {
	out := make(map[string][3]float64)
	for _, c := range []struct {
		class perception.Class
		iou   float64
	}{{perception.Car, .7}, {perception.Pedestrian, .5}, {perception.Cyclist, .5}} {
		for _, ground := range []bool{false, true} {
			var v [3]float64
			for k, d := range scoring.Difficulties() {
				p := scoring.KITTI{Class: c.class, Difficulty: d, IoU: c.iou, Ground: ground, Size: footprints[c.class]}
				for i := range frames {
					p.Add(frames[i].truths, frames[i].found, 1)
				}
				v[k] = p.AP()
			}
			name := c.class.String() + "_detection"
			if ground {
				name += "_ground"
			}
			out[name] = v
		}
	}
	return out
}

func TestPublicKITTIDevelopmentKit(t *testing.T) {
	frames := randomFrames()
	got := kittiFigures(frames)
	if program := tool(t, "ROADLOOP_KITTI_EVAL"); program != "" {
		dir := t.TempDir()
		labels, found := filepath.Join(dir, "label_2"), filepath.Join(dir, "results/data")
		write(t, frames,
			func() (results.Writer, error) { return results.NewKITTITruth(labels) },
			func() (results.Writer, error) { return results.NewKITTI(found) })
		output(t, program, labels, found+"/")
		want := make(map[string][3]float64)
		for name := range got {
			want[name] = kittiStats(t, filepath.Join(found, "..", "stats_"+name+".txt"))
		}
		compare(t, "the tool", got, want, 2e-6)
		saveReference(t, func(r *reference) { r.KITTI = want })
	}
	compare(t, referenceFile, got, readReference(t).KITTI, 2e-6)
}

// kittiStats returns AP|R40 from a file of the development kit: for each difficulty, the
// precision at 41 recalls with six decimals.
func kittiStats(t *testing.T, path string) (out [3]float64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(data)))
	for k := range out {
		fields := strings.Fields(lines[k])
		if len(fields) != 41 {
			t.Fatalf("%s: %d recalls", path, len(fields))
		}
		for _, f := range fields[1:] {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				t.Fatal(err)
			}
			out[k] += v / 40
		}
	}
	return out
}

// randomTracks returns a sequence of road users that cross, with tracks that are lost,
// switch their IDs and are false, and with ignored objects.
func randomTracks() (truths, tracks [][]scoring.TrackBox) {
	r := rng.New(6, "public tools", "tracks")
	x, id, next := [5]float64{0, 90, 200, 310, 420}, [5]int{1, 2, 3, 4, 5}, 6
	for range 120 {
		var t, k []scoring.TrackBox
		for i := range x {
			x[i] += r.Range(-4, 8)
			if r.Chance(.03) {
				id[i], next = next, next+1
			}
			b := perception.Box{X0: math.Round(x[i]), Y0: float64(20 * i), X1: math.Round(x[i]) + 60, Y1: float64(20*i) + 50}
			if r.Chance(.9) {
				t = append(t, scoring.TrackBox{ID: i + 1, Box: b, Ignore: i == 3 && r.Chance(.5)})
			}
			if r.Chance(.85) {
				dx, dy := math.Round(r.Range(-14, 14)), math.Round(r.Range(-9, 9))
				b.X0, b.X1, b.Y0, b.Y1 = b.X0+dx, b.X1+dx, b.Y0+dy, b.Y1+dy
				k = append(k, scoring.TrackBox{ID: id[i], Box: b})
			}
		}
		if r.Chance(.2) {
			k, next = append(k, scoring.TrackBox{ID: next, Box: perception.Box{X0: 500, Y0: 0, X1: 560, Y1: 50}}), next+1
		}
		truths, tracks = append(truths, t), append(tracks, k)
	}
	return truths, tracks
}

func TestPublicTrackEval(t *testing.T) {
	truths, tracks := randomTracks()
	var m scoring.Tracking
	for i := range truths {
		m.AddBoxes(truths[i], tracks[i])
	}
	r, _ := m.Report()
	got := map[string][6]float64{"tracks": {r.HOTA, r.DetA, r.AssA, r.MOTA, r.IDF1, float64(r.Switches)}}
	if folder := tool(t, "ROADLOOP_TRACKEVAL"); folder != "" {
		dir := t.TempDir()
		writeTracks(t, dir, truths, tracks)
		var want [6]float64
		if err := json.Unmarshal(output(t, python, "testdata/trackeval.py", folder, dir), &want); err != nil {
			t.Fatal(err)
		}
		compare(t, "the tool", got, map[string][6]float64{"tracks": want}, 1e-9)
		saveReference(t, func(r *reference) { r.MOT = want })
	}
	compare(t, referenceFile, got, map[string][6]float64{"tracks": readReference(t).MOT}, 1e-9)
}

// writeTracks writes a sequence in the layout that TrackEval reads.
func writeTracks(t *testing.T, dir string, truths, tracks [][]scoring.TrackBox) {
	t.Helper()
	gt, err := results.NewMOTTruth(filepath.Join(dir, "gt/seq/gt/gt.txt"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := results.NewMOT(filepath.Join(dir, "trackers/roadloop/data/seq.txt"))
	if err != nil {
		t.Fatal(err)
	}
	object := func(b scoring.TrackBox) results.Object {
		return results.Object{Class: "car", ID: int64(b.ID), Box: b.Box, Score: 1, Visible: 1, Ignore: b.Ignore}
	}
	for i := range truths {
		im := results.Image{Index: i, Name: "x.png"}
		var a, b []results.Object
		for _, o := range truths[i] {
			a = append(a, object(o))
		}
		for _, o := range tracks[i] {
			b = append(b, object(o))
		}
		if err := errors.Join(gt.Write(&im, a), found.Write(&im, b)); err != nil {
			t.Fatal(err)
		}
	}
	ini := fmt.Sprintf("[Sequence]\nname=seq\nseqLength=%d\n", len(truths))
	err = errors.Join(gt.Close(), found.Close(),
		os.WriteFile(filepath.Join(dir, "gt/seq/seqinfo.ini"), []byte(ini), 0o644),
		os.WriteFile(filepath.Join(dir, "seqmap.txt"), []byte("name\nseq\n"), 0o644))
	if err != nil {
		t.Fatal(err)
	}
}
