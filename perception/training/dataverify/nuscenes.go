package dataverify

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// nuTables are the tables of nuScenes with the tables that their fields refer to.
var nuTables = []struct {
	name string
	refs map[string]string
}{
	{"attribute", nil}, {"category", nil}, {"visibility", nil}, {"sensor", nil}, {"log", nil},
	{"map", nil}, {"calibrated_sensor", map[string]string{"sensor_token": "sensor"}}, {"ego_pose", nil},
	{"scene", map[string]string{"log_token": "log", "first_sample_token": "sample", "last_sample_token": "sample"}},
	{"sample", map[string]string{"scene_token": "scene"}},
	{"sample_data", map[string]string{"sample_token": "sample", "ego_pose_token": "ego_pose", "calibrated_sensor_token": "calibrated_sensor"}},
	{"instance", map[string]string{"category_token": "category", "first_annotation_token": "sample_annotation", "last_annotation_token": "sample_annotation"}},
	{"sample_annotation", map[string]string{"sample_token": "sample", "instance_token": "instance"}},
}

// nuscenes verifies nuScenes' tables and the files of the sensors.
func (c *checker) nuscenes() error {
	version := ""
	for _, name := range c.folders(".") {
		if strings.HasPrefix(name, "v1.0-") {
			version = name
		}
	}
	if version == "" {
		return errors.New("it holds no nuScenes data set: there is no folder v1.0-*")
	}
	d := &nuData{checker: c, version: version, tables: make(map[string]*nuTable)}
	for _, t := range nuTables {
		d.tables[t.name] = d.load(t.name)
	}
	for _, t := range nuTables {
		d.references(t.name, t.refs)
	}
	d.poses()
	d.maps()
	d.scenes()
	d.sampleData()
	d.annotations()
	return nil
}

// nuData are the tables of a data set.
type nuData struct {
	*checker
	version string
	tables  map[string]*nuTable
}

// nuTable is a table with its records by token.
type nuTable struct {
	file    string
	records []*node
	token   map[string]*node
}

// load reads a table. Tokens must be unique.
func (d *nuData) load(name string) *nuTable {
	t := &nuTable{file: d.version + "/" + name + ".json", token: make(map[string]*node)}
	data, ok := d.read(t.file)
	if !ok {
		return t
	}
	doc, err := parseJSON(data, 1)
	switch {
	case err != nil:
		d.fail(t.file, 0, "", "%v", err)
		return t
	case !doc.array:
		d.fail(t.file, doc.line, "", "want a list of records, found %s", doc.kind())
		return t
	}
	for i, r := range doc.items {
		if !r.object {
			d.fail(t.file, r.line, fmt.Sprintf("[%d]", i), "want an object, found %s", r.kind())
			continue
		}
		id, _ := r.text("token")
		if id == "" || t.token[id] != nil {
			d.fail(t.file, r.at("token"), fmt.Sprintf("[%d].token", i), "%q is empty or used twice", id)
			continue
		}
		t.token[id] = r
		t.records = append(t.records, r)
	}
	return t
}

// wrong adds a violation of a record.
func (d *nuData) wrong(table string, r *node, field, format string, args ...any) {
	d.fail(d.tables[table].file, r.at(field), field, format, args...)
}

// get returns the record that a field refers to, nil if there is none.
func (d *nuData) get(r *node, field, table string) *node {
	id, _ := r.text(field)
	return d.tables[table].token[id]
}

// references verifies that the records that fields refer to exist.
func (d *nuData) references(table string, refs map[string]string) {
	for _, r := range d.tables[table].records {
		for _, t := range nuTables { // in a fixed order of fields
			for field, to := range refs {
				if to == t.name && d.get(r, field, to) == nil {
					id, _ := r.text(field)
					d.wrong(table, r, field, "there is no %s %q", to, id)
				}
			}
		}
	}
}

