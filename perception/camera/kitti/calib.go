// Package kitti reads and writes calibration files of KITTI (Geiger et al. 2013), of the
// object and of the tracking benchmark, and relates their label frame to the vehicle frame.
package kitti

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Calibration is a KITTI calibration file: projections of the four cameras, the
// rectifying rotation, and the mounts of lidar and IMU. Translations are fourth
// columns.
type Calibration struct {
	p                  [4][12]float64
	rect               [9]float64
	veloToCam, imuToVe [12]float64
}

// calibNames are the keys in file order.
var calibNames = [...]string{"P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo"}

// trackingNames maps the keys of KITTI's tracking and odometry benchmarks that differ. The
// files of the tracking benchmark have no colon after them.
var trackingNames = map[string]string{"R_rect": "R0_rect", "Tr_velo_cam": "Tr_velo_to_cam", "Tr_imu_velo": "Tr_imu_to_velo", "Tr": "Tr_velo_to_cam"}

// matrices returns the matrices by the order of calibNames.
func (c *Calibration) matrices() [len(calibNames)][]float64 {
	return [...][]float64{c.p[0][:], c.p[1][:], c.p[2][:], c.p[3][:], c.rect[:], c.veloToCam[:], c.imuToVe[:]}
}

// NewCalibration returns the calibration of a camera: P2 = K·R with its pitch and
// roll R, and Tr_velo_to_cam to the level camera frame, from the frame of a lidar with the
// given mount. The zero mount is the vehicle frame.
func NewCalibration(cal *sensor.Camera, lidar sensor.Mount) (*Calibration, error) {
	if cal.K1 != 0 || cal.K2 != 0 {
		return nil, errors.New("the format cannot store the distortion of the camera")
	}
	tilt := sensor.Mount{Pitch: cal.Mount.Pitch, Roll: cal.Mount.Roll}
	k := Mat3{{cal.Fx, 0, cal.Cx}, {0, cal.Fy, cal.Cy}, {0, 0, 1}}
	p := k.Times(rotation(&tilt).Times(Mat3{{0, 0, 1}, {-1, 0, 0}, {0, -1, 0}}))
	level := Levelled(cal)
	var t Vec3
	t[0], t[1], t[2] = level.ToSensor(lidar.X, lidar.Y, lidar.Z)
	var c Calibration
	for i := range c.p {
		c.p[i] = join(p, Vec3{})
	}
	c.rect = [9]float64{0: 1, 4: 1, 8: 1}
	c.veloToCam = join(rotation(&level), t)
	c.imuToVe = identity
	c.imuToVe[3], c.imuToVe[7], c.imuToVe[11] = 0-lidar.X, 0-lidar.Y, 0-lidar.Z
	return &c, nil
}

var identity = [12]float64{0: 1, 5: 1, 10: 1}

// rotation returns the rotation from the vehicle frame to a camera frame.
func rotation(m *sensor.Mount) Mat3 {
	at := *m
	at.X, at.Y, at.Z = 0, 0, 0
	var columns Mat3
	for i, v := range [3]Vec3{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		columns[i][0], columns[i][1], columns[i][2] = at.ToSensor(v[0], v[1], v[2])
	}
	return columns.Transpose()
}

// join returns a rotation or projection and a translation as 3×4 values.
func join(m Mat3, t Vec3) (out [12]float64) {
	for i := range 3 {
		copy(out[4*i:], m[i][:])
		out[4*i+3] = t[i]
	}
	return out
}

// split is the inverse of join.
func split(v []float64) (m Mat3, t Vec3) {
	for i := range 3 {
		copy(m[i][:], v[4*i:])
		t[i] = v[4*i+3]
	}
	return m, t
}

// String returns the contents of the file.
func (c *Calibration) String() string {
	var b strings.Builder
	for i, v := range c.matrices() {
		b.WriteString(calibNames[i] + ":")
		for _, x := range v {
			fmt.Fprintf(&b, " %.12e", x)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Parse parses a file of the object or the tracking benchmark. The keys
// may be in any order; unknown keys are ignored.
func Parse(text string) (*Calibration, error) {
	c, seen, err := parse(text)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"P2", "R0_rect", "Tr_velo_to_cam"} {
		if !seen[name] {
			return nil, fmt.Errorf("%s is missing", name)
		}
	}
	return c, nil
}

// parse parses the known keys of a file and returns which there are.
func parse(text string) (*Calibration, map[string]bool, error) {
	var c Calibration
	seen := make(map[string]bool)
	for n, line := range strings.Split(text, "\n") {
		fields := strings.Fields(strings.Replace(line, ":", " ", 1))
		if len(fields) == 0 {
			continue
		}
		name := cmp.Or(trackingNames[fields[0]], fields[0])
		i := slices.Index(calibNames[:], name)
		if i < 0 {
			continue
		}
		if seen[name] {
			return nil, nil, &LineError{n + 1, fmt.Errorf("duplicate %s", fields[0])}
		}
		seen[name] = true
		if err := parseValues(c.matrices()[i], fields[1:]); err != nil {
			return nil, nil, &LineError{n + 1, fmt.Errorf("%s: %w", fields[0], err)}
		}
	}
	return &c, seen, nil
}

// parseValues parses len(dst) finite numbers.
func parseValues(dst []float64, fields []string) error {
	if len(fields) != len(dst) {
		return fmt.Errorf("%d values, want %d", len(fields), len(dst))
	}
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("value %d: %q is not a finite number", i+1, f)
		}
		dst[i] = v
	}
	return nil
}

