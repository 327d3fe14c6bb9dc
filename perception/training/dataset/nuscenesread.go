package dataset

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"roadloop/internal/fileio"
	"roadloop/perception"
	"roadloop/perception/camera/kitti"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

// nuScenesChannel is the camera that is read unless Options.Channel names another.
const nuScenesChannel = "CAM_FRONT"

// nuScenesClasses are the classes of nuScenes' categories (Caesar et al. 2020). Categories
// of things that may contain or resemble a road user are regions; noClass marks those that
// no class of the network covers.
var nuScenesClasses = map[string]perception.Class{
	"vehicle.car": perception.Car, "vehicle.emergency.police": perception.Car,
	"vehicle.truck": perception.Truck, "vehicle.trailer": perception.Truck, "vehicle.construction": perception.Truck,
	"vehicle.bus.bendy": perception.Truck, "vehicle.bus.rigid": perception.Truck, "vehicle.emergency.ambulance": perception.Truck,
	"vehicle.bicycle": perception.Cyclist, "vehicle.motorcycle": perception.Cyclist,
	"human.pedestrian.adult": perception.Pedestrian, "human.pedestrian.child": perception.Pedestrian,
	"human.pedestrian.construction_worker": perception.Pedestrian, "human.pedestrian.police_officer": perception.Pedestrian,
	"human.pedestrian.personal_mobility": region, "human.pedestrian.stroller": region, "human.pedestrian.wheelchair": region,
	"static_object.bicycle_rack": region,
	"movable_object.trafficcone": perception.Cone, "movable_object.debris": perception.Cone,
	"movable_object.barrier": noClass, "movable_object.pushable_pullable": noClass, "animal": noClass,
}

const noClass = region + 1

// nuScenesVersions returns the folders with tables, for example v1.0-mini.
func nuScenesVersions(dir string) []string {
	return slices.DeleteFunc(folders(dir), func(name string) bool { return !exists(filepath.Join(dir, name, "sample_data.json")) })
}

// Rows of nuScenes' tables, with the fields that are read.
type (
	nuSensor     struct{ Token, Channel string }
	nuCalibrated struct {
		Token       string
		SensorToken string      `json:"sensor_token"`
		Translation []float64   // m
		Rotation    []float64   // w, x, y, z: camera to vehicle
		Intrinsic   [][]float64 `json:"camera_intrinsic"`
	}
	nuData struct {
		Token       string
		SampleToken string `json:"sample_token"`
		EgoToken    string `json:"ego_pose_token"`
		Calibrated  string `json:"calibrated_sensor_token"`
		Timestamp   int64  // µs
		Filename    string
		IsKeyFrame  bool `json:"is_key_frame"`
		line        int
	}
	nuPose struct {
		Token                 string
		Translation, Rotation []float64 // vehicle to world
	}
	nuNamed struct {
		Token, Name, Level string
		CategoryToken      string `json:"category_token"`
	}
	nuSample struct {
		Token      string
		SceneToken string `json:"scene_token"`
	}
	nuAnnotation struct {
		Token                       string
		SampleToken                 string    `json:"sample_token"`
		InstanceToken               string    `json:"instance_token"`
		VisibilityToken             string    `json:"visibility_token"`
		Translation, Size, Rotation []float64 // world; size is width, length, height
		LidarPoints                 int       `json:"num_lidar_pts"`
		RadarPoints                 int       `json:"num_radar_pts"`
	}
)

// nuReader reads the tables of a version.
type nuReader struct {
	set        *Set
	dir        string // of the tables
	channel    string
	listed     map[string]bool          // whether a sample is in the split, by token; nil for all frames
	cameras    map[string]sensor.Camera // by token of the calibration
	frames     []nuData
	poses      map[string]nuTransform
	samples    map[string]int // index of the sample in the set by sample_token
	toVehicle  []nuTransform  // world to vehicle, by sample
	categories map[string]string
	instances  map[string]string // category by instance
	visible    map[string]float64
}

