package dataset

import (
	"errors"
	"fmt"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

var (
	errDuplicateID = errors.New("duplicate id")
	errNoID        = errors.New("id is missing")
)

// leftOut is the index of an image that was left out because it is invalid. Its labels
// are left out, too.
const leftOut = -1

// cocoReader reads a label file.
type cocoReader struct {
	set        *Set
	tolerate   func(error) error // Set.tolerate for an error without the file
	pictures   *pictureFinder
	images     map[cocoKey]int // index of the sample by id, leftOut for one without a sample
	categories map[cocoKey]string
	seen       map[cocoKey]bool
	labelled   [perception.NumClasses]bool
}

// readCOCO reads COCO's labels.
func (s *Set) readCOCO() error {
	path, err := s.annotationFile()
	if err != nil {
		return err
	}
	data, err := s.read(path)
	if err != nil {
		return err
	}
	tolerate := func(err error) error {
		if s.tolerate(inFile(path, err)) == nil {
			return nil
		}
		return err
	}
	in, err := parseCOCO(data, tolerate)
	if err == nil {
		r := cocoReader{
			set: s, tolerate: tolerate, pictures: newPictureFinder(pictureFolders(s.dir, path)),
			images: make(map[cocoKey]int), categories: make(map[cocoKey]string), seen: make(map[cocoKey]bool),
		}
		err = r.read(in)
	}
	if err != nil {
		return inFile(path, err)
	}
	return nil
}

// read checks the document and adds its labels.
func (r *cocoReader) read(in *cocoInput) error {
	for i := range in.Categories {
		c := &in.Categories[i]
		if err := r.category(c); err != nil {
			if err := r.tolerate(c.fail(c.ID, err)); err != nil {
				return err
			}
		}
	}
	for i := range in.Images {
		im := &in.Images[i]
		if err := r.image(im); err != nil {
			if err := r.tolerate(im.fail(im.ID, err)); err != nil {
				return err
			}
		}
	}
	for i := range in.Annotations {
		a := &in.Annotations[i]
		if err := r.annotation(a); err != nil {
			if err := r.tolerate(a.fail(a.ID, err)); err != nil {
				return err
			}
		}
	}
	r.set.markUnlabelled(r.labelled)
	return nil
}

// category adds a category.
func (r *cocoReader) category(c *cocoInputCategory) error {
	if _, ok := r.categories[c.ID]; ok && c.ID != "" {
		return errDuplicateID
	}
	switch {
	case c.ID == "":
		return errNoID
	case c.Name == "":
		return errors.New("name is missing")
	}
	r.categories[c.ID] = c.Name
	if class, ok := classByName(c.Name); ok && class != region {
		r.labelled[class] = true
	}
	return nil
}

// image adds an image.
func (r *cocoReader) image(im *cocoInputImage) error {
	if _, ok := r.images[im.ID]; ok && im.ID != "" {
		return errDuplicateID
	}
	switch {
	case im.ID == "":
		return errNoID
	case im.FileName == "":
		return errors.New("file_name is missing")
	case im.Width == nil || im.Height == nil:
		return errors.New("width or height is missing")
	}
	r.images[im.ID] = leftOut
	picture, err := r.pictures.find(im.FileName)
	if err != nil {
		return fmt.Errorf("file_name: %w", err)
	}
	sm := sample{id: string(im.ID), picture: picture, noLanes: true}
	sm.lacks.Drivable, sm.lacks.Weather = true, true
	w, h, err := r.set.size(&sm)
	if err != nil {
		return err
	}
	if w != int(*im.Width) || h != int(*im.Height) {
		return fmt.Errorf("width and height are %d×%d, %s has %d×%d px upright", *im.Width, *im.Height, sm.picture, w, h)
	}
	sm.camera, sm.guessed = guessCamera(w, h), im.Camera == nil
	if im.Camera != nil {
		sm.camera = *im.Camera
		if err := checkCamera(im.Camera, w, h); err != nil {
			return err
		}
	}
	r.images[im.ID] = len(r.set.samples)
	r.set.samples = append(r.set.samples, sm)
	return nil
}

// guessCamera returns a camera similar to the default one, for a picture of an
// unknown camera.
func guessCamera(w, h int) sensor.Camera {
	c := sensor.FrontCamera()
	f := float64(w) / float64(c.Width)
	c.Width, c.Height, c.Fx, c.Fy = w, h, c.Fx*f, c.Fy*f
	c.Cx, c.Cy = float64(w)/2, float64(h)/2
	return c
}

// annotation adds a label.
func (r *cocoReader) annotation(a *cocoInputLabel) error {
	if r.seen[a.ID] {
		return errDuplicateID
	}
	r.seen[a.ID] = a.ID != ""
	switch {
	case a.ImageID == "":
		return errors.New("image_id is missing")
	case a.CategoryID == "":
		return errors.New("category_id is missing")
	}
	index, ok := r.images[a.ImageID]
	if !ok {
		return fmt.Errorf("image_id: there is no image %s", a.ImageID)
	}
	if index == leftOut {
		return nil
	}
	name, ok := r.categories[a.CategoryID]
	if !ok {
		return fmt.Errorf("category_id: there is no category %s", a.CategoryID)
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
	if class != region {
		sm.areas = append(sm.areas, a.Area)
	}
	return nil
}

// object returns the label, and marks its sample if the label has no position.
func (a *cocoInputLabel) object(sm *sample) (label.Object, error) {
	if len(a.Box) != 4 {
		return label.Object{}, fmt.Errorf("bbox: %d numbers, want 4", len(a.Box))
	}
	if !(a.Box[2] > 0 && a.Box[3] > 0) {
		return label.Object{}, fmt.Errorf("bbox: %g×%g px, want a width and a height above 0", a.Box[2], a.Box[3])
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
	if a.Crowd || a.Ignore {
		markIgnored(&o)
	}
	if err := checkShares(&o); err != nil {
		return o, err
	}
	if a.Position != nil && len(a.Position) != 2 {
		return o, fmt.Errorf("position: %d numbers, want 2", len(a.Position))
	}
	if a.Distance == nil || a.Heading == nil || a.Position == nil {
		sm.lacks.Place = true
		return o, nil
	}
	o.Distance, o.Heading, o.Pos = *a.Distance, *a.Heading, geom.Vec{X: a.Position[0], Y: a.Position[1]}
	return o, checkPlace(&o)
}
