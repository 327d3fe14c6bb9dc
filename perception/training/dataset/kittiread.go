package dataset

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"roadloop/internal/fileio"
	"roadloop/perception"
	"roadloop/perception/camera/kitti"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
)

// kittiRoot returns the folder training of KITTI's object benchmark: the data set's
// folder or its subfolder.
func (s *Set) kittiRoot() string {
	if root := filepath.Join(s.dir, "training"); s.stated != nil || isFolder(filepath.Join(root, "label_2")) || !isFolder(filepath.Join(s.dir, "label_2")) {
		return root
	}
	return s.dir
}

// kittiFrames is a folder with frames: training or testing.
type kittiFrames struct {
	root     string
	pictures map[string]string // by name
}

// labels returns the path of the labels of a frame.
func (f *kittiFrames) labels(name string) string {
	return filepath.Join(f.root, "label_2", name+".txt")
}

// picture returns the path of the picture of a frame.
func (f *kittiFrames) picture(name string) string {
	if path, ok := f.pictures[name]; ok {
		return path
	}
	return filepath.Join(f.root, "image_2", name+".png")
}

// kittiFolders returns a function that returns the folder of a frame. Held-out frames are
// below testing, or below training in data sets that divide KITTI's training frames. The names
// in both folders count from 0: if another list has a held-out name, too, then the frame is
// the one below testing.
func (s *Set) kittiFolders(training *kittiFrames) func(name string) (*kittiFrames, error) {
	if s.options.Split != synth.HeldOut {
		return func(string) (*kittiFrames, error) { return training, nil }
	}
	testing := &kittiFrames{root: filepath.Join(training.root, "..", "testing")}
	testing.pictures, _ = picturesByName(filepath.Join(testing.root, "image_2"))
	others := make(map[string]bool)
	for _, split := range []synth.Split{synth.Train, synth.Validation} {
		data, _ := fileio.ReadRegular(s.imageSet(split)) // a missing list is empty
		for name := range strings.FieldsSeq(string(data)) {
			others[name] = true
		}
	}
	return func(name string) (*kittiFrames, error) {
		picture, pictured := testing.pictures[name]
		switch {
		case exists(testing.labels(name)):
			return testing, nil
		case pictured && (others[name] || !exists(training.labels(name))):
			return nil, fmt.Errorf("%s has no labels: there is no %s, and KITTI publishes none for the frames of testing", picture, testing.labels(name))
		}
		return training, nil
	}
}

// readKITTI reads the folder training of KITTI's object benchmark, and testing for held-out
// frames.
func (s *Set) readKITTI() error {
	root := s.kittiRoot()
	pictures, pictured := picturesByName(filepath.Join(root, "image_2"))
	folderOf := s.kittiFolders(&kittiFrames{root, pictures})
	// KITTI labels these classes; others count as labelled if they occur.
	labelled := [perception.NumClasses]bool{perception.Car: true, perception.Truck: true, perception.Pedestrian: true, perception.Cyclist: true}
	named := make(map[string]bool)
	names, err := s.kittiNames(root)
	if err != nil {
		return err
	}
	for _, name := range names {
		named[name] = true
		frames, err := folderOf(name)
		if err == nil {
			err = s.readKITTIFrame(frames, name)
		}
		if err != nil {
			if err := s.tolerate(err); err != nil {
				return err
			}
			continue
		}
		sm := &s.samples[len(s.samples)-1]
		for i := range sm.objects {
			labelled[synth.Class(&sm.objects[i])] = true
		}
	}
	if s.options.Split != "" {
		pictured = nil // those of the other splits are not named
	}
	for _, name := range pictured {
		if !named[name] {
			err := fmt.Errorf("%s has no labels: there is no %s", pictures[name], filepath.Join(root, "label_2", name+".txt"))
			if err := s.tolerate(err); err != nil {
				return err
			}
		}
	}
	s.markUnlabelled(labelled)
	return nil
}

// imageSet returns the path of KITTI's list of the frames of a split.
func (s *Set) imageSet(split synth.Split) string {
	file := map[synth.Split]string{synth.Train: "train.txt", synth.Validation: "val.txt", synth.HeldOut: "test.txt"}[split]
	root := s.kittiRoot()
	for _, folder := range []string{s.dir, root, filepath.Join(root, "..")} {
		if path := filepath.Join(folder, "ImageSets", file); exists(path) {
			return path
		}
	}
	return filepath.Join(s.dir, "ImageSets", file)
}