// P2 returns the projection of camera 2: a point p of the label frame has the homogeneous
// pixel m·p + t.
func (c *Calibration) P2() (m Mat3, t Vec3) { return split(c.p[2][:]) }

// kittiLidar is the height of KITTI's lidar above the ground, m (Geiger et al. 2013, figure 3); its calibration files do not contain it.
const kittiLidar = 1.73

// View is camera 2 of a calibration, on a vehicle.
type View struct {
	Camera sensor.Camera // without image size
	// toVehicle rotates directions from the label frame to the vehicle frame; origin
	// is the origin of the label frame.
	toVehicle Mat3
	origin    Vec3
}

// View returns the camera in the vehicle frame. If Tr_imu_to_velo does not rotate, as in
// roadloop's exports, it transforms from the vehicle frame to the source frame of
// Tr_velo_to_cam. Otherwise that source frame is shifted to the ground.
func (c *Calibration) View() (*View, error) {
	p, shift := split(c.p[2][:])
	scale := 1 / p[2].norm() // homogeneous scale: arbitrary
	k, r, err := decompose(p.columns(func(c Vec3) Vec3 { return c.Scale(scale) }).Transpose())
	if err != nil {
		return nil, fmt.Errorf("P2: %w", err)
	}
	turn, t := split(c.veloToCam[:])
	rect := Mat3{Vec3(c.rect[0:3]), Vec3(c.rect[3:6]), Vec3(c.rect[6:9])}
	fromVehicle := rect.Times(turn)
	if !rotates(fromVehicle) {
		return nil, errors.New("R0_rect and Tr_velo_to_cam do not make a rotation")
	}
	v := &View{toVehicle: fromVehicle.Transpose()}
	v.origin = v.toVehicle.Mul(rect.Mul(t).Scale(-1))
	if turn, lidar := split(c.imuToVe[:]); turn == (Mat3{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
		v.origin = v.origin.Sub(lidar)
	} else {
		v.origin[2] += kittiLidar
	}
	// Camera 2 is to the side of the origin: its pixels are K·R·(p − at), at = −(K·R)⁻¹·shift.
	at := r.Transpose().Mul(solve(k, shift.Scale(scale))).Scale(-1)
	mount := v.Point(at)
	axes := r.Times(fromVehicle) // rows: right, down, forward in the vehicle frame
	v.Camera = sensor.Camera{
		Name: "image_2", Fx: k[0][0], Fy: k[1][1], Cx: k[0][2], Cy: k[1][2],
		Mount: sensor.Mount{
			X: mount[0], Y: mount[1], Z: mount[2], Yaw: math.Atan2(axes[2][1], axes[2][0]),
			Pitch: math.Asin(-math.Max(-1, math.Min(1, axes[2][2]))), Roll: math.Atan2(-axes[0][2], -axes[1][2]),
		},
	}
	return v, nil
}

// Point transforms a point from the label frame to the vehicle frame.
func (v *View) Point(p Vec3) Vec3 { return v.origin.Add(v.toVehicle.Mul(p)) }

// Labels returns the transform from the vehicle frame to the label frame.
func (v *View) Labels() *[3][4]float64 {
	t := new([3][4]float64)
	turn := v.toVehicle.Transpose()
	at := turn.Mul(v.origin).Scale(-1)
	for i := range t {
		copy(t[i][:], turn[i][:])
		t[i][3] = at[i]
	}
	return t
}

// Heading transforms a rotation_y to the vehicle frame.
func (v *View) Heading(rotationY float64) float64 {
	s, c := math.Sincos(rotationY)
	d := v.toVehicle.Mul(Vec3{c, 0, -s})
	return geom.WrapAngle(math.Atan2(d[1], d[0]))
}

// Levelled returns the mount of a camera without pitch and roll: the label frame, in
// which y is vertical.
func Levelled(cal *sensor.Camera) sensor.Mount {
	m := cal.Mount
	m.Pitch, m.Roll = 0, 0
	return m
}

// LineError is an error in a line of a file, counted from 1.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// Is reports whether a text looks like a calibration file of KITTI: a line begins with P2.
func Is(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "P2:") || strings.HasPrefix(line, "P2 ") {
			return true
		}
	}
	return false
}

// ParseCamera returns camera 2 of a calibration file, without image size. Files without
// Tr_velo_to_cam and R0_rect, as of the odometry benchmark, give the lens alone: the mount is
// zero.
func ParseCamera(text string) (*sensor.Camera, error) {
	c, seen, err := parse(text)
	if err != nil {
		return nil, err
	}
	if seen["Tr_velo_to_cam"] && !seen["R0_rect"] {
		c.rect = [9]float64{0: 1, 4: 1, 8: 1}
	}
	placed := seen["Tr_velo_to_cam"]
	if !placed {
		c.veloToCam = [12]float64{1: -1, 6: -1, 8: 1}
		c.rect = [9]float64{0: 1, 4: 1, 8: 1}
		c.imuToVe = identity
	}
	v, err := c.View()
	if err != nil {
		return nil, err
	}
	if !placed {
		v.Camera.Mount = sensor.Mount{}
	}
	return &v.Camera, nil
}
