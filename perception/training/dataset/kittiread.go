package dataset

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"roadloop/perception"
	"roadloop/perception/training/stream"
	"roadloop/sim/geom"
	"roadloop/sim/label"
)

// readKITTI reads the folder training of KITTI's object benchmark.
func (s *Set) readKITTI() error {
	root := filepath.Join(s.dir, "training")
	found, _ := filepath.Glob(filepath.Join(root, "label_2", "*.txt"))
	// KITTI labels these; others count as labelled where they occur.
	labelled := [perception.NumClasses]bool{perception.Car: true, perception.Truck: true, perception.Pedestrian: true, perception.Cyclist: true}
	named := make(map[string]bool)
	for _, path := range found {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		named[name] = true
		if err := s.readKITTIFrame(root, name); err != nil {
			return err
		}
		sm := &s.samples[len(s.samples)-1]
		for i := range sm.objects {
			labelled[stream.Class(&sm.objects[i])] = true
		}
	}
	pictures, _ := filepath.Glob(filepath.Join(root, "image_2", "*"))
	for _, path := range pictures {
		if name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)); !named[name] {
			return fmt.Errorf("%s has no labels: there is no %s", path, filepath.Join(root, "label_2", name+".txt"))
		}
	}
	s.lack(labelled)
	return nil
}

// readKITTIFrame reads the labels and the calibration of a frame.
func (s *Set) readKITTIFrame(root, name string) error {
	path := filepath.Join(root, "label_2", name+".txt")
	labels, err := s.read(path)
	if err != nil {
		return err
	}
	sm := sample{picture: filepath.Join(root, "image_2", name+".png"), noLanes: true}
	sm.lacks.Drivable, sm.lacks.Weather = true, true
	if _, err := os.Stat(sm.picture); err != nil {
		if jpeg := strings.TrimSuffix(sm.picture, ".png") + ".jpg"; exists(jpeg) {
			sm.picture = jpeg
		}
	}
	w, h, err := pictureSize(sm.picture)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	v, err := s.readCalibration(filepath.Join(root, "calib", name+".txt"))
	if err != nil {
		return err
	}
	sm.camera = v.camera
	sm.camera.Width, sm.camera.Height = w, h
	n := 0
	for line := range strings.Lines(string(labels)) {
		n++
		if err := s.kittiLine(&sm, v, line); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	s.samples = append(s.samples, sm)
	return nil
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func (s *Set) readCalibration(path string) (*view, error) {
	data, err := s.read(path)
	if err != nil {
		return nil, err
	}
	c, err := parseCalibration(string(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	v, err := c.view()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// kittiLine keeps the label of a line.
func (s *Set) kittiLine(sm *sample, v *view, line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	k, err := parseKITTI(line)
	if err != nil {
		return err
	}
	class, ok, err := s.classOf(k.Type)
	if !ok {
		return err
	}
	o := label.Object{X0: k.X0, Y0: k.Y0, X1: k.X1, Y1: k.Y1, Visible: k.visible(), Truncated: math.Max(0, k.Truncated)}
	if err := sm.cut(&o, [4]string(kittiFields[3:7])); err != nil {
		return err
	}
	if k.neutral() {
		hide(&o)
	}
	if class != region {
		if k.flat() {
			sm.lacks.Place = true
		} else if err := k.place(&o, v); err != nil {
			return err
		}
	}
	sm.add(o, class)
	return nil
}

// neutral reports whether an object looks so much like one of a class that KITTI's
// evaluation neither asks for it nor counts a detection of it as wrong.
func (k *kittiObject) neutral() bool { return k.Type == "Van" || k.Type == "Person_sitting" }

// visible returns the fraction of an object that may be seen, by degree of occlusion.
func (k *kittiObject) visible() float64 {
	switch k.Occluded {
	case 0:
		return 1
	case 1:
		return .65
	case 2:
		return .4
	}
	return 0
}

// flat tells that nobody knows where the object is in space.
func (k *kittiObject) flat() bool {
	return k.H == -1 && k.W == -1 && k.L == -1 || k.X == -1000 && k.Y == -1000 && k.Z == -1000
}

// place sets where an object is and how large.
func (k *kittiObject) place(o *label.Object, v *view) error {
	for i, size := range [...]float64{k.H, k.W, k.L} {
		if size < 0 {
			return fmt.Errorf("%s: %g m, want none below 0", kittiFields[7+i], size)
		}
	}
	p := v.point(vec3{k.X, k.Y, k.Z})
	o.Pos = geom.Vec{X: p[0], Y: p[1]}
	o.Bottom, o.Top, o.Length, o.Width = p[2], p[2]+k.H, k.L, k.W
	mount := &v.camera.Mount
	o.Distance = o.Pos.Dist(geom.Vec{X: mount.X, Y: mount.Y})
	o.Heading = geom.WrapAngle(v.heading(k.RotationY) - mount.Yaw)
	return nil
}