// kittiNames returns the names of the frames: those with labels, or those in the list of
// the split.
func (s *Set) kittiNames(root string) (names []string, err error) {
	if s.options.Split == "" {
		for _, file := range list(filepath.Join(root, "label_2")) {
			if name, ok := strings.CutSuffix(file, ".txt"); ok {
				names = append(names, name)
			}
		}
		return names, nil
	}
	path := s.imageSet(s.options.Split)
	if !exists(path) {
		return nil, s.noSplit()
	}
	data, err := s.read(path)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		name := strings.TrimSpace(line)
		var err error
		switch {
		case name == "":
			continue
		case !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`):
			err = fmt.Errorf("%q is not the name of a frame", name)
		case seen[name]:
			err = fmt.Errorf("duplicate frame %q", name)
		}
		if err == nil {
			names, seen[name] = append(names, name), true
		} else if err := s.tolerate(inFile(path, &lineError{n, err})); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// readKITTIFrame reads the labels and the calibration of a frame.
func (s *Set) readKITTIFrame(f *kittiFrames, name string) error {
	path := f.labels(name)
	labels, err := s.read(path)
	if err != nil {
		return err
	}
	sm := sample{picture: f.picture(name), noLanes: true, kitti: true}
	sm.lacks.Drivable, sm.lacks.Weather = true, true
	w, h, err := s.size(&sm)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	v, err := s.readCalibration(filepath.Join(f.root, "calib", name+".txt"))
	if err != nil {
		return err
	}
	sm.camera, sm.labels = v.Camera, v.Labels()
	sm.camera.Width, sm.camera.Height = w, h
	n := 0
	for line := range strings.Lines(string(labels)) {
		n++
		if err := s.kittiLine(&sm, v, line); err != nil {
			if err := s.tolerate(inFile(path, &lineError{n, err})); err != nil {
				return err
			}
		}
	}
	s.samples = append(s.samples, sm)
	return nil
}

func (s *Set) readCalibration(path string) (*kitti.View, error) {
	data, err := s.read(path)
	if err != nil {
		return nil, err
	}
	c, err := kitti.Parse(string(data))
	if e := new(kitti.LineError); errors.As(err, &e) {
		return nil, inFile(path, &lineError{e.Line, e.Err})
	} else if err != nil {
		return nil, inFile(path, err)
	}
	v, err := c.View()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// kittiLine adds the label of a line.
func (s *Set) kittiLine(sm *sample, v *kitti.View, line string) error {
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
		markIgnored(&o)
	}
	if class != region {
		if k.lacksPlace() {
			sm.lacks.Place = true
		} else if err := k.place(&o, v); err != nil {
			return err
		}
	}
	sm.add(o, class)
	return nil
}

// neutral reports whether KITTI's evaluation ignores an object because it resembles
// another class: it need not be found, and a detection of it is not wrong.
func (k *kittiObject) neutral() bool { return k.Type == "Van" || k.Type == "Person_sitting" }

// visible returns the visible fraction of an object by its degree of occlusion.
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

// lacksPlace reports whether the label has no 3-D position. Programs that label only
// images write -1 or 0 for all sizes, or KITTI's values for unknown.
func (k *kittiObject) lacksPlace() bool {
	unsized := k.H == k.W && k.W == k.L && (k.H == -1 || k.H == 0)
	return unsized || k.X == -1000 && k.Y == -1000 && k.Z == -1000 || k.RotationY == unknownAngle
}

// place sets position and size of an object.
func (k *kittiObject) place(o *label.Object, v *kitti.View) error {
	if err := k.checkPlace(); err != nil {
		return err
	}
	p := v.Point(kitti.Vec3{k.X, k.Y, k.Z})
	o.Pos = geom.Vec{X: p[0], Y: p[1]}
	o.Bottom, o.Top, o.Length, o.Width = p[2], p[2]+k.H, k.L, k.W
	mount := &v.Camera.Mount
	o.Distance = o.Pos.Dist(geom.Vec{X: mount.X, Y: mount.Y})
	o.Heading = geom.WrapAngle(v.Heading(k.RotationY) - mount.Yaw)
	return nil
}

// checkPlace checks size, location and rotation of a visible object. The middle of a
// long object may be behind the camera, its whole box may not.
func (k *kittiObject) checkPlace() error {
	err := checkBounds(
		bounded{"height", k.H, 0, maxSize, " m"}, bounded{"width", k.W, 0, maxSize, " m"}, bounded{"length", k.L, 0, maxSize, " m"},
		bounded{"x", k.X, -maxFar, maxFar, " m"}, bounded{"y", k.Y, -maxFar, maxFar, " m"}, bounded{"z", k.Z, -maxFar, maxFar, " m"},
	)
	if err != nil {
		return err
	}
	sin, cos := math.Sincos(k.RotationY)
	if reach := (k.L*math.Abs(sin) + k.W*math.Abs(cos)) / 2; k.Z+reach <= 0 {
		return fmt.Errorf("z: %g m, the object is behind the camera and cannot have a box in the picture", k.Z)
	}
	return nil
}
