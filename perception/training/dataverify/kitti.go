package dataverify

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// kittiNames are the fields of a label of KITTI after the type.
var kittiNames = []string{"truncated", "occluded", "alpha", "left", "top", "right", "bottom", "height", "width", "length", "x", "y", "z", "rotation_y"}

// Indices of kittiNames.
const (
	kTruncated = iota
	kOccluded
	kAlpha
	kLeft
	kTop
	kRight
	kBottom
	kHeight
	kWidth
	kLength
	kX
	kY
	kZ
	kRotation
)

// kitti verifies KITTI's object benchmark.
func (c *checker) kitti() error {
	if !c.exists("training/label_2") && !c.exists("training/image_2") && !c.exists("testing/image_2") {
		return errors.New("it holds no KITTI data set: there is no training/label_2")
	}
	frames := make(map[string][]string)
	for _, root := range []string{"training", "testing"} {
		frames[root] = c.kittiFrames(root)
	}
	c.imageSets(frames)
	return nil
}

// kittiFrames verifies the frames below training or testing and returns their names.
func (c *checker) kittiFrames(root string) (names []string) {
	pictures := make(map[string]string)
	for _, name := range c.list(root + "/image_2") {
		if isPicture(name) {
			pictures[stem(name)] = root + "/image_2/" + name
			names = append(names, stem(name))
		}
	}
	labels := c.list(root + "/label_2")
	for _, name := range names {
		size, ok := c.picture(pictures[name])
		calibration := c.calibration(root + "/calib/" + name + ".txt")
		if root == "training" || len(labels) > 0 { // KITTI's own test frames have no labels
			c.kittiLabels(root+"/label_2/"+name+".txt", size, ok, calibration)
		}
		if c.exists(root + "/velodyne") {
			c.velodyne(root + "/velodyne/" + name + ".bin")
		}
	}
	for _, folder := range []string{"label_2", "calib", "velodyne"} {
		for _, name := range c.list(root + "/" + folder) {
			if pictures[stem(name)] == "" {
				c.fail(path.Join(root, folder, name), 0, "", "the frame has no image in %s/image_2", root)
			}
		}
	}
	return names
}

// kittiLabels verifies a label file.
func (c *checker) kittiLabels(file string, size image.Point, sized bool, p *projection) {
	data, ok := c.read(file)
	if !ok {
		return
	}
	for n, line := range lines(data) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		c.report.Labels++
		if len(fields) != 15 && len(fields) != 16 {
			c.fail(file, n, "", "%d fields, want 15, or 16 with a score", len(fields))
			continue
		}
		v, ok := c.kittiValues(file, n, fields[1:])
		if !ok {
			continue
		}
		if t := v[kTruncated]; fields[0] != "DontCare" || t != -1 {
			c.share(file, n, "truncated", t)
		}
		c.kittiObject(file, n, fields[0], v, size, sized, p)
	}
}

// kittiValues parses the fields after the type.
func (c *checker) kittiValues(file string, line int, fields []string) (v []float64, ok bool) {
	for i, name := range kittiNames {
		x, err := strconv.ParseFloat(fields[i], 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			c.fail(file, line, name, "%q is not a finite number", fields[i])
			return nil, false
		}
		v = append(v, x)
	}
	return v, true
}

// kittiObject verifies a label but its truncation.
func (c *checker) kittiObject(file string, line int, kind string, v []float64, size image.Point, sized bool, p *projection) {
	if sized {
		c.box(file, line, "left", [4]float64(v[kLeft:kBottom+1]), size)
	}
	ignored := kind == "DontCare"
	if o := v[kOccluded]; !(o == 0 || o == 1 || o == 2 || o == 3 || ignored && o == -1) {
		c.fail(file, line, "occluded", "%g, want 0, 1, 2 or 3", o)
	}
	if ignored {
		return
	}
	for _, i := range []int{kAlpha, kRotation} {
		if !(math.Abs(v[i]) <= math.Pi+1e-3) {
			c.fail(file, line, kittiNames[i], "%g rad is outside of -π to π", v[i])
		}
	}
	for _, i := range []int{kHeight, kWidth, kLength} {
		if !(v[i] > 0) {
			c.fail(file, line, kittiNames[i], "%g m is not above 0", v[i])
			return
		}
	}
	// KITTI's own labels differ, because camera 2 is 6 cm to the side of the origin.
	const tolerance = .06 // rad
	want := v[kRotation] - math.Atan2(v[kX], v[kZ])
	if d := math.Abs(math.Remainder(v[kAlpha]-want, 2*math.Pi)); v[kZ] > 1 && d > tolerance {
		c.fail(file, line, "alpha", "%g rad is not rotation_y minus the bearing of the object, %.4g", v[kAlpha], math.Remainder(want, 2*math.Pi))
	}
	if p != nil && sized {
		c.reprojection(file, line, v, size, p)
	}
}

