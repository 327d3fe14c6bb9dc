package dataset

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception/camera/kitti"
	"roadloop/perception/network"
	"roadloop/perception/training/dataverify"
	"roadloop/perception/training/synth"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// testDrive returns a drive on the map of a frame of the test stream: the ego and the
// vehicles move at constant speeds.
func testDrive(t *testing.T, frame int64, frames int) Drive {
	t.Helper()
	m, err := synth.NewGenerator(testStream())
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Frame(frame)
	if err != nil {
		t.Fatal(err)
	}
	const period, speed = .1, 4.0
	d := Drive{Name: fmt.Sprintf("test/%d", frame), Driver: "stack, oracle", Seed: 9, Period: period}
	for k := range frames {
		v := *m.View()
		v.Cal, v.Time, v.Actors = nil, clock.Tick(10*k), slices.Clone(v.Actors)
		for i := range v.Actors {
			s := &v.Actors[i].State
			s.Speed = speed
			s.Pose = s.Pose.Compose(geom.Pose{X: speed * period * float64(k)})
		}
		v.Ego = v.Ego.Compose(geom.Pose{X: speed * period * float64(k)})
		w := newStillWorld(f.Map, &v)
		w.ego.State.Speed = speed
		d.Worlds = append(d.Worlds, w)
	}
	return d
}

// allSensors returns the sensors that a format holds.
func allSensors(t *testing.T, f Format, name string) *rig.Config {
	t.Helper()
	l, err := f.layout()
	if err != nil {
		t.Fatal(err)
	}
	c, err := rig.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	c = filter(c, func(s *rig.Sensor) bool {
		switch s.Model.(type) {
		case rig.Camera:
			return true
		case rig.Lidar:
			return l.holds().lidar
		case rig.Radar:
			return l.holds().radar
		}
		return false
	})
	for i := range c.Sensors {
		if m, ok := c.Sensors[i].Model.(rig.Camera); ok { // half the size, for speed
			k := &m.Calibration
			k.Width, k.Height, k.Fx, k.Fy, k.Cx, k.Cy = k.Width/2, k.Height/2, k.Fx/2, k.Fy/2, k.Cx/2, k.Cy/2
			c.Sensors[i].Model = m
		}
	}
	return &c
}

