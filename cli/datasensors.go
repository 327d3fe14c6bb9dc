package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// sensorFlags are the flags for the sensors of a data set.
type sensorFlags struct {
	rig   string
	size  string
	fov   float64 // degrees, 0 for that of the rig
	mount mountFlag
	lidar string
	radar bool
	vary  varyFlag
}

// rigLidar is the lidar of the rig in --lidar.
const rigLidar = "rig"

// lidars are the lidars of --lidar: those of KITTI and nuScenes, by their data sheets.
// Elevations in degrees are from the lowest to the highest ray.
var lidars = []struct {
	name            string
	rings           int
	lowest, highest float64 // degrees
	azimuths        int
	reach           float64 // m
}{
	{"hdl-64", 64, -24.8, 2, 2000, 120},
	{"hdl-32", 32, -30.67, 10.67, 1084, 100},
}

func (f *sensorFlags) register(fl *pflag.FlagSet) {
	choiceVar(fl, &f.rig, "rig", "", rig.Names(), "write all cameras of this `rig`: "+strings.Join(rig.Names(), " or ")+" (default the front camera alone)")
	fl.StringVar(&f.size, "size", "", "`size` of the images in pixels, such as 1242x375 (default 320x192)")
	floatVar(fl, &f.fov, "fov", 0, "a number of degrees from 5 to 150", func(v float64) bool { return v >= 5 && v <= 150 }, "horizontal field of view, degrees (default 65)")
	fl.Lookup("fov").DefValue = ""
	fl.Var(&f.mount, "mount", "`pose` of the front camera: x, y, z in meters from the rear axle on the ground; yaw,\npitch (positive down), roll in degrees (default x=1.7,z=1.4,pitch=1.15)")
	names := []string{rigLidar}
	for i := range lidars {
		names = append(names, lidars[i].name)
	}
	choiceVar(fl, &f.lidar, "lidar", "", names, "write a lidar: rig (that of the rig), "+strings.Join(names[1:], " or ")+"\n(default rig for nuscenes, otherwise none)")
	fl.BoolVar(&f.radar, "radar", false, "write the radars of the rig (nuscenes always has them)")
	fl.Var(&f.vary, "vary", "draw the camera of random worlds from `ranges`: focal (factor), height (m above the\nmount), pitch, yaw, roll (degrees), such as focal=0.7:1.5,pitch=-4:4")
}

// checkSensors rejects flags that have no effect.
func (f *sensorFlags) checkSensors(cmd *cobra.Command) error {
	if f.rig != "" {
		return refuseFlags(cmd, "has no effect with --rig, which has its own mounts", "mount")
	}
	return nil
}

// sensors returns the sensors to write, nil for the cameras of the rig as they are.
func (f *sensorFlags) sensors(format dataset.Format) (*rig.Config, error) {
	all := format.HoldsRig() // a data set of all sensors
	if f.size == "" && f.fov == 0 && !f.mount.given && f.lidar == "" && !f.radar && !all {
		return nil, nil
	}
	c := rig.Default()
	if f.rig != "" {
		var err error
		if c, err = rig.Named(f.rig); err != nil {
			return nil, named("--rig", err)
		}
	}
	lidar, radar := f.lidar, f.radar || all
	if lidar == "" && all {
		lidar = rigLidar
	}
	c.Sensors = slices.DeleteFunc(c.Sensors, func(s rig.Sensor) bool {
		switch s.Model.(type) {
		case rig.Camera:
			return false
		case rig.Lidar:
			return lidar == ""
		case rig.Radar:
			return !radar
		}
		return true
	})
	w, h, err := f.pixels()
	if err != nil {
		return nil, err
	}
	for i := range c.Sensors {
		switch m := c.Sensors[i].Model.(type) {
		case rig.Camera:
			resize(&m.Calibration, w, h, f.fov)
			if f.mount.given {
				m.Calibration.Mount = f.mount.pose
			}
			if err := m.Check(); err != nil {
				return nil, named("--size", err)
			}
			c.Sensors[i].Model = m
		case rig.Lidar:
			setLidar(&m, lidar)
			c.Sensors[i].Model = m
		}
	}
	return &c, nil
}

// pixels returns the size of the images, 0 for that of the rig.
func (f *sensorFlags) pixels() (w, h int, err error) {
	if f.size == "" {
		return 0, 0, nil
	}
	const least, most = 16, 8192
	n, err := fmt.Sscanf(f.size+" ", "%dx%d ", &w, &h)
	if n != 2 || err != nil || w < least || h < least || w > most || h > most {
		return 0, 0, fmt.Errorf("--size %q: must be pixels from %d to %d such as 1242x375", f.size, least, most)
	}
	return w, h, nil
}

