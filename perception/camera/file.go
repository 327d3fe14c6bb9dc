package camera

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"roadloop/internal/fileio"
	"roadloop/perception/camera/kitti"
	"roadloop/sim/sensor"
)

// maxCalibration bounds the size of a calibration file.
const maxCalibration = 16 << 20

// ReadFile reads a calibration: a file of KITTI's calib folder (P2, and Tr_velo_to_cam if it is
// there), an OpenCV calibration (YAML, or JSON), a camera block of roadloop's COCO files, or
// an entry of nuScenes' calibrated_sensor, all recognized by their content. A list of
// calibrated_sensor needs the token of one of them after the name of the file and a #, as in
// calibrated_sensor.json#TOKEN. The size of the result is 0 if the file does not state it;
// the mount is zero if the file has the lens alone. Errors name the file and the field.
func ReadFile(path string) (Camera, error) {
	name, token, _ := strings.Cut(path, "#")
	if _, err := os.Stat(path); err == nil {
		name, token = path, ""
	}
	file, err := os.Open(name)
	if err != nil {
		return Camera{}, fmt.Errorf("calibration: %w", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.IsDir() {
		return Camera{}, fmt.Errorf("calibration: %s is a folder, want a file", name)
	}
	data, err := fileio.ReadAll(file, maxCalibration)
	if err != nil {
		return Camera{}, fmt.Errorf("calibration: %s: %w", name, err)
	}
	c, err := Parse(data, token)
	if err != nil {
		return Camera{}, fmt.Errorf("calibration: %s: %w", filepath.ToSlash(name), err)
	}
	return c, nil
}

// errUnknown is the error for a text in no known format.
var errUnknown = errors.New("neither KITTI's calib (P2), nor OpenCV's YAML or JSON (camera_matrix), nor a camera block (Fx), nor nuScenes' calibrated_sensor (camera_intrinsic)")

// Parse parses the content of a calibration file; see ReadFile. token selects an entry of a
// list.
func Parse(data []byte, token string) (Camera, error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return Camera{}, errors.New("the text is UTF-16, want UTF-8")
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	switch {
	case len(data) == 0:
		return Camera{}, errors.New("the file is empty")
	case data[0] == '{' || data[0] == '[':
		return parseJSON(data, token)
	case kitti.Is(string(data)):
		return parseKITTI(string(data))
	}
	return parseYAML(data)
}

// checked returns the camera if it is plausible. Unknown sizes and mounts are not checked.
func checked(c Camera) (Camera, error) {
	probe := c
	if c.Width == 0 && c.Height == 0 {
		probe.Width, probe.Height = 1, 1
	}
	if c.Mount == (sensor.Mount{}) {
		probe.Mount.Z = 1
	}
	return c, probe.Check()
}

func parseKITTI(text string) (Camera, error) {
	v, err := kitti.ParseCamera(text)
	if err != nil {
		return Camera{}, err
	}
	return checked(New(v))
}

// document is a calibration in JSON or YAML, of any of the formats.
type document struct {
	// OpenCV, as calib3d's samples, FileStorage and ROS write it.
	CameraMatrix  *matrix   `json:"camera_matrix" yaml:"camera_matrix"`
	CameraMatrix2 *matrix   `json:"cameraMatrix" yaml:"cameraMatrix"`
	K             *matrix   `json:"K" yaml:"K"`
	Coefficients  *matrix   `json:"distortion_coefficients" yaml:"distortion_coefficients"`
	DistCoeffs    *matrix   `json:"distCoeffs" yaml:"distCoeffs"`
	DistCoeffs2   *matrix   `json:"dist_coeffs" yaml:"dist_coeffs"`
	D             *matrix   `json:"D" yaml:"D"`
	Model         string    `json:"distortion_model" yaml:"distortion_model"`
	Fisheye       any       `json:"fisheye_model" yaml:"fisheye_model"`
	ImageWidth    float64   `json:"image_width" yaml:"image_width"`
	ImageHeight   float64   `json:"image_height" yaml:"image_height"`
	ImageSize     []float64 `json:"image_size" yaml:"image_size"`
	// A camera block of package sensor.
	Width, Height  *float64
	Fx, Fy, Cx, Cy *float64
	K1, K2         float64
	Mount          *sensor.Mount
	Camera         *document `json:"camera" yaml:"camera"`
	// An entry of nuScenes' calibrated_sensor.
	Token       string      `json:"token"`
	Intrinsic   [][]float64 `json:"camera_intrinsic"`
	Translation []float64   `json:"translation"`
	Rotation    []float64   `json:"rotation"`
}

// matrix is a matrix of OpenCV: rows of numbers, a list of numbers, or an object with rows,
// cols and data.
type matrix struct{ v []float64 }

// UnmarshalJSON reads a matrix.
func (m *matrix) UnmarshalJSON(data []byte) error {
	var list []number
	var rows [][]number
	var object struct{ Data []number }
	switch {
	case json.Unmarshal(data, &list) == nil:
		m.add(list)
	case json.Unmarshal(data, &rows) == nil:
		for _, r := range rows {
			m.add(r)
		}
	case json.Unmarshal(data, &object) == nil && object.Data != nil:
		m.add(object.Data)
	default:
		return fmt.Errorf("%.40s is no matrix: want numbers, rows of numbers, or rows, cols and data", data)
	}
	return nil
}

func (m *matrix) add(list []number) {
	for _, v := range list {
		m.v = append(m.v, float64(v))
	}
}

// number is a number, also as a string: YAML takes 5e-02 for a text.
type number float64

// UnmarshalJSON reads a number.
func (n *number) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	*n = number(v)
	return err
}

// parseJSON parses an object, or the entry of a list with a token.
func parseJSON(data []byte, token string) (Camera, error) {
	if data[0] == '[' {
		return parseList(data, token)
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return Camera{}, jsonError(data, err)
	}
	return d.camera()
}

// jsonError adds the line to an error of the syntax, and the field to one of a type.
func jsonError(data []byte, err error) error {
	line := func(offset int64) int {
		return 1 + bytes.Count(data[:min(max(offset-1, 0), int64(len(data)))], []byte{'\n'})
	}
	if s := (*json.SyntaxError)(nil); errors.As(err, &s) {
		return fmt.Errorf("line %d: %w", line(s.Offset), err)
	}
	if t := (*json.UnmarshalTypeError)(nil); errors.As(err, &t) {
		return fmt.Errorf("line %d: %s: found %s, want %s", line(t.Offset), t.Field, t.Value, t.Type)
	}
	return err
}

// parseList parses nuScenes' calibrated_sensor.json.
func parseList(data []byte, token string) (Camera, error) {
	var list []document
	if err := json.Unmarshal(data, &list); err != nil {
		return Camera{}, jsonError(data, err)
	}
	var cameras []*document
	for i := range list {
		d := &list[i]
		if token != "" && d.Token == token {
			return d.camera()
		}
		if len(d.Intrinsic) > 0 || d.Fx != nil {
			cameras = append(cameras, d)
		}
	}
	switch {
	case token != "":
		return Camera{}, fmt.Errorf("token: there is no %q among %d entries", token, len(list))
	case len(cameras) == 1:
		return cameras[0].camera()
	case len(cameras) == 0:
		return Camera{}, errors.New("camera_intrinsic: no entry has one")
	}
	return Camera{}, fmt.Errorf("token: %d cameras, choose one by its token after the name of the file, as FILE#%s", len(cameras), cameras[0].Token)
}

// parseYAML parses a document of OpenCV's FileStorage, or plain YAML.
func parseYAML(data []byte) (Camera, error) {
	// OpenCV writes the directive %YAML:1.0, and the tag !!opencv-matrix.
	if bytes.HasPrefix(data, []byte("%YAML")) {
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			data = data[i+1:]
		}
	}
	data = bytes.ReplaceAll(data, []byte("!!opencv-matrix"), nil)
	var tree map[string]any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		if first, _, _ := strings.Cut(err.Error(), "\n"); first != "" {
			return Camera{}, fmt.Errorf("%s: %w", first, errUnknown)
		}
		return Camera{}, errUnknown
	}
	// YAML is a superset of JSON: the same fields are read by the same code.
	text, err := json.Marshal(tree)
	if err != nil {
		return Camera{}, errUnknown // such as numbers that are not finite
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		if t := (*json.UnmarshalTypeError)(nil); errors.As(err, &t) {
			return Camera{}, fmt.Errorf("%s: found %s, want %s", t.Field, t.Value, t.Type)
		}
		return Camera{}, err
	}
	return d.camera()
}