// readNuScenes reads the key frames of one camera from nuScenes' tables. Boxes in space are
// moved to the vehicle at the time of the picture by its ego_pose, and projected by the
// calibrated sensor.
func (s *Set) readNuScenes() error {
	version, err := s.nuScenesVersion()
	if err != nil {
		return err
	}
	r := nuReader{
		set: s, dir: filepath.Join(s.dir, version), channel: cmp.Or(s.options.Channel, nuScenesChannel),
		cameras: make(map[string]sensor.Camera), poses: make(map[string]nuTransform), samples: make(map[string]int),
		categories: make(map[string]string), instances: make(map[string]string), visible: make(map[string]float64),
	}
	for _, read := range []func() error{r.readCameras, r.readSplit, r.readFrames, r.readPoses, r.addFrames, r.readNames, r.readAnnotations} {
		if err := read(); err != nil {
			return err
		}
	}
	s.markUnlabelled([perception.NumClasses]bool{
		perception.Car: true, perception.Truck: true, perception.Pedestrian: true, perception.Cyclist: true, perception.Cone: true,
	})
	return nil
}

// nuScenesVersion returns the folder of the tables.
func (s *Set) nuScenesVersion() (string, error) {
	versions := nuScenesVersions(s.dir)
	if chosen := s.options.Annotations; chosen != "" {
		if slices.Contains(versions, filepath.Clean(chosen)) {
			return chosen, nil
		}
		return "", fmt.Errorf("%s: --annotations %s: no such version, there are %s", s.dir, chosen, strings.Join(versions, ", "))
	}
	if len(versions) > 1 {
		return "", fmt.Errorf("%s: %d versions: choose one with --annotations: %s", s.dir, len(versions), strings.Join(versions, ", "))
	}
	if len(versions) == 0 {
		return "", fmt.Errorf("%s: no folder has tables of nuScenes, such as v1.0-mini/sample_data.json", s.dir)
	}
	return versions[0], nil
}

// nuScenesLists is the file in the folder of the tables with lists of scenes by name. The
// development kit reads it; nuScenes' own lists are part of the kit, without a file.
const nuScenesLists = "splits.json"

// nuScenesHasSplit reports whether a list of scenes has the name of a split and is not empty.
// Of a file that cannot be read it reports true, so that Open returns its error.
func (s *Set) nuScenesHasSplit(split synth.Split) bool {
	version, err := s.nuScenesVersion()
	if err != nil {
		return false
	}
	path := filepath.Join(s.dir, version, nuScenesLists)
	if !exists(path) {
		return false
	}
	data, err := fileio.ReadRegular(path)
	if err != nil {
		return true
	}
	lists, err := listsOf(split, bytes.TrimPrefix(data, byteOrderMark))
	return err != nil || len(lists) > 0
}

// listsOf returns the lists of scenes of a split that are not empty.
func listsOf(split synth.Split, data []byte) (lists map[string][]string, err error) {
	if err := decode(data, 1, &lists); err != nil {
		return nil, err
	}
	maps.DeleteFunc(lists, func(name string, scenes []string) bool { return splitOf(name) != split || len(scenes) == 0 })
	return lists, nil
}

// readSplit reads the samples of the split: those of the scenes in its lists.
func (r *nuReader) readSplit() error {
	split := r.set.options.Split
	if split == "" {
		return nil
	}
	path := filepath.Join(r.dir, nuScenesLists)
	if !exists(path) {
		return r.set.noSplit()
	}
	data, err := r.set.read(path)
	if err != nil {
		return err
	}
	lists, err := listsOf(split, data)
	switch {
	case err != nil:
		return inFile(path, err)
	case len(lists) == 0:
		return r.set.noSplit()
	}
	scenes := make(map[string]string) // tokens by name
	err = readTable(r.set, r.path("scene"), func(row *nuNamed, _ int) error {
		scenes[row.Name] = row.Token
		return nil
	})
	if err != nil {
		return err
	}
	tokens := make(map[string]bool) // of the scenes in the lists
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		for _, scene := range lists[name] {
			if token, ok := scenes[scene]; ok {
				tokens[token] = true
			} else if err := r.set.tolerate(inFile(path, fmt.Errorf("%s: there is no scene %q", name, scene))); err != nil {
				return err
			}
		}
	}
	r.listed = make(map[string]bool)
	return readTable(r.set, r.path("sample"), func(row *nuSample, _ int) error {
		r.listed[row.Token] = tokens[row.SceneToken]
		return nil
	})
}

