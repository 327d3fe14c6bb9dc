package dataset

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/training/synth"
	"roadloop/sim/raster"
	"roadloop/sim/sensor"
)

// cocoLayout is COCO's layout for detection and segmentation: images/ and
// annotations/instances.json.
type cocoLayout struct{}

// cocoFile is the path of the labels.
const cocoFile = "annotations/instances.json"

// cocoLabels is instances.json for export. The fields are COCO's, except camera and,
// in annotations, the fields from visible_bbox, which are extensions.
type cocoLabels struct {
	Info        cocoInfo         `json:"info"`
	Licenses    []cocoLicense    `json:"licenses"`
	Images      []cocoImage      `json:"images"`
	Categories  []cocoCategory   `json:"categories"`
	Annotations []cocoAnnotation `json:"annotations"`
}

type cocoInfo struct {
	Description string `json:"description"`
	Version     string `json:"version"`
}

type cocoLicense struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

type cocoImage struct {
	ID       int64          `json:"id"`
	FileName string         `json:"file_name"`
	Width    int            `json:"width"`
	Height   int            `json:"height"`
	License  int            `json:"license"`
	Camera   *sensor.Camera `json:"camera,omitempty"`
}

type cocoCategory struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	Supercategory string `json:"supercategory"`
}

type cocoAnnotation struct {
	ID           int64      `json:"id"`
	ImageID      int64      `json:"image_id"`
	CategoryID   int64      `json:"category_id"`
	Box          [4]float64 `json:"bbox"` // x, y, width, height
	Area         int        `json:"area"` // of the mask, px
	Crowd        int        `json:"iscrowd"`
	Segmentation cocoMask   `json:"segmentation"`

	VisibleBox [4]int  `json:"visible_bbox"` // of the mask
	Instance   uint16  `json:"instance"`
	Visible    float64 `json:"visible"`
	Truncated  float64 `json:"truncated"`
	Distance   float64 `json:"distance"` // from the camera, m
	Heading    float64 `json:"heading"`  // relative to the camera's axis, rad
	Position   pair    `json:"position"` // in the vehicle frame, m
}

// cocoMask is an uncompressed run-length code: the lengths of the runs of pixels
// outside, inside, outside … column by column.
type cocoMask struct {
	Counts []int  `json:"counts"`
	Size   [2]int `json:"size"` // height, width
}

// cocoFrame is the data of a frame that is stored until the end of the export.
type cocoFrame struct {
	Image       cocoImage        `json:"image"`
	Annotations []cocoAnnotation `json:"annotations"`
}

func (cocoLayout) picture(i int) string { return "images/" + cocoName(i) }

func cocoName(i int) string { return fmt.Sprintf("%06d.png", i) }

// cocoID returns the id of an image or category. pycocotools treats 0 as none.
func cocoID(i int) int64 { return int64(i) + 1 }

func (cocoLayout) frame(s *exportFrame) ([]file, any, error) {
	f := cocoFrame{Image: cocoImage{
		ID: cocoID(s.number), FileName: cocoName(s.number), Width: s.Image.Width, Height: s.Image.Height, License: 1, Camera: s.Actual,
	}}
	for i := range s.Objects {
		o := &s.Objects[i]
		v := o.Modal
		a := cocoAnnotation{
			ImageID: f.Image.ID, CategoryID: cocoID(int(synth.Class(o))),
			Box:  [4]float64{round(o.X0), round(o.Y0), round(o.X1 - o.X0), round(o.Y1 - o.Y0)},
			Area: o.Pixels, Segmentation: mask(s.Image, o.ID), VisibleBox: [4]int{v.Min.X, v.Min.Y, v.Dx(), v.Dy()}, Instance: o.ID,
			Visible: round(o.Visible), Truncated: round(o.Truncated),
			Distance: round(o.Distance), Heading: round(o.Heading), Position: point(o.Pos),
		}
		if !synth.Labeled(o) {
			a.Crowd = 1
		}
		f.Annotations = append(f.Annotations, a)
	}
	return nil, f, nil
}

// mask returns the pixels of an instance.
func mask(im *raster.Image, id uint16) cocoMask {
	inside := make([]float32, 0, im.Width*im.Height)
	for x := range im.Width {
		for y := range im.Height {
			v := float32(0)
			if im.Instance[y*im.Width+x] == id {
				v = 1
			}
			inside = append(inside, v)
		}
	}
	return cocoMask{runs(inside), [2]int{im.Height, im.Width}}
}

func (cocoLayout) finish(parts []part) ([]file, error) {
	all := cocoLabels{
		Info:     cocoInfo{"Frames of roadloop, a driving simulator", Schema},
		Licenses: []cocoLicense{{1, "MIT", "https://opensource.org/license/mit"}},
		Images:   []cocoImage{}, Annotations: []cocoAnnotation{},
	}
	for c := range perception.NumClasses {
		name := perception.Class(c)
		all.Categories = append(all.Categories, cocoCategory{cocoID(c), name.String(), supercategory(name)})
	}
	err := each(parts, func(_ int, f *cocoFrame) {
		all.Images = append(all.Images, f.Image)
		for _, a := range f.Annotations {
			a.ID = int64(len(all.Annotations)) + 1
			all.Annotations = append(all.Annotations, a)
		}
	})
	if err != nil {
		return nil, err
	}
	f, err := jsonFile(cocoFile, &all)
	return []file{f}, err
}

func supercategory(c perception.Class) string {
	switch {
	case c.IsSignal():
		return "signal"
	case c == perception.Pedestrian:
		return "person"
	case c == perception.Cone:
		return "object"
	}
	return "vehicle"
}

func (cocoLayout) notes() []string {
	return []string{
		"The id of an image is the number of its frame plus 1.",
		"`bbox` bounds the shape of the object in the image, hidden parts included (amodal); `segmentation`, `area` and `visible_bbox` refer to the pixels that show the object (modal).",
		"Objects that are too hidden, small, far or deep in fog have `iscrowd` 1: COCO's evaluation then ignores them. (It overwrites a field `ignore` with that one.)",
		"The fields `visible_bbox`, `instance`, `visible`, `truncated`, `distance`, `heading` and `position` of annotations, and `camera` of images, are extensions of roadloop.",
	}
}