// camera returns the camera of a document.
func (d *document) camera() (Camera, error) {
	switch {
	case d.Camera != nil:
		return d.Camera.camera()
	case len(d.Intrinsic) > 0:
		return d.nuScenes()
	case d.Fx != nil:
		return d.block()
	}
	for _, k := range []struct {
		name string
		m    *matrix
	}{{"camera_matrix", d.CameraMatrix}, {"cameraMatrix", d.CameraMatrix2}, {"K", d.K}} {
		if k.m != nil {
			return d.openCV(k.name, k.m.v)
		}
	}
	return Camera{}, errUnknown
}

// block returns the camera of a camera block, in pixels of package sensor.
func (d *document) block() (Camera, error) {
	var c Camera
	for _, v := range []struct {
		name string
		from *float64
		to   *float64
	}{{"Fx", d.Fx, &c.Fx}, {"Fy", d.Fy, &c.Fy}, {"Cx", d.Cx, &c.Cx}, {"Cy", d.Cy, &c.Cy}} {
		if v.from == nil {
			return c, fmt.Errorf("%s is missing", v.name)
		}
		*v.to = *v.from
	}
	if d.Mount != nil {
		c.Mount = *d.Mount
	}
	c.Distortion[0], c.Distortion[1] = d.K1, d.K2
	if d.Width != nil && d.Height != nil {
		var err error
		if c.Width, c.Height, err = size("Width", *d.Width, "Height", *d.Height); err != nil {
			return c, err
		}
	}
	return checked(c)
}

