package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// token returns the primary key of a record, from what identifies it.
func token(table string, key ...string) string {
	sum := sha256.Sum256([]byte(table + "\x00" + strings.Join(key, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Records of the tables.
type (
	nuscNamed struct { // attribute and category
		Token       string `json:"token"`
		Name        string `json:"name"`
		Description string `json:"description"`
		Index       *int   `json:"index,omitempty"`
	}
	nuscVisibility struct {
		Token       string `json:"token"`
		Level       string `json:"level"`
		Description string `json:"description"`
	}
	nuscSensor struct {
		Token    string `json:"token"`
		Channel  string `json:"channel"`
		Modality string `json:"modality"`
	}
	nuscCalibrated struct {
		Token       string      `json:"token"`
		SensorToken string      `json:"sensor_token"`
		Translation [3]float64  `json:"translation"`
		Rotation    [4]float64  `json:"rotation"`
		Intrinsic   [][]float64 `json:"camera_intrinsic"`
	}
	nuscEgoPose struct {
		Token     string `json:"token"`
		Timestamp int64  `json:"timestamp"`
		nuscPose
	}
	nuscLog struct {
		Token    string `json:"token"`
		LogFile  string `json:"logfile"`
		Vehicle  string `json:"vehicle"`
		Date     string `json:"date_captured"`
		Location string `json:"location"`
	}
	nuscMap struct {
		Token    string   `json:"token"`
		Logs     []string `json:"log_tokens"`
		Category string   `json:"category"`
		Path     string   `json:"filename"`
	}
	nuscScene struct {
		Token       string `json:"token"`
		Name        string `json:"name"`
		Description string `json:"description"`
		LogToken    string `json:"log_token"`
		Samples     int    `json:"nbr_samples"`
		First       string `json:"first_sample_token"`
		Last        string `json:"last_sample_token"`
	}
	nuscSample struct {
		Token      string `json:"token"`
		Timestamp  int64  `json:"timestamp"`
		SceneToken string `json:"scene_token"`
		Next       string `json:"next"`
		Prev       string `json:"prev"`
	}
	nuscSampleData struct {
		Token           string `json:"token"`
		SampleToken     string `json:"sample_token"`
		EgoPoseToken    string `json:"ego_pose_token"`
		CalibratedToken string `json:"calibrated_sensor_token"`
		Path            string `json:"filename"`
		Format          string `json:"fileformat"`
		Width           int    `json:"width"`
		Height          int    `json:"height"`
		Timestamp       int64  `json:"timestamp"`
		Key             bool   `json:"is_key_frame"`
		Next            string `json:"next"`
		Prev            string `json:"prev"`
	}
	nuscInstance struct {
		Token         string `json:"token"`
		CategoryToken string `json:"category_token"`
		Annotations   int    `json:"nbr_annotations"`
		First         string `json:"first_annotation_token"`
		Last          string `json:"last_annotation_token"`
	}
	nuscAnnotation struct {
		Token           string     `json:"token"`
		SampleToken     string     `json:"sample_token"`
		InstanceToken   string     `json:"instance_token"`
		VisibilityToken string     `json:"visibility_token"`
		AttributeTokens []string   `json:"attribute_tokens"`
		Translation     [3]float64 `json:"translation"`
		Size            [3]float64 `json:"size"`
		Rotation        [4]float64 `json:"rotation"`
		LidarPoints     int        `json:"num_lidar_pts"`
		RadarPoints     int        `json:"num_radar_pts"`
		Next            string     `json:"next"`
		Prev            string     `json:"prev"`
	}
)

// nuscTables collects the records of the tables from frames in order.
type nuscTables struct {
	known      map[string]bool // tokens of sensors, calibrations, logs
	sensors    []nuscSensor
	calibrated []nuscCalibrated
	poses      []nuscEgoPose
	logs       []nuscLog
	maps       []nuscMap
	scenes     []nuscScene
	samples    []nuscSample
	data       []nuscSampleData
	instances  []nuscInstance
	boxes      []nuscAnnotation

	// Of the scene at hand:
	last      map[string]int // last sample_data of each channel
	waiting   []int          // sample_data since the last key frame
	instance  map[int]int    // instances by actor
	annotated map[int]int    // last annotation by actor
}

func newTables() *nuscTables { return &nuscTables{known: make(map[string]bool)} }

// add adds a frame. It reports whether a scene begins.
func (t *nuscTables) add(f *nuscFrame, key bool) (begins bool) {
	begins = len(t.scenes) == 0 || t.scenes[len(t.scenes)-1].Name != f.Scene
	if begins {
		t.begin(f)
	}
	for i := range f.Files {
		t.file(f, &f.Files[i], key)
	}
	if key {
		t.sample(f)
	}
	scene := &t.scenes[len(t.scenes)-1]
	for _, i := range t.waiting {
		if t.data[i].SampleToken = scene.Last; key {
			t.data[i].SampleToken = t.samples[len(t.samples)-1].Token
		}
	}
	if key {
		t.waiting = t.waiting[:0]
	}
	return begins
}

// begin begins a scene.
func (t *nuscTables) begin(f *nuscFrame) {
	t.last, t.instance, t.annotated = make(map[string]int), make(map[int]int), make(map[int]int)
	t.waiting = t.waiting[:0]
	log := token("log", f.Map)
	if !t.known[log] {
		t.known[log] = true
		t.logs = append(t.logs, nuscLog{log, f.Map, "roadloop", "2020-01-01", f.Location})
		t.maps = append(t.maps, nuscMap{token("map", f.Map), []string{log}, "semantic_prior", maskPath(f.Map)})
	}
	t.scenes = append(t.scenes, nuscScene{Token: token("scene", f.Scene), Name: f.Scene, Description: f.Description, LogToken: log})
}

// file adds the file of a sensor.
func (t *nuscTables) file(f *nuscFrame, x *nuscFile, key bool) {
	of := token("sensor", x.Channel)
	if !t.known[of] {
		t.known[of] = true
		t.sensors = append(t.sensors, nuscSensor{of, x.Channel, x.Modality})
	}
	calibration := token("calibrated_sensor", f.Scene, x.Channel)
	if !t.known[calibration] {
		t.known[calibration] = true
		t.calibrated = append(t.calibrated, nuscCalibrated{calibration, of, x.Mount.Translation, x.Mount.Rotation, x.Intrinsic})
	}
	id := fmt.Sprint(f.Time)
	pose := token("ego_pose", f.Scene, x.Channel, id)
	t.poses = append(t.poses, nuscEgoPose{pose, f.Time, f.Ego})
	d := nuscSampleData{
		Token: token("sample_data", f.Scene, x.Channel, id), EgoPoseToken: pose, CalibratedToken: calibration,
		Path: x.Path, Format: x.Format, Width: x.Width, Height: x.Height, Timestamp: f.Time, Key: key,
	}
	if k, ok := t.last[x.Channel]; ok {
		d.Prev, t.data[k].Next = t.data[k].Token, d.Token
	}
	t.last[x.Channel] = len(t.data)
	t.waiting = append(t.waiting, len(t.data))
	t.data = append(t.data, d)
}

// sample adds a key frame with its annotations.
func (t *nuscTables) sample(f *nuscFrame) {
	scene := &t.scenes[len(t.scenes)-1]
	s := nuscSample{Token: token("sample", f.Scene, fmt.Sprint(f.Time)), Timestamp: f.Time, SceneToken: scene.Token, Prev: scene.Last}
	if scene.Samples == 0 {
		scene.First = s.Token
	} else {
		t.samples[len(t.samples)-1].Next = s.Token
	}
	scene.Last = s.Token
	scene.Samples++
	t.samples = append(t.samples, s)
	for i := range f.Objects {
		t.annotation(f, &f.Objects[i], s.Token)
	}
}

// annotation adds the annotation of an actor.
func (t *nuscTables) annotation(f *nuscFrame, o *nuscObject, sample string) {
	k, known := t.instance[o.ID]
	if !known {
		k = len(t.instances)
		t.instance[o.ID] = k
		t.instances = append(t.instances, nuscInstance{Token: token("instance", f.Scene, fmt.Sprint(o.ID)), CategoryToken: token("category", o.Category)})
	}
	in := &t.instances[k]
	a := nuscAnnotation{
		Token: token("sample_annotation", f.Scene, fmt.Sprint(o.ID), fmt.Sprint(f.Time)), SampleToken: sample, InstanceToken: in.Token,
		VisibilityToken: o.Visibility, AttributeTokens: []string{}, Translation: o.Translation, Size: o.Size, Rotation: o.Rotation,
		LidarPoints: o.LidarPoints, RadarPoints: o.RadarPoints, Prev: in.Last,
	}
	if o.Attribute != "" {
		a.AttributeTokens = append(a.AttributeTokens, token("attribute", o.Attribute))
	}
	if known {
		t.boxes[t.annotated[o.ID]].Next = a.Token
	} else {
		in.First = a.Token
	}
	in.Last = a.Token
	in.Annotations++
	t.annotated[o.ID] = len(t.boxes)
	t.boxes = append(t.boxes, a)
}

// nuscAttributes are the attributes with their descriptions.
var nuscAttributes = [][2]string{
	{"vehicle.moving", "Vehicle is moving."},
	{"vehicle.stopped", "Vehicle is stationary."},
	{"cycle.with_rider", "There is a rider on the bicycle or motorcycle."},
	{"pedestrian.moving", "The pedestrian is moving."},
	{"pedestrian.standing", "The pedestrian is standing."},
}

// nuscVisibilities are the levels of visibility: the visible share in all images.
var nuscVisibilities = []nuscVisibility{
	{"1", "v0-40", "0 to 40 % of the object are visible"},
	{"2", "v40-60", "40 to 60 % of the object are visible"},
	{"3", "v60-80", "60 to 80 % of the object are visible"},
	{"4", "v80-100", "80 to 100 % of the object are visible"},
}

// categories returns the table of categories, in alphabetical order.
func (t *nuscTables) categories() []nuscNamed {
	var names []string
	for _, name := range nuscCategories {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := []nuscNamed{}
	for i, name := range names {
		index := i + 1 // 0 is noise in nuScenes' lidar labels
		out = append(out, nuscNamed{token("category", name), name, "Actors of roadloop in the category " + name + ".", &index})
	}
	return out
}

// files returns the tables.
func (t *nuscTables) files() (files []file, err error) {
	attributes := []nuscNamed{}
	for _, a := range nuscAttributes {
		attributes = append(attributes, nuscNamed{Token: token("attribute", a[0]), Name: a[0], Description: a[1]})
	}
	for _, table := range []struct {
		name    string
		records any
	}{
		{"attribute", attributes}, {"calibrated_sensor", records(t.calibrated)}, {"category", t.categories()},
		{"ego_pose", records(t.poses)}, {"instance", records(t.instances)}, {"log", records(t.logs)}, {"map", records(t.maps)},
		{"sample", records(t.samples)}, {"sample_annotation", records(t.boxes)}, {"sample_data", records(t.data)},
		{"scene", records(t.scenes)}, {"sensor", records(t.sensors)}, {"visibility", nuscVisibilities},
	} {
		f, err := indented(fmt.Sprintf("%s/%s.json", nuscenesTables, table.name), table.records)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// records returns the records of a table, never nil, so that an empty table is [] in JSON.
func records[T any](of []T) []T {
	if of == nil {
		return []T{}
	}
	return of
}