// valid verifies a data set with the independent reader.
func valid(t *testing.T, dir string) *dataverify.Report {
	t.Helper()
	r, err := dataverify.Verify(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Violations {
		t.Errorf("%s: %s", r.Format, r.Violations[i].String())
	}
	return r
}

// Data sets of drives and of random worlds follow the rules of every format, with all
// sensors that it holds. One goroutine and three write the same bytes.
func TestFormatsAreValid(t *testing.T) {
	drives := []Drive{testDrive(t, 1, 6), testDrive(t, 9, 2), testDrive(t, 17, 2)}
	for _, format := range Formats() {
		for _, still := range []bool{true, false} {
			l, err := format.layout()
			if err != nil {
				t.Fatal(err)
			}
			e := Export{Stream: testStream(), Format: format, Frames: 9, Sensors: allSensors(t, format, "default")}
			if !still {
				e.Drives, e.Frames = drives, 0
			} else if !l.holds().alone {
				continue
			}
			if l.holds().lists {
				e.Val, e.Test = 30, 20
			}
			one, three := t.TempDir(), t.TempDir()
			if err := e.Write(t.Context(), one); err != nil {
				t.Fatal(err)
			}
			e.Jobs = 3
			if err := e.Write(t.Context(), three); err != nil {
				t.Fatal(err)
			}
			a, b := contents(t, one), contents(t, three)
			if d := cmp.Diff(names(a), names(b)); d != "" {
				t.Errorf("%s: files by the number of goroutines: %s", format, d)
			}
			for path, data := range a {
				if !bytes.Equal(data, b[path]) {
					t.Errorf("%s: %s depends on the number of goroutines", format, path)
				}
			}
			if r := valid(t, one); r.Images < 6 || r.Labels < 6 {
				t.Errorf("%s: %d images, %d labels", format, r.Images, r.Labels)
			}
		}
	}
}

// Actors keep their tracks, also when they are hidden in between, and the metadata has the
// speed of the ego.
func TestTracksPersist(t *testing.T) {
	dir := t.TempDir()
	e := Export{Drives: []Drive{testDrive(t, 1, 6)}, Sensors: allSensors(t, Roadloop, "default")}
	if err := e.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	kinds := make(map[int]string)
	seen := make(map[int]int)
	lines := bufio.NewScanner(bytes.NewReader(contents(t, dir)[labelsFile]))
	lines.Buffer(nil, 1<<22)
	for n := 0; lines.Scan(); n++ {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if *r.Index != n || math.Abs(*r.Time-.1*float64(n)) > 1e-9 || r.EgoSpeed != 4 || r.Scenario != "test/1" {
			t.Errorf("frame %d: index %d, time %g, speed %g of %s", n, *r.Index, *r.Time, r.EgoSpeed, r.Scenario)
		}
		for _, o := range r.Objects {
			if old, known := kinds[*o.Track]; known && old != o.Kind {
				t.Errorf("the track %d is a %s and a %s", *o.Track, old, o.Kind)
			}
			kinds[*o.Track] = o.Kind
			seen[*o.Track]++
		}
	}
	long := 0
	for _, n := range seen {
		if n == 6 {
			long++
		}
	}
	if long == 0 {
		t.Errorf("no track has 6 frames: %v", seen)
	}
}

// An interrupted export of drives is completed to the same files.
func TestDrivesResume(t *testing.T) {
	whole, cut := t.TempDir(), t.TempDir()
	e := Export{Format: NuScenes, Drives: []Drive{testDrive(t, 1, 6)}, Sensors: allSensors(t, NuScenes, "default")}
	for _, dir := range []string{whole, cut} {
		if err := e.Write(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	lost, err := filepath.Glob(filepath.Join(cut, "samples", "*", "*"))
	if err != nil || len(lost) == 0 {
		t.Fatal(err)
	}
	maps, _ := filepath.Glob(filepath.Join(cut, "maps", "*"))
	for _, path := range append(lost, maps...) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Write(t.Context(), cut); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(contents(t, whole), contents(t, cut)); d != "" {
		t.Errorf("resumed differs:\n%s", d)
	}
	e.Drives[0].Source = "another"
	if err := e.Write(t.Context(), cut); err == nil || !strings.Contains(err.Error(), "choose another folder") {
		t.Errorf("another drive in the folder: %v", err)
	}
}

// No map is in two lists, and the lists have the requested shares.
func TestSubsets(t *testing.T) {
	for _, c := range []struct {
		shares shares
		maps   int
		want   map[Subset]int
	}{
		{shares{}, 50, map[Subset]int{SubsetTrain: 50}},
		{shares{val: 20}, 2, map[Subset]int{SubsetTrain: 1, SubsetVal: 1}},
		{shares{val: 20}, 10, map[Subset]int{SubsetTrain: 8, SubsetVal: 2}},
		{shares{val: 20, test: 10}, 3, map[Subset]int{SubsetTrain: 1, SubsetVal: 1, SubsetTest: 1}},
		{shares{val: 20, test: 10}, 100, map[Subset]int{SubsetTrain: 70, SubsetVal: 20, SubsetTest: 10}},
		{shares{val: 100}, 7, map[Subset]int{SubsetVal: 7}},
		{shares{val: 1, test: 1}, 300, map[Subset]int{SubsetTrain: 294, SubsetVal: 3, SubsetTest: 3}},
	} {
		got := make(map[Subset]int)
		for n := range c.maps {
			got[c.shares.subset(n)]++
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%+v of %d maps: %s", c.shares, c.maps, d)
		}
	}
	a, b := testDrive(t, 1, 1), testDrive(t, 2, 1) // on one map
	d, err := newDriven([]Drive{a, testDrive(t, 9, 1), b}, *allSensors(t, KITTI, "default"), false, shares{val: 50})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Subset{SubsetTrain, SubsetVal, SubsetTrain}; !slices.Equal(d.subsets, want) {
		t.Errorf("lists %v, want %v: frames 1 and 2 have one map", d.subsets, want)
	}
}

// Points of KITTI's lidar files are on the boxes of the labels, through Tr_velo_to_cam,
// and the reader finds the camera in the vehicle frame.
func TestLidarIsCalibrated(t *testing.T) {
	dir := t.TempDir()
	e := Export{Stream: testStream(), Format: KITTI, Frames: 8, Sensors: allSensors(t, KITTI, "default")}
	if err := e.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	files := contents(t, dir)
	set := open(t, dir)
	m, err := synth.NewGenerator(testStream())
	if err != nil {
		t.Fatal(err)
	}
	r, err := set.Reader(network.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	on := 0
	for i := range 8 {
		made, err := m.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		read, err := r.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := made.Actual.Mount, read.Actual.Mount; math.Abs(a.X-b.X)+math.Abs(a.Y-b.Y)+math.Abs(a.Z-b.Z) > 1e-6 {
			t.Errorf("frame %d: the camera is at %+v, want %+v", i, b, a)
		}
		turn, shift := lidarToCamera(t, string(files[fmt.Sprintf("training/calib/%06d.txt", i)]))
		var labels []kittiObject
		for line := range strings.Lines(string(files[fmt.Sprintf("training/label_2/%06d.txt", i)])) {
			k, err := parseKITTI(line)
			if err != nil {
				t.Fatal(err)
			}
			labels = append(labels, k)
		}
		data := files[fmt.Sprintf("training/velodyne/%06d.bin", i)]
		for at := 0; at < len(data); at += 16 {
			p := turn.Mul(kitti.Vec3{float(data[at:]), float(data[at+4:]), float(data[at+8:])}).Add(shift)
			for k := range labels {
				if labels[k].Type != dontCare && labels[k].holds(p) {
					on++
				}
			}
		}
	}
	if on < 50 {
		t.Errorf("%d lidar points are on labelled boxes", on)
	}
}

// lidarToCamera returns Tr_velo_to_cam of a calibration file.
func lidarToCamera(t *testing.T, text string) (turn kitti.Mat3, shift kitti.Vec3) {
	_, line, _ := strings.Cut(text, "Tr_velo_to_cam:")
	r := strings.NewReader(line)
	for i := range 3 {
		if _, err := fmt.Fscan(r, &turn[i][0], &turn[i][1], &turn[i][2], &shift[i]); err != nil {
			t.Fatal(err)
		}
	}
	return turn, shift
}

// holds reports whether a point of the label frame is in the box, or within 15 cm.
func (o *kittiObject) holds(p kitti.Vec3) bool {
	d := p.Sub(kitti.Vec3{o.X, o.Y, o.Z})
	sin, cos := math.Sincos(o.RotationY)
	along, across := cos*d[0]-sin*d[2], sin*d[0]+cos*d[2]
	return math.Abs(along) < o.L/2+.15 && math.Abs(across) < o.W/2+.15 && d[1] < .15 && -d[1] < o.H+.15
}

func float(b []byte) float64 {
	return float64(math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24))
}

// Known rotations as quaternions, and the rotation of a camera.
func TestQuaternion(t *testing.T) {
	h := math.Sqrt(.5)
	for _, c := range []struct {
		m    [3][3]float64
		want [4]float64
	}{
		{[3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, [4]float64{1, 0, 0, 0}},
		{[3][3]float64{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}, [4]float64{h, 0, 0, h}}, // 90° about z
		{[3][3]float64{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}, [4]float64{0, 1, 0, 0}},
		{[3][3]float64{{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}}, [4]float64{0, 0, 1, 0}},
		{[3][3]float64{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}, [4]float64{0, 0, 0, 1}},
		{[3][3]float64{{0, 0, 1}, {-1, 0, 0}, {0, -1, 0}}, [4]float64{.5, -.5, .5, -.5}}, // a camera that looks along x
	} {
		got := quaternion(c.m)
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-12 {
				t.Errorf("quaternion of %v: %v, want %v", c.m, got, c.want)
				break
			}
		}
	}
}

// A standing target ahead of a moving radar approaches; without the motion of the car it
// stands.
func TestRadarPointCloud(t *testing.T) {
	ego := actor.Actor{}
	ego.State.Speed = 10
	s := sensor.RadarScan{Mount: sensor.Mount{X: 3.6}, Targets: []sensor.RadarTarget{{Range: 20, RangeRate: -10, RCS: 7}}}
	data := radarPCD(&s, &ego)
	header, points, ok := bytes.Cut(data, []byte("DATA binary\n"))
	if !ok || !bytes.Contains(header, []byte("\nWIDTH 1\nHEIGHT 1\n")) || len(points) != 43+1 {
		t.Fatalf("%q with %d bytes", header, len(points))
	}
	if x, v, compensated := float(points), float(points[19:]), float(points[27:]); x != 20 || v != -10 || compensated != 0 || points[12] != radarStationary {
		t.Errorf("x %g, vx %g, vx_comp %g, dyn_prop %d", x, v, compensated, points[12])
	}
	empty := radarPCD(&sensor.RadarScan{}, &ego)
	if _, points, _ = bytes.Cut(empty, []byte("DATA binary\n")); !math.IsNaN(float(points)) {
		t.Error("an empty scan has no point of NaN")
	}
}

// Key frames are half a second apart.
func TestKeyFrames(t *testing.T) {
	for _, c := range []struct {
		period float64
		want   string
	}{{.05, "1000000000100"}, {.1, "1000010000100"}, {.25, "1010101010101"}, {.5, "1111111111111"}, {.2, "1111111111111"}, {1, "1111111111111"}} {
		got := ""
		for i := range len(c.want) {
			got += map[bool]string{true: "1", false: "0"}[isKey(i, c.period)]
		}
		if got != c.want {
			t.Errorf("period %g: %s, want %s", c.period, got, c.want)
		}
	}
}

// The nuScenes development kit opens a drive with four cameras, lidar and radar, and finds
// the boxes in the images, the lidar points in the boxes, and the car on the road. Without
// ROADLOOP_NUSCENES_DEVKIT, which names its folder, the independent reader stands in.
func TestNuScenesDevelopmentKit(t *testing.T) {
	dir := t.TempDir()
	e := Export{Format: NuScenes, Rig: "surround", Drives: []Drive{testDrive(t, 1, 6), testDrive(t, 9, 2)}, Sensors: allSensors(t, NuScenes, "surround"), Val: 50}
	if err := e.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if r := valid(t, dir); r.Images != 8*4 || r.Labels == 0 {
		t.Errorf("%d images, %d annotations", r.Images, r.Labels)
	}
	kit := os.Getenv("ROADLOOP_NUSCENES_DEVKIT")
	if kit == "" {
		return
	}
	python := "python3"
	if p := os.Getenv("ROADLOOP_PYTHON"); p != "" {
		python = p
	}
	out, err := exec.Command(python, "testdata/nuscenes/check.py", kit, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var found struct {
		Scenes, Samples, Images, Boxes, Lidar, Counted, Recounted, Radar, Moving int
		OnRoad                                                                   int `json:"on_road"`
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	if found.Scenes != 2 || found.Samples != 3 || found.Images != 12 || found.Boxes == 0 || found.Lidar == 0 || found.OnRoad != 3 || found.Moving == 0 {
		t.Errorf("the development kit found %s", out)
	}
	if a, b := float64(found.Counted), float64(found.Recounted); math.Abs(a-b) > .2*a {
		t.Errorf("annotations count %g lidar points, the development kit %g", a, b)
	}
}