// size returns a size in whole pixels; both are 0 if it is not stated.
func size(wName string, w float64, hName string, h float64) (int, int, error) {
	for _, v := range []struct {
		name string
		v    float64
	}{{wName, w}, {hName, h}} {
		const most = 1 << 20
		if v.v != math.Trunc(v.v) || v.v < 0 || v.v > most || (v.v == 0) != (w == 0 && h == 0) {
			return 0, 0, fmt.Errorf("%s: %g, want a number of pixels", v.name, v.v)
		}
	}
	return int(w), int(h), nil
}

// half converts the pixels of OpenCV, in which the center of the first pixel is 0.
const half = .5

// intrinsics sets focal lengths and principal point from a matrix by rows. The first pixel
// begins at 0, as in package sensor. So it does for nuscenes-devkit, which projects by the
// matrix alone and cuts boxes at 0 and at the width.
func (c *Camera) intrinsics(name string, k []float64) error {
	if len(k) != 9 {
		return fmt.Errorf("%s: %d numbers, want 9", name, len(k))
	}
	c.Fx, c.Cx, c.Fy, c.Cy = k[0], k[2], k[4], k[5]
	if k[8] != 1 || k[3] != 0 || k[6] != 0 || k[7] != 0 {
		return fmt.Errorf("%s: %v, want fx, skew, cx, 0, fy, cy, 0, 0, 1", name, k)
	}
	return nil
}