// poses verifies translations, quaternions and intrinsic matrices.
func (d *nuData) poses() {
	for _, table := range []string{"calibrated_sensor", "ego_pose", "sample_annotation"} {
		for _, r := range d.tables[table].records {
			if _, ok := r.numbers("translation", 3); !ok {
				d.wrong(table, r, "translation", "want x, y, z")
			}
			q, ok := r.numbers("rotation", 4)
			norm := 0.0
			for _, v := range q {
				norm += v * v
			}
			if !ok || math.Abs(math.Sqrt(norm)-1) > 1e-3 {
				d.wrong(table, r, "rotation", "the quaternion w, x, y, z is not normalized: its norm is %.4g", math.Sqrt(norm))
			}
		}
	}
	for _, r := range d.tables["calibrated_sensor"].records {
		modality, _ := d.get(r, "sensor_token", "sensor").text("modality")
		rows, _ := r.list("camera_intrinsic")
		if modality != "camera" {
			if len(rows) > 0 {
				d.wrong("calibrated_sensor", r, "camera_intrinsic", "a %s has a matrix, want an empty list", modality)
			}
			continue
		}
		d.intrinsic(r, rows)
	}
}

// intrinsic verifies the matrix of a camera.
func (d *nuData) intrinsic(r *node, rows []*node) {
	var m [3][3]float64
	valid := len(rows) == 3
	for i := 0; valid && i < 3; i++ {
		v, ok := rows[i].floats(3)
		if valid = ok; ok {
			m[i] = [3]float64(v)
		}
	}
	if !valid || !(m[0][0] > 0 && m[1][1] > 0) || m[1][0] != 0 || m[2] != [3]float64{0, 0, 1} {
		d.wrong("calibrated_sensor", r, "camera_intrinsic", "want fx, s, cx; 0, fy, cy; 0, 0, 1 with focal lengths above 0")
	}
}

// maps verifies that every log has one map, and that the masks exist.
func (d *nuData) maps() {
	of := make(map[string]int)
	for _, r := range d.tables["map"].records {
		logs, _ := r.list("log_tokens")
		for _, l := range logs {
			id, _ := l.value.(string)
			if of[id]++; d.tables["log"].token[id] == nil {
				d.wrong("map", r, "log_tokens", "there is no log %q", id)
			}
		}
		file, _ := r.text("filename")
		if file == "" || !local(file) || !d.exists(file) {
			d.wrong("map", r, "filename", "there is no file %q", file)
		}
	}
	if len(d.tables["map"].records) == 0 {
		d.fail(d.tables["map"].file, 0, "", "there is no map")
	}
	for _, r := range d.tables["log"].records {
		if id, _ := r.text("token"); of[id] != 1 {
			d.wrong("log", r, "token", "the log has %d maps, want 1", of[id])
		}
	}
}

// chain follows the links of records from the first one, and verifies that prev leads
// back, that timestamps grow, and that the last one has no next. each is called with every
// record.
func (d *nuData) chain(table string, first *node, time func(*node) int64, each func(*node)) (last *node, length int) {
	var before *node
	for r := first; r != nil && length <= len(d.tables[table].records); length++ {
		prev, _ := r.text("prev")
		want := ""
		if before != nil {
			want, _ = before.text("token")
		}
		if prev != want {
			d.wrong(table, r, "prev", "%q, but the record before it is %q", prev, want)
		}
		if before != nil && time(r) <= time(before) {
			d.wrong(table, r, "timestamp", "%d is not after the record before it, %d", time(r), time(before))
		}
		each(r)
		before, last = r, r
		next, _ := r.text("next")
		if r = d.tables[table].token[next]; r == nil && next != "" {
			d.wrong(table, before, "next", "there is no record %q", next)
		}
	}
	return last, length
}

// stamp returns the timestamp of a record.
func stamp(r *node) int64 { v, _ := r.integer("timestamp"); return v }