func (r *nuReader) path(table string) string { return filepath.Join(r.dir, table+".json") }

// readCameras reads the calibrations of the channel.
func (r *nuReader) readCameras() error {
	channels := make(map[string]string)
	var names []string
	err := readTable(r.set, r.path("sensor"), func(row *nuSensor, _ int) error {
		channels[row.Token] = row.Channel
		names = append(names, row.Channel)
		return nil
	})
	if err != nil {
		return err
	}
	if !slices.Contains(names, r.channel) {
		slices.Sort(names)
		return fmt.Errorf("%s: there is no channel %s, there are %s", r.path("sensor"), r.channel, strings.Join(slices.Compact(names), ", "))
	}
	return readTable(r.set, r.path("calibrated_sensor"), func(row *nuCalibrated, _ int) error {
		if channels[row.SensorToken] != r.channel {
			return nil
		}
		c, err := row.camera(r.channel)
		if err != nil {
			return fmt.Errorf("calibrated_sensor %s: %w", row.Token, err)
		}
		r.cameras[row.Token] = c
		return nil
	})
}

// camera returns the calibration, without the size of the picture. The principal point is that
// of package sensor, as for camera.ReadFile: nuscenes-devkit counts pixels from the corner of
// the picture, too.
func (row *nuCalibrated) camera(name string) (c sensor.Camera, err error) {
	t, err := newTransform(row.Translation, row.Rotation)
	if err != nil {
		return c, err
	}
	k := row.Intrinsic
	if len(k) != 3 || len(k[0]) != 3 || len(k[1]) != 3 {
		return c, errors.New("camera_intrinsic: want 3 rows of 3 numbers")
	}
	right, down, forward := t.turn.Column(0), t.turn.Column(1), t.turn.Column(2)
	return sensor.Camera{
		Name: name, Fx: k[0][0], Fy: k[1][1], Cx: k[0][2], Cy: k[1][2],
		Mount: sensor.Mount{
			X: t.at[0], Y: t.at[1], Z: t.at[2], Yaw: math.Atan2(forward[1], forward[0]),
			Pitch: math.Asin(-math.Max(-1, math.Min(1, forward[2]))), Roll: math.Atan2(-right[2], -down[2]),
		},
	}, nil
}

// readFrames reads the key frames of the channel, in order of time.
func (r *nuReader) readFrames() error {
	err := readTable(r.set, r.path("sample_data"), func(row *nuData, line int) error {
		if _, ok := r.cameras[row.Calibrated]; !ok || !row.IsKeyFrame {
			return nil
		}
		if listed, known := r.listed[row.SampleToken]; r.listed != nil && !listed {
			if !known {
				return fmt.Errorf("sample_data %s: there is no sample %s", row.Token, row.SampleToken)
			}
			return nil
		}
		if !filepath.IsLocal(filepath.FromSlash(row.Filename)) {
			return fmt.Errorf("sample_data %s: filename: %q is not a path within the folder", row.Token, row.Filename)
		}
		row.line = line
		r.frames = append(r.frames, *row)
		r.poses[row.EgoToken] = nuTransform{}
		return nil
	})
	slices.SortStableFunc(r.frames, func(a, b nuData) int {
		return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), cmp.Compare(a.Token, b.Token))
	})
	return err
}

// readPoses reads the poses of the vehicle in the frames.
func (r *nuReader) readPoses() error {
	return readTable(r.set, r.path("ego_pose"), func(row *nuPose, _ int) error {
		if _, ok := r.poses[row.Token]; !ok {
			return nil
		}
		t, err := newTransform(row.Translation, row.Rotation)
		if err != nil {
			return fmt.Errorf("ego_pose %s: %w", row.Token, err)
		}
		r.poses[row.Token] = t
		return nil
	})
}