// openCV returns the camera of a calibration of OpenCV.
func (d *document) openCV(name string, k []float64) (c Camera, err error) {
	if err := c.intrinsics(name, k); err != nil {
		return c, err
	}
	c.Cx, c.Cy = c.Cx+half, c.Cy+half
	w, h := d.ImageWidth, d.ImageHeight
	if len(d.ImageSize) == 2 {
		w, h = d.ImageSize[0], d.ImageSize[1]
	}
	if c.Width, c.Height, err = size("image_width", w, "image_height", h); err != nil {
		return c, err
	}
	coefficients, name := []float64(nil), ""
	for _, v := range []struct {
		name string
		m    *matrix
	}{{"distortion_coefficients", d.Coefficients}, {"distCoeffs", d.DistCoeffs}, {"dist_coeffs", d.DistCoeffs2}, {"D", d.D}} {
		if v.m != nil && name == "" {
			coefficients, name = v.m.v, v.name
		}
	}
	switch model := strings.ToLower(d.Model); {
	case model == "fisheye" || model == "equidistant" || d.Fisheye == true || d.Fisheye == 1.0:
		c.Lens = Fisheye
		if len(coefficients) != 4 && len(coefficients) != 0 {
			return c, fmt.Errorf("%s: %d coefficients, want 4 for a fisheye", name, len(coefficients))
		}
	case model == "" || model == "plumb_bob" || model == "rational_polynomial" || model == "pinhole" || model == "radtan" || model == "thin_prism":
	default:
		return c, fmt.Errorf("distortion_model: %q, want plumb_bob, rational_polynomial, thin_prism, or equidistant", d.Model)
	}
	// OpenCV writes 4, 5, 8, 12 or 14 coefficients; the last two are the tilt of the sensor.
	switch n := len(coefficients); {
	case n == 14 && coefficients[12] == 0 && coefficients[13] == 0:
		coefficients = coefficients[:12]
	case n == 14:
		return c, fmt.Errorf("%s: a tilted sensor (coefficients 13 and 14) is not supported", name)
	case n != 0 && n != 4 && n != 5 && n != 8 && n != 12:
		return c, fmt.Errorf("%s: %d coefficients, want 4, 5, 8, 12 or 14", name, n)
	}
	copy(c.Distortion[:], coefficients)
	return checked(c)
}

// nuScenes returns the camera of an entry of calibrated_sensor. Its frame is that of the ego
// vehicle: origin at the middle of the rear axle on the ground, x forward, y left.
func (d *document) nuScenes() (Camera, error) {
	var c Camera
	var k []float64
	for _, row := range d.Intrinsic {
		k = append(k, row...)
	}
	if err := c.intrinsics("camera_intrinsic", k); err != nil {
		return c, err
	}
	if len(d.Translation) != 3 {
		return c, fmt.Errorf("translation: %d numbers, want 3", len(d.Translation))
	}
	if len(d.Rotation) != 4 {
		return c, fmt.Errorf("rotation: %d numbers, want 4: w, x, y, z", len(d.Rotation))
	}
	w, x, y, z := d.Rotation[0], d.Rotation[1], d.Rotation[2], d.Rotation[3]
	n := math.Sqrt(w*w + x*x + y*y + z*z)
	if !(math.Abs(n-1) < .01) {
		return c, fmt.Errorf("rotation: a quaternion of length %.4g, want 1", n)
	}
	w, x, y, z = w/n, x/n, y/n, z/n
	// Columns of the rotation: the axes of the camera in the vehicle frame.
	right := [3]float64{1 - 2*(y*y+z*z), 2 * (x*y + w*z), 2 * (x*z - w*y)}
	down := [3]float64{2 * (x*y - w*z), 1 - 2*(x*x+z*z), 2 * (y*z + w*x)}
	forward := [3]float64{2 * (x*z + w*y), 2 * (y*z - w*x), 1 - 2*(x*x+y*y)}
	c.Mount = sensor.Mount{
		X: d.Translation[0], Y: d.Translation[1], Z: d.Translation[2],
		Yaw: math.Atan2(forward[1], forward[0]), Pitch: math.Asin(-max(-1, min(1, forward[2]))), Roll: math.Atan2(-right[2], -down[2]),
	}
	return checked(c)
}