// scenes verifies the chain of samples of each scene.
func (d *nuData) scenes() {
	reached := make(map[*node]bool)
	names := make(map[string]bool)
	for _, s := range d.tables["scene"].records {
		name, _ := s.text("name")
		if name == "" || names[name] {
			d.wrong("scene", s, "name", "%q is empty or used twice", name)
		}
		names[name] = true
		id, _ := s.text("token")
		first := d.get(s, "first_sample_token", "sample")
		last, n := d.chain("sample", first, stamp, func(r *node) {
			reached[r] = true
			if of, _ := r.text("scene_token"); of != id {
				d.wrong("sample", r, "scene_token", "the sample is linked from the scene %q", id)
			}
		})
		if last != d.get(s, "last_sample_token", "sample") {
			d.wrong("scene", s, "last_sample_token", "the chain of samples ends at another one")
		}
		if count, _ := s.integer("nbr_samples"); int(count) != n {
			d.wrong("scene", s, "nbr_samples", "%d, but the scene has %d", count, n)
		}
	}
	for _, r := range d.tables["sample"].records {
		if !reached[r] {
			d.wrong("sample", r, "token", "no scene leads to the sample")
		}
	}
	if file := d.version + "/splits.json"; d.exists(file) {
		d.splits(file, names)
	}
}

// splits verifies the lists of scenes.
func (d *nuData) splits(file string, names map[string]bool) {
	data, ok := d.read(file)
	if !ok {
		return
	}
	doc, err := parseJSON(data, 1)
	switch {
	case err != nil:
		d.fail(file, 0, "", "%v", err)
		return
	case !doc.object:
		d.fail(file, doc.line, "", "want lists of scenes by name, found %s", doc.kind())
		return
	}
	for _, field := range slices.Sorted(maps.Keys(doc.fields)) {
		scenes, ok := doc.list(field)
		if !ok {
			d.fail(file, doc.at(field), field, "want a list of scenes, found %s", doc.get(field).kind())
		}
		for _, s := range scenes {
			name, ok := s.value.(string)
			switch {
			case !ok:
				d.fail(file, s.line, field, "want the name of a scene, found %s", s.kind())
			case !names[name]:
				d.fail(file, s.line, field, "there is no scene %q", name)
			}
		}
	}
}

// sampleData verifies the files of the sensors and the chains of each channel.
func (d *nuData) sampleData() {
	named := make(map[string]bool)
	reached := make(map[*node]bool)
	key := make(map[[2]string]bool) // samples and channels
	for _, r := range d.tables["sample_data"].records {
		d.sensorFile(r, named)
		sensor := d.get(d.get(r, "calibrated_sensor_token", "calibrated_sensor"), "sensor_token", "sensor")
		channel, _ := sensor.text("channel")
		sample, _ := r.text("sample_token")
		if is, ok := r.get("is_key_frame").bool(); ok && is {
			if key[[2]string{sample, channel}] {
				d.wrong("sample_data", r, "is_key_frame", "the sample has two key frames of %s", channel)
			}
			key[[2]string{sample, channel}] = true
		} else if !ok {
			d.wrong("sample_data", r, "is_key_frame", "want true or false")
		}
		if prev, _ := r.text("prev"); prev != "" {
			continue
		}
		calibration, _ := r.text("calibrated_sensor_token")
		d.chain("sample_data", r, stamp, func(r *node) {
			reached[r] = true
			if other, _ := r.text("calibrated_sensor_token"); other != calibration {
				d.wrong("sample_data", r, "calibrated_sensor_token", "the chain links two sensors")
			}
		})
	}
	for _, r := range d.tables["sample_data"].records {
		if !reached[r] {
			d.wrong("sample_data", r, "prev", "no chain leads to the record")
		}
	}
	for _, folder := range append(d.subfolders("samples"), d.subfolders("sweeps")...) {
		for _, name := range d.list(folder) {
			if p := folder + "/" + name; !named[p] {
				d.fail(p, 0, "", "no record of sample_data names the file")
			}
		}
	}
}

// bool returns the value of true or false.
func (n *node) bool() (v, ok bool) {
	if n == nil {
		return false, false
	}
	v, ok = n.value.(bool)
	return v, ok
}

