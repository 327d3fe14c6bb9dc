package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

// cocoPattern matches COCO's files of labels, as instances_train2017.json.
const cocoPattern = "annotations/instances*.json"

// cocoInput is instances.json as it is read.
type cocoInput struct {
	Images      []cocoImage      `json:"images"`
	Categories  []cocoCategory   `json:"categories"`
	Annotations []cocoInputLabel `json:"annotations"`
}

// cocoInputLabel is an annotation. From Visible on only ours have the fields.
type cocoInputLabel struct {
	ID         int64     `json:"id"`
	ImageID    int64     `json:"image_id"`
	CategoryID int64     `json:"category_id"`
	Box        []float64 `json:"bbox"`
	Crowd      int       `json:"iscrowd"`
	Ignore     int       `json:"ignore"`

	Instance  uint16    `json:"instance"`
	Visible   *float64  `json:"visible"`
	Truncated float64   `json:"truncated"`
	Distance  *float64  `json:"distance"`
	Heading   *float64  `json:"heading"`
	Position  []float64 `json:"position"`
}

var errTwice = errors.New("the id is there twice")

// cocoReader is a file of labels in reading.
type cocoReader struct {
	set        *Set
	images     map[int64]int // index of the sample by id
	categories map[int64]string
	seen       map[int64]bool
	labelled   [perception.NumClasses]bool
}

// readCOCO reads COCO's labels.
func (s *Set) readCOCO() error {
	found, _ := filepath.Glob(filepath.Join(s.dir, cocoPattern))
	if len(found) > 1 {
		return fmt.Errorf("%s: %d files are %s, want one", s.dir, len(found), cocoPattern)
	}
	path := found[0]
	data, err := s.read(path)
	if err != nil {
		return err
	}
	var in cocoInput
	if err = decode(data, 1, &in); err == nil {
		r := cocoReader{s, make(map[int64]int), make(map[int64]string), make(map[int64]bool), [perception.NumClasses]bool{}}
		err = r.read(&in, pictureFolder(s.dir, path))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// pictureFolder returns where the pictures of a file of labels are: in images, or as
// COCO lays them out in train2017 beside annotations.
func pictureFolder(dir, labels string) string {
	split := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(labels), ".json"), "instances")
	split = strings.TrimPrefix(split, "_")
	for _, name := range []string{filepath.Join("images", split), split} {
		if info, err := os.Stat(filepath.Join(dir, name)); split != "" && err == nil && info.IsDir() {
			return filepath.Join(dir, name)
		}
	}
	return filepath.Join(dir, "images")
}

// read checks the document and keeps its labels.
func (r *cocoReader) read(in *cocoInput, pictures string) error {
	for _, c := range in.Categories {
		if _, ok := r.categories[c.ID]; ok {
			return fmt.Errorf("category %d: the id is there twice", c.ID)
		}
		r.categories[c.ID] = c.Name
		if class, ok := meaning(c.Name); ok && class != region {
			r.labelled[class] = true
		}
	}
	for i := range in.Images {
		if err := r.image(&in.Images[i], pictures); err != nil {
			return fmt.Errorf("image %d: %w", in.Images[i].ID, err)
		}
	}
	for i := range in.Annotations {
		if err := r.annotation(&in.Annotations[i]); err != nil {
			return fmt.Errorf("annotation %d: %w", in.Annotations[i].ID, err)
		}
	}
	r.set.lack(r.labelled)
	return nil
}

// image keeps an image.
func (r *cocoReader) image(im *cocoImage, pictures string) error {
	if _, ok := r.images[im.ID]; ok {
		return errTwice
	}
	if !filepath.IsLocal(im.FileName) {
		return fmt.Errorf("file_name: %q is no path within the folder of images", im.FileName)
	}
	sm := sample{picture: filepath.Join(pictures, im.FileName), noLanes: true}
	sm.lacks.Drivable, sm.lacks.Weather = true, true
	w, h, err := pictureSize(sm.picture)
	if err != nil {
		return err
	}
	if w != im.Width || h != im.Height {
		return fmt.Errorf("width and height are %d×%d, %s has %d×%d px", im.Width, im.Height, sm.picture, w, h)
	}
	if sm.camera = guess(w, h); im.Camera != nil {
		sm.camera = *im.Camera
		if err := checkCamera(im.Camera, w, h); err != nil {
			return err
		}
	}
	r.images[im.ID] = len(r.set.samples)
	r.set.samples = append(r.set.samples, sm)
	return nil
}

// guess returns a camera like ours for a picture whose camera nobody knows.
func guess(w, h int) sensor.Camera {
	c := sensor.FrontCamera()
	f := float64(w) / float64(c.Width)
	c.Width, c.Height, c.Fx, c.Fy = w, h, c.Fx*f, c.Fy*f
	c.Cx, c.Cy = float64(w)/2, float64(h)/2
	return c
}

// annotation keeps a label.
func (r *cocoReader) annotation(a *cocoInputLabel) error {
	if r.seen[a.ID] {
		return errTwice
	}
	r.seen[a.ID] = true
	index, ok := r.images[a.ImageID]
	if !ok {
		return fmt.Errorf("image_id: there is no image %d", a.ImageID)
	}
	name, ok := r.categories[a.CategoryID]
	if !ok {
		return fmt.Errorf("category_id: there is no category %d", a.CategoryID)
	}
	class, ok, err := r.set.classOf(name)
	if !ok {
		return err
	}
	sm := &r.set.samples[index]
	o, err := a.object(sm)
	if err != nil {
		return err
	}
	sm.add(o, class)
	return nil
}

// object returns the label, and notes in its sample where it lacks a place.
func (a *cocoInputLabel) object(sm *sample) (label.Object, error) {
	if len(a.Box) != 4 {
		return label.Object{}, fmt.Errorf("bbox: %d numbers, want 4", len(a.Box))
	}
	if a.Box[2] < 0 || a.Box[3] < 0 {
		return label.Object{}, fmt.Errorf("bbox: size %g×%g, want none below 0", a.Box[2], a.Box[3])
	}
	o := label.Object{
		ID: a.Instance, Visible: 1, Truncated: a.Truncated,
		X0: a.Box[0], Y0: a.Box[1], X1: a.Box[0] + a.Box[2], Y1: a.Box[1] + a.Box[3],
	}
	if err := sm.cut(&o, [4]string{"bbox", "bbox", "bbox", "bbox"}); err != nil {
		return o, err
	}
	if a.Visible != nil {
		o.Visible = *a.Visible
	}
	if a.Crowd != 0 || a.Ignore != 0 {
		hide(&o)
	}
	if a.Distance == nil || a.Heading == nil || len(a.Position) != 2 {
		sm.lacks.Place = true
		return o, nil
	}
	if *a.Distance < 0 {
		return o, fmt.Errorf("distance: %g m", *a.Distance)
	}
	o.Distance, o.Heading, o.Pos = *a.Distance, *a.Heading, geom.Vec{X: a.Position[0], Y: a.Position[1]}
	return o, nil
}