// resize changes the size of the images of a camera, and its horizontal field of view in
// degrees; 0 keeps them. The principal point keeps its relative position, and pixels are
// square.
func resize(c *sensor.Camera, w, h int, fov float64) {
	if w == 0 {
		w, h = c.Width, c.Height
	}
	f := c.Fx * float64(w) / float64(c.Width)
	if fov > 0 {
		f = float64(w) / 2 / math.Tan(fov*math.Pi/360)
	}
	c.Cx, c.Cy = c.Cx*float64(w)/float64(c.Width), c.Cy*float64(h)/float64(c.Height)
	c.Fx, c.Fy, c.Width, c.Height = f, f, w, h
}

// setLidar changes a lidar to the one of --lidar.
func setLidar(m *rig.Lidar, name string) {
	for _, l := range lidars {
		if l.name != name {
			continue
		}
		m.Calibration.Rings = nil
		for i := range l.rings {
			degrees := l.lowest + (l.highest-l.lowest)*float64(i)/float64(l.rings-1)
			m.Calibration.Rings = append(m.Calibration.Rings, degrees*math.Pi/180)
		}
		m.Azimuths, m.Range = l.azimuths, l.reach
	}
}

// assignments splits text such as x=1.7,pitch=2 into names and values.
func assignments(text string, names []string, set func(name, value string) error) error {
	var seen []string
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case !ok:
			return fmt.Errorf("%q is not NAME=VALUE", part)
		case !slices.Contains(names, name):
			return fmt.Errorf("%q is none of %s", name, strings.Join(names, ", "))
		case slices.Contains(seen, name):
			return fmt.Errorf("%s is given twice", name)
		}
		seen = append(seen, name)
		if err := set(name, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// number parses a number with bounds.
func number(text string, least, most float64) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= least && v <= most) {
		return 0, fmt.Errorf("%q is not a number from %g to %g", text, least, most)
	}
	return v, nil
}

// mountFlag is the pose of a camera.
type mountFlag struct {
	given bool
	text  string
	pose  sensor.Mount
}

// Set implements pflag.Value.
func (f *mountFlag) Set(text string) error {
	front := sensor.FrontCamera().Mount
	f.given, f.text, f.pose = true, text, front
	return assignments(text, []string{"x", "y", "z", "yaw", "pitch", "roll"}, func(name, value string) (err error) {
		const reach = 20 // m
		set := func(p *float64, least, most, unit float64) {
			var v float64
			if v, err = number(value, least, most); err == nil {
				*p = v * unit
			}
		}
		switch m := &f.pose; name {
		case "x":
			set(&m.X, -reach, reach, 1)
		case "y":
			set(&m.Y, -reach, reach, 1)
		case "z":
			set(&m.Z, .1, reach, 1)
		case "yaw":
			set(&m.Yaw, -180, 180, math.Pi/180)
		case "pitch":
			set(&m.Pitch, -80, 80, math.Pi/180)
		case "roll":
			set(&m.Roll, -180, 180, math.Pi/180)
		}
		return err
	})
}

// String implements pflag.Value.
func (f *mountFlag) String() string { return f.text }

// Type implements pflag.Value.
func (f *mountFlag) Type() string { return "pose" }

// varyFlag are the ranges of the cameras of random worlds.
type varyFlag struct {
	text   string
	ranges synth.CameraRanges
}

// Set implements pflag.Value.
func (f *varyFlag) Set(text string) error {
	f.text, f.ranges = text, synth.CameraRanges{}
	err := assignments(text, []string{"focal", "height", "pitch", "yaw", "roll"}, func(name, value string) error {
		from, to, ok := strings.Cut(value, ":")
		if !ok {
			return fmt.Errorf("%q is not a range FROM:TO", value)
		}
		lo, err := number(from, -180, 180)
		if err != nil {
			return err
		}
		hi, err := number(to, -180, 180)
		if err != nil {
			return err
		}
		if lo == 0 && hi == 0 {
			return errors.New("the range is empty: leave it out for the usual tolerance")
		}
		r := synth.Range{From: lo, To: hi}
		angle := synth.Range{From: lo * math.Pi / 180, To: hi * math.Pi / 180}
		switch name {
		case "focal":
			f.ranges.Focal = r
		case "height":
			f.ranges.Height = r
		case "pitch":
			f.ranges.Pitch = angle
		case "yaw":
			f.ranges.Yaw = angle
		case "roll":
			f.ranges.Roll = angle
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.ranges.Check()
}

// String implements pflag.Value.
func (f *varyFlag) String() string { return f.text }

// Type implements pflag.Value.
func (f *varyFlag) Type() string { return "ranges" }