// addFrames adds the frames to the set.
func (r *nuReader) addFrames() error {
	for i := range r.frames {
		row := &r.frames[i]
		if err := r.addFrame(row); err != nil {
			err = inFile(r.path("sample_data"), &lineError{row.line, fmt.Errorf("sample_data %s: %w", row.Token, err)})
			if err := r.set.tolerate(err); err != nil {
				return err
			}
			if _, ok := r.samples[row.SampleToken]; !ok { // not a second key frame, of which the first one stays
				r.samples[row.SampleToken] = leftOut
			}
		}
	}
	return nil
}

func (r *nuReader) addFrame(row *nuData) error {
	if _, ok := r.samples[row.SampleToken]; ok {
		return fmt.Errorf("sample %s has a second key frame of %s", row.SampleToken, r.channel)
	}
	pose := r.poses[row.EgoToken]
	if pose == (nuTransform{}) {
		return fmt.Errorf("there is no ego_pose %s", row.EgoToken)
	}
	sm := sample{picture: filepath.Join(r.set.dir, filepath.FromSlash(row.Filename)), camera: r.cameras[row.Calibrated], noLanes: true}
	sm.lacks.Drivable, sm.lacks.Weather = true, true
	w, h, err := r.set.size(&sm)
	if err != nil {
		return err
	}
	sm.camera.Width, sm.camera.Height = w, h
	if err := checkCamera(&sm.camera, w, h); err != nil {
		return err
	}
	r.samples[row.SampleToken] = len(r.set.samples)
	r.set.samples = append(r.set.samples, sm)
	r.toVehicle = append(r.toVehicle, pose.inverse())
	return nil
}

// readNames reads categories, instances and levels of visibility.
func (r *nuReader) readNames() error {
	return errors.Join(
		readTable(r.set, r.path("category"), func(row *nuNamed, _ int) error {
			r.categories[row.Token] = row.Name
			return nil
		}),
		readTable(r.set, r.path("instance"), func(row *nuNamed, _ int) error {
			r.instances[row.Token] = row.CategoryToken
			return nil
		}),
		readTable(r.set, r.path("visibility"), func(row *nuNamed, _ int) error {
			share, err := parseVisibility(row.Level)
			if err != nil {
				return fmt.Errorf("visibility %s: %w", row.Token, err)
			}
			r.visible[row.Token] = share
			return nil
		}),
	)
}

// parseVisibility returns the middle of a range of visible shares such as "v40-60" percent.
func parseVisibility(level string) (float64, error) {
	from, to, ok := strings.Cut(strings.TrimPrefix(level, "v"), "-")
	a, errA := strconv.ParseFloat(from, 64)
	b, errB := strconv.ParseFloat(to, 64)
	if !ok || errA != nil || errB != nil || !(a >= 0 && a <= b && b <= 100) {
		return 0, fmt.Errorf("level %q is not a range of percents, such as v40-60", level)
	}
	return (a + b) / 200, nil
}

// readAnnotations adds the boxes of the frames.
func (r *nuReader) readAnnotations() error {
	return readTable(r.set, r.path("sample_annotation"), func(row *nuAnnotation, _ int) error {
		index, ok := r.samples[row.SampleToken]
		if !ok || index == leftOut {
			return nil
		}
		if err := r.annotation(row, &r.set.samples[index], r.toVehicle[index]); err != nil {
			return fmt.Errorf("sample_annotation %s: %w", row.Token, err)
		}
		return nil
	})
}

