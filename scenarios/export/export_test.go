package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"roadloop/internal/mcap/mcaptest"
	"roadloop/perception"
	"roadloop/perception/results"
	"roadloop/perception/scoring"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/export"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
)

// library returns two cases of the library.
func library(t *testing.T) (cases []*scenarios.Case) {
	t.Helper()
	for _, name := range []string{"cut-in", "pedestrian-near-side"} {
		cases = append(cases, drivetest.Plan(t, name+"/1").Case)
	}
	return cases
}

// exported drives at most 3 s of cases and returns the folder of the files and the outcomes.
func exported(t *testing.T, o export.Options, jobs int, cases ...*scenarios.Case) (string, []*runner.Outcome) {
	t.Helper()
	dir := t.TempDir()
	for _, p := range []*string{&o.Detections, &o.Tracks, &o.States, &o.MCAP} {
		if *p != "" {
			*p = filepath.Join(dir, *p)
		}
	}
	e := export.New(o)
	var outcomes []*runner.Outcome
	err := runner.Run(t.Context(), cases, runner.Options{
		Jobs: jobs, Watch: e.Watch, Timeout: clock.FromSeconds(3),
		NewFactory: func() (runner.DriverFactory, error) { return drivetest.Factory(t, "stack", drivetest.Detector(t)), nil },
	}, func(out *runner.Outcome) error {
		outcomes = append(outcomes, out)
		return e.Add(out)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, outcomes
}

// files returns the contents of all files below a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// everything writes all kinds of files.
var everything = export.Options{Detections: "detections", DetectionFormat: export.COCO, Tracks: "tracks", TrackFormat: export.MOT, States: "states", MCAP: "mcap"}

func TestFiles(t *testing.T) {
	dir, outcomes := exported(t, everything, 1, library(t)...)
	all := files(t, dir)
	t.Run("same for any number of jobs", func(t *testing.T) { testJobs(t, all) })
	t.Run("tracks", func(t *testing.T) { testTracks(t, dir, all) })
	t.Run("detections", func(t *testing.T) { testDetections(t, all) })
	t.Run("states", func(t *testing.T) { testStates(t, all, outcomes[0]) })
	t.Run("MCAP", func(t *testing.T) { testMCAP(t, all, outcomes[0]) })
}

// The files do not depend on the number of jobs.
func testJobs(t *testing.T, a map[string]string) {
	dir, _ := exported(t, everything, 2, library(t)...)
	b := files(t, dir)
	for _, name := range []string{
		"detections/cut-in-1-camera/detections.json", "detections/cut-in-1-camera/truth.json", "tracks/seqmap.txt", "tracks/tracking.json",
		"tracks/gt/cut-in-1-camera/gt/gt.txt", "tracks/gt/cut-in-1-camera/seqinfo.ini", "tracks/trackers/roadloop/data/cut-in-1-camera.txt",
		"states/pedestrian-near-side-1.csv", "mcap/cut-in-1.mcap",
	} {
		if a[name] == "" {
			t.Errorf("no file %s", name)
		}
	}
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
		if strings.Contains(name, ".tmp-") {
			t.Errorf("temporary file %s", name)
		}
	}
}

// Our figures are those of the written tracks, and TrackEval's if ROADLOOP_TRACKEVAL names
// its folder.
func testTracks(t *testing.T, dir string, all map[string]string) {
	var figures []struct {
		Sequence string
		Frames   int
		Figures  scoring.TrackingReport
	}
	if err := json.Unmarshal([]byte(all["tracks/tracking.json"]), &figures); err != nil {
		t.Fatal(err)
	}
	if len(figures) != 2 || figures[0].Frames < 40 || figures[0].Figures.HOTA < .2 {
		t.Fatalf("figures %+v", figures)
	}
	for _, f := range figures {
		truth, found := boxes(t, all["tracks/gt/"+f.Sequence+"/gt/gt.txt"]), boxes(t, all["tracks/trackers/roadloop/data/"+f.Sequence+".txt"])
		var m scoring.Tracking
		for i := range f.Frames {
			m.AddBoxes(truth[i], found[i])
		}
		got, _ := m.Report()
		if math.Abs(got.HOTA-f.Figures.HOTA) > 1e-9 || math.Abs(got.MOTA-f.Figures.MOTA) > 1e-9 || got.Switches != f.Figures.Switches {
			t.Errorf("%s: %+v in the files, %+v in tracking.json", f.Sequence, got, f.Figures)
		}
	}
	if folder := os.Getenv("ROADLOOP_TRACKEVAL"); folder != "" {
		one := all["tracks/seqmap.txt"] // the figures of a single sequence
		if err := os.WriteFile(filepath.Join(dir, "tracks/seqmap.txt"), []byte(one[:strings.Index(one, "pedestrian")]), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("/usr/bin/python3", "../../perception/scoring/testdata/trackeval.py", folder, filepath.Join(dir, "tracks")).Output()
		var want [6]float64
		if err != nil || json.Unmarshal(out, &want) != nil {
			t.Fatalf("TrackEval: %v\n%s", err, out)
		}
		r := figures[0].Figures
		for i, v := range []float64{r.HOTA, r.DetA, r.AssA, r.MOTA, r.IDF1, float64(r.Switches)} {
			if math.Abs(v-want[i]) > 1e-9 {
				t.Errorf("TrackEval: %v, want %v", want, r)
				break
			}
		}
	}
}

// boxes returns the boxes of a MOTChallenge file by frame.
func boxes(t *testing.T, text string) map[int][]scoring.TrackBox {
	t.Helper()
	records, err := results.ReadMOT(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[int][]scoring.TrackBox)
	for _, r := range records {
		out[r.Index] = append(out[r.Index], scoring.TrackBox{ID: int(r.Object.ID), Box: r.Object.Box, Ignore: r.Object.Ignore})
	}
	return out
}

// Detections of the network lie on true cars.
func testDetections(t *testing.T, all map[string]string) {
	found, err := results.ReadCOCO(strings.NewReader(all["detections/cut-in-1-camera/detections.json"]), results.Categories())
	if err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Annotations []struct {
			Image    int        `json:"image_id"`
			Category int        `json:"category_id"`
			Box      [4]float64 `json:"bbox"`
			Crowd    int        `json:"iscrowd"`
		}
		Images []struct{ ID int }
	}
	if err := json.Unmarshal([]byte(all["detections/cut-in-1-camera/truth.json"]), &truth); err != nil {
		t.Fatal(err)
	}
	right, cars := 0, 0
	for _, a := range truth.Annotations {
		if a.Category != 1 || a.Crowd == 1 {
			continue
		}
		cars++
		box := perception.Box{X0: a.Box[0], Y0: a.Box[1], X1: a.Box[0] + a.Box[2], Y1: a.Box[1] + a.Box[3]}
		if slices.ContainsFunc(found, func(f results.Record) bool {
			return f.Image == strconv.Itoa(a.Image) && f.Object.Class == "car" && f.Object.Box.IoU(box) > .4
		}) {
			right++
		}
	}
	if len(truth.Images) < 40 || cars < 40 || right*10 < cars*7 {
		t.Errorf("%d of %d cars found in %d images", right, cars, len(truth.Images))
	}
}

// The states of the file are those of the log.
func testStates(t *testing.T, all map[string]string, out *runner.Outcome) {
	rows, err := csv.NewReader(strings.NewReader(all["states/cut-in-1.csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	log := out.Log
	actors := len(log.Actors)
	if len(rows) != 1+len(log.Steps)*actors || rows[0][4] != "x_m" || rows[1][2] != "ego" {
		t.Fatalf("%d rows, begin %v", len(rows), rows[:2])
	}
	for _, step := range []int{0, len(log.Steps) - 1} {
		row := rows[1+step*actors+1]
		want := log.Steps[step].States[1]
		for i, v := range map[int]float64{0: log.Steps[step].Time.Seconds(), 4: want.Pose.X, 5: want.Pose.Y, 6: want.Pose.Yaw, 7: want.Speed, 8: want.Accel} {
			if got, err := strconv.ParseFloat(row[i], 64); err != nil || got != v {
				t.Errorf("step %d: %s is %s, want %g", step, rows[0][i], row[i], v)
			}
		}
	}
}

// The MCAP file has the topics that Foxglove and Rerun show, and poses that fit each other.
func testMCAP(t *testing.T, all map[string]string, out *runner.Outcome) {
	messages, err := mcaptest.Read([]byte(all["mcap/cut-in-1.mcap"]))
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[string]int)
	last := make(map[string]mcaptest.Message)
	for _, m := range messages {
		count[m.Topic+" "+strings.TrimPrefix(m.Type, "foxglove.")]++
		last[m.Topic] = m
	}
	steps := len(out.Log.Steps)
	for topic, least := range map[string]int{
		"/camera/camera/image CompressedImage": 40, "/camera/camera/calibration CameraCalibration": 40, "/camera/camera/detections ImageAnnotations": 40,
		"/camera/camera/labels ImageAnnotations": 40, "/lidar/lidar PointCloud": 20, "/tf FrameTransforms": steps - 1, "/ego/pose PoseInFrame": steps - 1,
		"/ego/estimate PoseInFrame": steps - 1, "/truth/actors SceneUpdate": steps - 1, "/perception/tracks SceneUpdate": steps - 1, "/log Log": 1,
	} {
		if count[topic] < least {
			t.Errorf("%s: %d messages, want at least %d", topic, count[topic], least)
		}
	}
	// The middle of the ego's box is ahead of its rear axle, and half of its height above the
	// ground.
	var actors struct {
		Entities []struct {
			Cubes []struct {
				Pose struct{ Position struct{ X, Z float64 } }
				Size struct{ X, Z float64 }
			}
		}
	}
	var pose struct {
		Pose struct{ Position struct{ X float64 } }
	}
	if err := json.Unmarshal(last["/truth/actors"].JSON, &actors); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(last["/ego/pose"].JSON, &pose); err != nil {
		t.Fatal(err)
	}
	ego := actors.Entities[0].Cubes[0]
	shape := out.Log.Actors[0].Shape
	if math.Abs(ego.Pose.Position.X-pose.Pose.Position.X-shape.RearToCenter) > .05 || ego.Pose.Position.Z != shape.Height/2 || ego.Size.X != shape.Length {
		t.Errorf("box %+v, rear axle at %+v", ego, pose)
	}
	if verdict := last["/log"]; !bytes.Contains(verdict.JSON, []byte(`"verdict"`)) {
		t.Errorf("last log message %s", verdict.JSON)
	}
}

// A drive to the end of its time is a step longer than its observations. The times of a topic
// rise, other than those of events, and all files have the same frames.
func TestEachObservationOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "short.yaml")
	const text = `version: 1
name: short
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
actors: [{id: lead, kind: car, lane: 0, s: 45 m, speed: 10 m/s}]
until: {time: 0.5 s}
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := scenarios.FindCase(path + "/1")
	if err != nil {
		t.Fatal(err)
	}
	dir, outcomes := exported(t, everything, 1, c)
	all := files(t, dir)
	if log := outcomes[0].Log; log.Steps[len(log.Steps)-1].Time != clock.FromSeconds(.5) {
		t.Fatalf("the drive ended at %v, want 0.5 s", log.Steps[len(log.Steps)-1].Time)
	}
	messages, err := mcaptest.Read([]byte(all["mcap/short-1.mcap"]))
	if err != nil {
		t.Fatal(err)
	}
	count, last := make(map[string]int), make(map[string]uint64)
	for _, m := range messages {
		if m.Topic != "/log" && count[m.Topic] > 0 && m.Time <= last[m.Topic] {
			t.Errorf("%s: a message at %d ns after one at %d ns", m.Topic, m.Time, last[m.Topic])
		}
		count[m.Topic]++
		last[m.Topic] = m.Time
	}
	var figures []struct{ Frames int }
	if err := json.Unmarshal([]byte(all["tracks/tracking.json"]), &figures); err != nil {
		t.Fatal(err)
	}
	var truth struct{ Images []struct{ ID int } }
	if err := json.Unmarshal([]byte(all["detections/short-1-camera/truth.json"]), &truth); err != nil {
		t.Fatal(err)
	}
	frames := count["/camera/camera/image"]
	if steps := count["/perception/tracks"]; steps != len(outcomes[0].Log.Steps)-1 || frames < 3 || frames > steps {
		t.Errorf("%d frames in %d steps with tracks, the log has %d steps", frames, steps, len(outcomes[0].Log.Steps))
	}
	if figures[0].Frames != frames || len(truth.Images) != frames {
		t.Errorf("%d frames of tracks and %d of detections, %d in the MCAP file", figures[0].Frames, len(truth.Images), frames)
	}
	if info := all["tracks/gt/short-1-camera/seqinfo.ini"]; !strings.Contains(info, "\nseqLength="+strconv.Itoa(frames)+"\n") {
		t.Errorf("%d frames in the MCAP file, seqinfo.ini has\n%s", frames, info)
	}
	if n, want := count["/truth/actors"], len(outcomes[0].Log.Steps); n != want {
		t.Errorf("%d states of the world, want %d: also that at the end", n, want)
	}
}

// A driver without sensors has nothing to detect with.
func TestDetectionsNeedFrames(t *testing.T) {
	c := drivetest.Plan(t, "cut-in/1").Case
	e := export.New(export.Options{Detections: t.TempDir(), DetectionFormat: export.COCO})
	var failed error
	err := runner.Run(t.Context(), []*scenarios.Case{c}, runner.Options{
		Watch: e.Watch, Timeout: clock.FromSeconds(1),
		NewFactory: func() (runner.DriverFactory, error) { return drivetest.Factory(t, "fsm", nil), nil },
	}, func(out *runner.Outcome) error { failed = e.Add(out); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if failed == nil || !strings.Contains(failed.Error(), "cut-in/1: no camera frame reached the driver") {
		t.Errorf("error %v", failed)
	}
}