// sensorFile verifies the file of a sensor.
func (d *nuData) sensorFile(r *node, named map[string]bool) {
	file, _ := r.text("filename")
	if file == "" || !local(file) || named[file] {
		d.wrong("sample_data", r, "filename", "%q is no path in the data set, or used twice", file)
		return
	}
	named[file] = true
	switch {
	case isPicture(file):
		w, _ := r.integer("width")
		h, _ := r.integer("height")
		if size, ok := d.picture(file); ok && (int(w) != size.X || int(h) != size.Y) {
			d.wrong("sample_data", r, "width", "%d×%d px, but the image has %d×%d px", w, h, size.X, size.Y)
		}
	case strings.HasSuffix(file, ".pcd.bin"):
		d.points(file, 5)
	case path.Ext(file) == ".pcd":
		d.pointCloud(file)
	case !d.exists(file):
		d.wrong("sample_data", r, "filename", "there is no file %s", file)
	}
}

// pointCloud verifies a binary PCD file: its header, and the size of its data.
func (c *checker) pointCloud(file string) {
	data, ok := c.read(file)
	if !ok {
		return
	}
	header := make(map[string][]string)
	for n := 1; header["DATA"] == nil; n++ {
		line, rest, ok := bytes.Cut(data, []byte{'\n'})
		if !ok {
			c.fail(file, n, "", "the header has no line DATA")
			return
		}
		data = rest
		if fields := strings.Fields(string(line)); len(fields) > 1 && !strings.HasPrefix(fields[0], "#") {
			header[fields[0]] = fields[1:]
		}
	}
	size := 0
	for _, s := range header["SIZE"] {
		n, _ := strconv.Atoi(s)
		size += n
	}
	fields := len(header["FIELDS"])
	if fields == 0 || len(header["SIZE"]) != fields || len(header["TYPE"]) != fields || len(header["COUNT"]) != fields {
		c.fail(file, 0, "FIELDS", "FIELDS, SIZE, TYPE and COUNT have different lengths")
		return
	}
	points, err := strconv.Atoi(strings.Join(header["POINTS"], " "))
	if err != nil || points < 1 || header["DATA"][0] != "binary" {
		c.fail(file, 0, "POINTS", "want at least one point, and binary data")
		return
	}
	if len(data) < size*points {
		c.fail(file, 0, "DATA", "%d bytes, want %d points of %d bytes", len(data), points, size)
	}
}

// annotations verifies sizes, references and the chains of instances.
func (d *nuData) annotations() {
	const table = "sample_annotation"
	for _, r := range d.tables[table].records {
		d.report.Labels++
		size, ok := r.numbers("size", 3)
		if !ok || !(size[0] > 0 && size[1] > 0 && size[2] > 0) {
			d.wrong(table, r, "size", "want width, length, height above 0")
		}
		if id, _ := r.text("visibility_token"); id != "" && d.tables["visibility"].token[id] == nil {
			d.wrong(table, r, "visibility_token", "there is no visibility %q", id)
		}
		attributes, _ := r.list("attribute_tokens")
		for _, a := range attributes {
			if id, _ := a.value.(string); d.tables["attribute"].token[id] == nil {
				d.wrong(table, r, "attribute_tokens", "there is no attribute %q", id)
			}
		}
		for _, field := range []string{"num_lidar_pts", "num_radar_pts"} {
			if n, ok := r.integer(field); !ok || n < 0 {
				d.wrong(table, r, field, "want an integer ≥ 0")
			}
		}
	}
	reached := make(map[*node]bool)
	time := func(r *node) int64 { return stamp(d.get(r, "sample_token", "sample")) }
	for _, in := range d.tables["instance"].records {
		id, _ := in.text("token")
		last, n := d.chain(table, d.get(in, "first_annotation_token", table), time, func(r *node) {
			reached[r] = true
			if of, _ := r.text("instance_token"); of != id {
				d.wrong(table, r, "instance_token", "the annotation is linked from the instance %q", id)
			}
		})
		if last != d.get(in, "last_annotation_token", table) {
			d.wrong("instance", in, "last_annotation_token", "the chain of annotations ends at another one")
		}
		if count, _ := in.integer("nbr_annotations"); int(count) != n {
			d.wrong("instance", in, "nbr_annotations", "%d, but the instance has %d", count, n)
		}
	}
	for _, r := range d.tables[table].records {
		if !reached[r] {
			d.wrong(table, r, "instance_token", "no instance leads to the annotation")
		}
	}
}