// annotation adds a box to a frame, if the frame shows it.
func (r *nuReader) annotation(row *nuAnnotation, sm *sample, toVehicle nuTransform) error {
	category, ok := r.instances[row.InstanceToken]
	if !ok {
		return fmt.Errorf("there is no instance %s", row.InstanceToken)
	}
	name, ok := r.categories[category]
	if !ok {
		return fmt.Errorf("there is no category %s", category)
	}
	class, ok := nuScenesClasses[name]
	if !ok {
		var err error
		if class, ok, err = r.set.classOf(name[strings.LastIndexByte(name, '.')+1:]); !ok {
			return err
		}
	}
	box, err := newTransform(row.Translation, row.Rotation)
	if err != nil {
		return err
	}
	if len(row.Size) != 3 || !(row.Size[0] > 0 && row.Size[1] > 0 && row.Size[2] > 0) {
		return fmt.Errorf("size: %v, want width, length and height above 0", row.Size)
	}
	visible, ok := r.visible[row.VisibilityToken]
	if !ok && row.VisibilityToken != "" {
		return fmt.Errorf("there is no visibility %s", row.VisibilityToken)
	}
	if row.VisibilityToken == "" {
		visible = 1
	}
	o, shown := projectBox(toVehicle.after(box), kitti.Vec3{row.Size[1], row.Size[0], row.Size[2]}, &sm.camera)
	if !shown {
		return nil
	}
	if class == noClass {
		r.set.skipped[name]++
		return nil
	}
	o.Visible = visible
	if row.LidarPoints+row.RadarPoints == 0 {
		markIgnored(&o) // as in nuScenes' evaluation
	}
	if err := cmp.Or(checkPlace(&o), checkExtent(&o)); err != nil {
		return err
	}
	sm.add(o, class)
	return nil
}