// reprojection reports a box in space that projects outside of the box in the image.
func (c *checker) reprojection(file string, line int, v []float64, size image.Point, p *projection) {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	sin, cos := math.Sincos(v[kRotation])
	for _, l := range []float64{-v[kLength] / 2, v[kLength] / 2} {
		for _, w := range []float64{-v[kWidth] / 2, v[kWidth] / 2} {
			for _, h := range []float64{0, v[kHeight]} {
				x, y, depth := p.pixel(v[kX]+l*cos+w*sin, v[kY]-h, v[kZ]-l*sin+w*cos)
				if depth < .1 {
					return
				}
				left, top, right, bottom = math.Min(left, x), math.Min(top, y), math.Max(right, x), math.Max(bottom, y)
			}
		}
	}
	clip := func(x float64, n int) float64 { return math.Max(0, math.Min(float64(n), x)) }
	left, right, top, bottom = clip(left, size.X), clip(right, size.X), clip(top, size.Y), clip(bottom, size.Y)
	const tolerance = 2 // px
	if v[kLeft] > right+tolerance || v[kRight] < left-tolerance || v[kTop] > bottom+tolerance || v[kBottom] < top-tolerance {
		c.fail(file, line, "x", "the box in space projects to %.1f, %.1f to %.1f, %.1f px, away from the box in the image", left, top, right, bottom)
	}
}

// projection is P2 of a calibration, by rows.
type projection [12]float64

// pixel projects a point of the label frame.
func (p *projection) pixel(x, y, z float64) (u, v, depth float64) {
	row := func(i int) float64 { return p[i]*x + p[i+1]*y + p[i+2]*z + p[i+3] }
	return row(0) / row(8), row(4) / row(8), row(8)
}

// calibrationSizes are the keys of a calibration with their numbers of values. The
// tracking benchmark has other names of some.
var calibrationSizes = map[string]int{"P0": 12, "P1": 12, "P2": 12, "P3": 12, "R0_rect": 9, "Tr_velo_to_cam": 12, "Tr_imu_to_velo": 12}

var calibrationAliases = map[string]string{"R_rect": "R0_rect", "Tr_velo_cam": "Tr_velo_to_cam", "Tr_imu_velo": "Tr_imu_to_velo"}

// calibration verifies a calibration file and returns P2, nil if there is none.
func (c *checker) calibration(file string) *projection {
	data, ok := c.read(file)
	if !ok {
		return nil
	}
	found := make(map[string]bool)
	var p2 *projection
	for n, line := range lines(data) {
		fields := strings.Fields(strings.Replace(line, ":", " ", 1))
		if len(fields) == 0 {
			continue
		}
		name := fields[0]
		if alias, ok := calibrationAliases[name]; ok {
			name = alias
		}
		want, known := calibrationSizes[name]
		if !known {
			continue
		}
		if found[name] {
			c.fail(file, n, fields[0], "the key is there twice")
		}
		found[name] = true
		values, err := floats(fields[1:])
		if err != nil || len(values) != want {
			c.fail(file, n, fields[0], "want %d finite numbers", want)
			continue
		}
		c.matrix(file, n, fields[0], name, values)
		if name == "P2" {
			p2 = (*projection)(values)
		}
	}
	for _, name := range []string{"P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo"} {
		if !found[name] {
			c.fail(file, 0, name, "the key is missing")
		}
	}
	return p2
}

