package dataset

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

// calibration is a KITTI calibration file: projections of the four cameras, the
// rectifying rotation, and the mounts of lidar and IMU. Translations are fourth
// columns.
type calibration struct {
	p                  [4][12]float64
	rect               [9]float64
	veloToCam, imuToVe [12]float64
}

// calibNames are the keys in file order.
var calibNames = [...]string{"P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo"}

// trackingNames maps the keys of KITTI's tracking benchmark that differ. Its files
// have no colon after them.
var trackingNames = map[string]string{"R_rect": "R0_rect", "Tr_velo_cam": "Tr_velo_to_cam", "Tr_imu_velo": "Tr_imu_to_velo"}

// matrices returns the matrices by the order of calibNames.
func (c *calibration) matrices() [len(calibNames)][]float64 {
	return [...][]float64{c.p[0][:], c.p[1][:], c.p[2][:], c.p[3][:], c.rect[:], c.veloToCam[:], c.imuToVe[:]}
}

// newCalibration returns the calibration of a camera: P2 = K·R with its pitch and
// roll R, and Tr_velo_to_cam to the level camera frame, from the lidar frame of a scan, or
// from the vehicle frame if scan is nil.
func newCalibration(cal *sensor.Camera, scan *sensor.Scan) (*calibration, error) {
	if cal.K1 != 0 || cal.K2 != 0 {
		return nil, errors.New("the format cannot store the distortion of the camera")
	}
	tilt := sensor.Mount{Pitch: cal.Mount.Pitch, Roll: cal.Mount.Roll}
	k := mat3{{cal.Fx, 0, cal.Cx}, {0, cal.Fy, cal.Cy}, {0, 0, 1}}
	p := k.times(rotation(&tilt).times(mat3{{0, 0, 1}, {-1, 0, 0}, {0, -1, 0}}))
	level := levelled(cal)
	var lidar sensor.Mount
	if scan != nil {
		lidar = lidarFrame(&scan.Cal.Mount)
	}
	var t vec3
	t[0], t[1], t[2] = level.ToSensor(lidar.X, lidar.Y, lidar.Z)
	var c calibration
	for i := range c.p {
		c.p[i] = join(p, vec3{})
	}
	c.rect = [9]float64{0: 1, 4: 1, 8: 1}
	c.veloToCam = join(rotation(&level), t)
	c.imuToVe = identity
	c.imuToVe[3], c.imuToVe[7], c.imuToVe[11] = 0-lidar.X, 0-lidar.Y, 0-lidar.Z
	return &c, nil
}

var identity = [12]float64{0: 1, 5: 1, 10: 1}

// rotation returns the rotation from the vehicle frame to a camera frame.
func rotation(m *sensor.Mount) mat3 {
	at := *m
	at.X, at.Y, at.Z = 0, 0, 0
	var columns mat3
	for i, v := range [3]vec3{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		columns[i][0], columns[i][1], columns[i][2] = at.ToSensor(v[0], v[1], v[2])
	}
	return columns.transpose()
}

// join returns a rotation or projection and a translation as 3×4 values.
func join(m mat3, t vec3) (out [12]float64) {
	for i := range 3 {
		copy(out[4*i:], m[i][:])
		out[4*i+3] = t[i]
	}
	return out
}

// split is the inverse of join.
func split(v []float64) (m mat3, t vec3) {
	for i := range 3 {
		copy(m[i][:], v[4*i:])
		t[i] = v[4*i+3]
	}
	return m, t
}

// String returns the contents of the file.
func (c *calibration) String() string {
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

// parseCalibration parses a file of the object or the tracking benchmark. The keys
// may be in any order; unknown keys are ignored.
func parseCalibration(text string) (*calibration, error) {
	var c calibration
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
			return nil, &lineError{n + 1, fmt.Errorf("duplicate %s", fields[0])}
		}
		seen[name] = true
		if err := parseValues(c.matrices()[i], fields[1:]); err != nil {
			return nil, &lineError{n + 1, fmt.Errorf("%s: %w", fields[0], err)}
		}
	}
	for _, name := range []string{"P2", "R0_rect", "Tr_velo_to_cam"} {
		if !seen[name] {
			return nil, fmt.Errorf("%s is missing", name)
		}
	}
	return &c, nil
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

// kittiLidar is the height of KITTI's lidar above the ground, m (Geiger et al. 2013, figure 3); its calibration files do not contain it.
const kittiLidar = 1.73

// view is camera 2 of a calibration, on a vehicle.
type view struct {
	camera sensor.Camera // without image size
	// toVehicle rotates directions from the label frame to the vehicle frame; origin
	// is the origin of the label frame.
	toVehicle mat3
	origin    vec3
}

// view returns the camera in the vehicle frame. If Tr_imu_to_velo does not rotate, as in
// roadloop's exports, it transforms from the vehicle frame to the source frame of
// Tr_velo_to_cam. Otherwise that source frame is shifted to the ground.
func (c *calibration) view() (*view, error) {
	p, shift := split(c.p[2][:])
	scale := 1 / p[2].norm() // homogeneous scale: arbitrary
	k, r, err := decompose(p.columns(func(c vec3) vec3 { return c.scale(scale) }).transpose())
	if err != nil {
		return nil, fmt.Errorf("P2: %w", err)
	}
	turn, t := split(c.veloToCam[:])
	rect := mat3{vec3(c.rect[0:3]), vec3(c.rect[3:6]), vec3(c.rect[6:9])}
	fromVehicle := rect.times(turn)
	if !rotates(fromVehicle) {
		return nil, errors.New("R0_rect and Tr_velo_to_cam do not make a rotation")
	}
	v := &view{toVehicle: fromVehicle.transpose()}
	v.origin = v.toVehicle.mul(rect.mul(t).scale(-1))
	if turn, lidar := split(c.imuToVe[:]); turn == (mat3{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
		v.origin = v.origin.sub(lidar)
	} else {
		v.origin[2] += kittiLidar
	}
	// Camera 2 is to the side of the origin: its pixels are K·R·(p − at), at = −(K·R)⁻¹·shift.
	at := r.transpose().mul(solve(k, shift.scale(scale))).scale(-1)
	mount := v.point(at)
	axes := r.times(fromVehicle) // rows: right, down, forward in the vehicle frame
	v.camera = sensor.Camera{
		Name: "image_2", Fx: k[0][0], Fy: k[1][1], Cx: k[0][2], Cy: k[1][2],
		Mount: sensor.Mount{
			X: mount[0], Y: mount[1], Z: mount[2], Yaw: math.Atan2(axes[2][1], axes[2][0]),
			Pitch: math.Asin(-math.Max(-1, math.Min(1, axes[2][2]))), Roll: math.Atan2(-axes[0][2], -axes[1][2]),
		},
	}
	return v, nil
}

// point transforms a point from the label frame to the vehicle frame.
func (v *view) point(p vec3) vec3 { return v.origin.add(v.toVehicle.mul(p)) }

// heading transforms a rotation_y to the vehicle frame.
func (v *view) heading(rotationY float64) float64 {
	s, c := math.Sincos(rotationY)
	d := v.toVehicle.mul(vec3{c, 0, -s})
	return geom.WrapAngle(math.Atan2(d[1], d[0]))
}