// projectBox returns the label of a box in the vehicle frame, of length, width and height:
// the bounds of its projection. shown is false if it is behind the camera or outside of the
// picture.
func projectBox(box nuTransform, size kitti.Vec3, c *sensor.Camera) (o label.Object, shown bool) {
	var corners [8]kitti.Vec3 // in the camera frame
	for i := range corners {
		p := box.point(kitti.Vec3{size[0] * (float64(i&1) - .5), size[1] * (float64(i>>1&1) - .5), size[2] * (float64(i>>2&1) - .5)})
		corners[i][0], corners[i][1], corners[i][2] = c.Mount.ToSensor(p[0], p[1], p[2])
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	const near = .1 // m
	extend := func(p kitti.Vec3) {
		u, v := c.Pixel(p[0]/p[2], p[1]/p[2])
		x0, y0, x1, y1 = min(x0, u), min(y0, v), max(x1, u), max(y1, v)
	}
	for i := range corners {
		for _, axis := range [...]int{1, 2, 4} { // edges, and both of their ends
			a, b := corners[i], corners[i^axis]
			if a[2] < near {
				continue
			}
			extend(a)
			if b[2] < near {
				extend(a.Add(b.Sub(a).Scale((a[2] - near) / (a[2] - b[2]))))
			}
		}
	}
	w, h := float64(c.Width), float64(c.Height)
	o = label.Object{X0: max(x0, 0), Y0: max(y0, 0), X1: min(x1, w), Y1: min(y1, h)}
	if !(o.X1 > o.X0 && o.Y1 > o.Y0) {
		return o, false
	}
	o.Truncated = max(0, 1-(o.X1-o.X0)*(o.Y1-o.Y0)/((x1-x0)*(y1-y0)))
	forward := box.turn.Column(0)
	o.Pos = geom.Vec{X: box.at[0], Y: box.at[1]}
	o.Length, o.Width, o.Bottom, o.Top = size[0], size[1], box.at[2]-size[2]/2, box.at[2]+size[2]/2
	o.Distance = o.Pos.Dist(geom.Vec{X: c.Mount.X, Y: c.Mount.Y})
	o.Heading = geom.WrapAngle(math.Atan2(forward[1], forward[0]) - c.Mount.Yaw)
	return o, true
}

// nuTransform is a rotation and a translation.
type nuTransform struct {
	turn kitti.Mat3
	at   kitti.Vec3
}

// newTransform returns the transform of a translation and a quaternion w, x, y, z.
func newTransform(translation, rotation []float64) (t nuTransform, err error) {
	if len(translation) != 3 {
		return t, fmt.Errorf("translation: %d numbers, want 3", len(translation))
	}
	if len(rotation) != 4 {
		return t, fmt.Errorf("rotation: %d numbers, want w, x, y and z", len(rotation))
	}
	w, x, y, z := rotation[0], rotation[1], rotation[2], rotation[3]
	n := w*w + x*x + y*y + z*z
	if math.Abs(n-1) > .01 {
		return t, fmt.Errorf("rotation: the quaternion has the norm %.3g, want 1", math.Sqrt(n))
	}
	s := 2 / n
	t.turn = kitti.Mat3{
		{1 - s*(y*y+z*z), s * (x*y - z*w), s * (x*z + y*w)},
		{s * (x*y + z*w), 1 - s*(x*x+z*z), s * (y*z - x*w)},
		{s * (x*z - y*w), s * (y*z + x*w), 1 - s*(x*x+y*y)},
	}
	t.at = kitti.Vec3(translation)
	return t, nil
}

func (t nuTransform) point(p kitti.Vec3) kitti.Vec3 { return t.turn.Mul(p).Add(t.at) }

// inverse returns the inverse transform.
func (t nuTransform) inverse() nuTransform {
	back := t.turn.Transpose()
	return nuTransform{back, back.Mul(t.at).Scale(-1)}
}

// after returns the transform that applies u and then t.
func (t nuTransform) after(u nuTransform) nuTransform {
	return nuTransform{t.turn.Times(u.turn), t.point(u.at)}
}

// readTable reads a table, an array of objects, row by row: tables have gigabytes. Errors
// contain the line of their row, and can be tolerated.
func readTable[T any](s *Set, path string, yield func(row *T, line int) error) error {
	f, err := fileio.OpenRegular(path)
	if err != nil {
		return fmt.Errorf("labels: %w", err)
	}
	defer f.Close()
	buffer := bufio.NewReader(io.TeeReader(f, s.digest))
	if mark, err := buffer.Peek(len(byteOrderMark)); err == nil && bytes.Equal(mark, byteOrderMark) {
		if _, err := buffer.Discard(len(mark)); err != nil {
			return fmt.Errorf("labels: %w", err)
		}
	}
	lines := lineCounter{r: buffer}
	dec := json.NewDecoder(&lines)
	if t, err := dec.Token(); err != nil {
		return inFile(path, &lineError{lines.at(dec.InputOffset()), err})
	} else if t != json.Delim('[') {
		return inFile(path, &lineError{lines.at(dec.InputOffset()), fmt.Errorf("document: found %s, want an array", kindOf(t))})
	}
	for i := 0; dec.More(); i++ {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return inFile(path, &lineError{lines.at(dec.InputOffset()), fmt.Errorf("row %d: %w", i, err)})
		}
		line := lines.at(dec.InputOffset() - int64(len(raw)))
		var row T
		err := decode(raw, line, &row)
		if err == nil {
			if err = yield(&row, line); err != nil {
				err = &lineError{line, err}
			}
		}
		if err != nil {
			if err := s.tolerate(inFile(path, err)); err != nil {
				return err
			}
		}
	}
	if _, err := dec.Token(); err != nil {
		return inFile(path, &lineError{lines.at(dec.InputOffset()), err})
	}
	_, err = io.Copy(io.Discard, &lines) // for the digest
	return err
}

// lineCounter provides the lines of offsets in a stream. It remembers the ends of the lines
// that were read and not asked for.
type lineCounter struct {
	r     io.Reader
	count int64   // bytes read
	ends  []int64 // offsets of line ends
	line  int     // ends that were passed
}

// Read reads from the stream.
func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			c.ends = append(c.ends, c.count+int64(i))
		}
	}
	c.count += int64(n)
	return n, err
}

// at returns the line of an offset, from 1. Offsets must not decrease between calls.
func (c *lineCounter) at(offset int64) int {
	passed := 0
	for passed < len(c.ends) && c.ends[passed] < offset {
		passed++
	}
	c.ends, c.line = c.ends[passed:], c.line+passed
	return c.line + 1
}