// matrix verifies a matrix of a calibration.
func (c *checker) matrix(file string, line int, field, name string, v []float64) {
	columns := 4
	if name == "R0_rect" {
		columns = 3
	}
	var m [3][3]float64
	for i := range 3 {
		copy(m[i][:], v[columns*i:columns*i+3])
	}
	if name[0] == 'P' {
		if !(determinant(m) > 0) {
			c.fail(file, line, field, "it is not the projection of a camera: its determinant is %g", determinant(m))
		}
		return
	}
	if !isRotation(m) {
		c.fail(file, line, field, "its first three columns are not a rotation")
	}
}

func determinant(m [3][3]float64) float64 {
	return m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) - m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) + m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
}

// isRotation reports whether a matrix is orthonormal with determinant 1.
func isRotation(m [3][3]float64) bool {
	const tolerance = 1e-3
	for i := range 3 {
		for j := range 3 {
			dot, want := 0.0, 0.0
			for k := range 3 {
				dot += m[i][k] * m[j][k]
			}
			if i == j {
				want = 1
			}
			if !(math.Abs(dot-want) <= tolerance) {
				return false
			}
		}
	}
	return determinant(m) > 0
}

// floats parses finite numbers.
func floats(fields []string) (out []float64, err error) {
	for _, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%q is not a finite number", f)
		}
		out = append(out, v)
	}
	return out, nil
}

// velodyne verifies a file of lidar points: float32 x, y, z, intensity.
func (c *checker) velodyne(file string) { c.points(file, 4) }

// points verifies a file of points with a number of float32 values each.
func (c *checker) points(file string, values int) {
	data, ok := c.read(file)
	if !ok {
		return
	}
	if len(data)%(4*values) != 0 {
		c.fail(file, 0, "", "%d bytes are not points of %d bytes", len(data), 4*values)
		return
	}
	for i := 0; i < len(data); i += 4 {
		if v := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[i:]))); math.IsNaN(v) || math.IsInf(v, 0) {
			c.fail(file, 0, fmt.Sprintf("point %d", i/(4*values)), "value %d is not finite", i/4%values)
			return
		}
	}
}

// imageSets verifies the lists of frames. frames are the names of the frames below
// training and testing. KITTI itself comes without lists.
func (c *checker) imageSets(frames map[string][]string) {
	if !c.exists("ImageSets") && !c.exists("dataset.json") {
		return
	}
	known := make(map[string]bool) // frames by root and name
	for root, names := range frames {
		for _, name := range names {
			known[root+"/"+name] = true
		}
	}
	listed := make(map[string]string) // list of a frame, by root and name
	var union []string
	for _, list := range []string{"train", "val", "test"} {
		root := "training"
		if list == "test" {
			root = "testing"
		}
		file := "ImageSets/" + list + ".txt"
		for n, name := range c.imageSet(file) {
			key := root + "/" + name
			switch {
			case !known[key]:
				c.fail(file, n+1, "", "there is no frame %s in %s/image_2", name, root)
			case listed[key] != "":
				c.fail(file, n+1, "", "the frame %s is in the list %s, too", name, listed[key])
			}
			listed[key] = list
			if list != "test" {
				union = append(union, name)
			}
		}
	}
	for _, root := range []string{"training", "testing"} {
		for _, name := range frames[root] {
			if listed[root+"/"+name] == "" {
				c.fail("ImageSets", 0, "", "no list has the frame %s of %s", name, root)
			}
		}
	}
	if file := "ImageSets/trainval.txt"; c.exists(file) {
		have := c.imageSet(file)
		slices.Sort(have)
		slices.Sort(union)
		if !slices.Equal(have, union) {
			c.fail(file, 0, "", "it does not have the frames of train.txt and val.txt")
		}
	}
}

// imageSet returns the names in a list.
func (c *checker) imageSet(file string) (names []string) {
	data, _ := c.read(file)
	for _, line := range lines(data) {
		names = append(names, strings.TrimSpace(line))
	}
	return names
}
