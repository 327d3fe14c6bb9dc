package dataset

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/results"
	"roadloop/perception/training/synth"
	"roadloop/sim/raster"
	"roadloop/sim/sensor"
)

// cocoLayout is COCO's layout for detection and segmentation: images/ and
// annotations/instances.json, or a label file for each list.
type cocoLayout struct{}

// cocoFile is the path of the labels of all frames.
const cocoFile = "annotations/instances.json"

// cocoFileOf returns the path of the labels of a list, of all frames for "".
func cocoFileOf(s Subset) string {
	if s == "" {
		return cocoFile
	}
	return fmt.Sprintf("annotations/instances_%s.json", s)
}

// cocoLabels is instances.json for export. The fields are COCO's, except camera and,
// in annotations, the fields from visible_bbox, which are extensions.
type cocoLabels struct {
	Info        cocoInfo         `json:"info"`
	Licenses    []cocoLicense    `json:"licenses"`
	Videos      []cocoVideo      `json:"videos,omitempty"` // drives
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

// cocoVideo is a drive.
type cocoVideo struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// cocoImage is an image. The fields from Camera are extensions of roadloop.
type cocoImage struct {
	ID       int64          `json:"id"`
	FileName string         `json:"file_name"`
	Width    int            `json:"width"`
	Height   int            `json:"height"`
	License  int            `json:"license"`
	Camera   *sensor.Camera `json:"camera,omitempty"`

	VideoID  int64    `json:"video_id,omitempty"`
	FrameID  *int     `json:"frame_id,omitempty"` // in the video, from 0
	Time     *float64 `json:"time,omitempty"`     // s
	Seed     uint64   `json:"seed"`
	Map      string   `json:"map"`
	Scenario string   `json:"scenario,omitempty"`
	Light    string   `json:"light"`
	Weather  string   `json:"weather"`
	EgoSpeed float64  `json:"ego_speed"` // m/s
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
	TrackID    *int    `json:"track_id,omitempty"` // the same in all frames of a drive
	Visible    float64 `json:"visible"`
	Occluded   int     `json:"occluded"` // 0 visible, 1 partly, 2 largely hidden
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

func (cocoLayout) holds() holds { return holds{lists: true, alone: true} }

func (cocoLayout) picture(p place, _ string) string { return "images/" + cocoName(p.Number) }

func cocoName(i int) string { return fmt.Sprintf("%06d.png", i) }

// cocoID returns the id of an image or category. pycocotools treats 0 as none.
func cocoID(i int) int64 { return int64(i) + 1 }

func (cocoLayout) frame(s *exportFrame) ([]file, any, error) {
	f := cocoFrame{Image: cocoImage{
		ID: cocoID(s.number), FileName: cocoName(s.number), Width: s.Image.Width, Height: s.Image.Height, License: 1, Camera: s.Actual,
		Seed: s.about.Seed, Map: s.about.Map, Scenario: s.about.Scenario, Light: s.Light(), Weather: s.Air(), EgoSpeed: s.about.Speed,
	}}
	if s.Sequence != alone {
		f.Image.VideoID, f.Image.FrameID, f.Image.Time = int64(s.Sequence)+1, &s.Index, &s.time
	}
	for i := range s.Objects {
		o := &s.Objects[i]
		v := o.Modal
		a := cocoAnnotation{
			ImageID: f.Image.ID, CategoryID: cocoID(int(synth.Class(o))),
			Box:  [4]float64{round(o.X0), round(o.Y0), round(o.X1 - o.X0), round(o.Y1 - o.Y0)},
			Area: o.Pixels, Segmentation: mask(s.Image, o.ID), VisibleBox: [4]int{v.Min.X, v.Min.Y, v.Dx(), v.Dy()}, Instance: o.ID,
			Visible: round(o.Visible), Occluded: results.Occlusion(o.Visible), Truncated: round(o.Truncated),
			Distance: round(o.Distance), Heading: round(o.Heading), Position: point(o.Pos),
		}
		if !synth.Labeled(o) {
			a.Crowd = 1
		}
		if s.Sequence != alone {
			track := trackID(o)
			a.TrackID = &track
		}
		f.Annotations = append(f.Annotations, a)
	}
	return nil, f, nil
}

// mask returns the pixels of an instance.
func mask(im *raster.Image, id uint16) cocoMask {
	inside := make([]bool, 0, im.Width*im.Height)
	for x := range im.Width {
		for y := range im.Height {
			inside = append(inside, im.Instance[y*im.Width+x] == id)
		}
	}
	return cocoMask{runs(inside), [2]int{im.Height, im.Width}}
}

// finish writes the label file of all frames. If there are frames for validation or test,
// it writes one for each list instead.
func (l cocoLayout) finish(parts []part) (files []file, err error) {
	if len(byList(parts, SubsetTrain)) == len(parts) {
		f, err := l.labels("", parts)
		return []file{f}, err
	}
	for _, list := range subsets() {
		if in := byList(parts, list); len(in) > 0 {
			f, err := l.labels(list, in)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// labels returns the label file of frames.
func (cocoLayout) labels(list Subset, parts []part) (file, error) {
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
		if v := f.Image.VideoID; v > 0 && (len(all.Videos) == 0 || all.Videos[len(all.Videos)-1].ID != v) {
			all.Videos = append(all.Videos, cocoVideo{v, f.Image.Scenario})
		}
		all.Images = append(all.Images, f.Image)
		for _, a := range f.Annotations {
			a.ID = int64(len(all.Annotations)) + 1
			all.Annotations = append(all.Annotations, a)
		}
	})
	if err != nil {
		return file{}, err
	}
	return jsonFile(cocoFileOf(list), &all)
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
		"Extensions of annotations: `visible_bbox`, `instance`, `visible` (share of the object in the image that nothing hides), `occluded` (0: at least 80 % visible, 1: at least 50 %, 2: less), `truncated` (share of the bounds of its box in space outside of the image), `distance`, `heading` and `position`; in frames of a drive `track_id`, the same in all frames.",
		"Extensions of images: `camera`, `seed`, `map`, `light`, `weather`, `ego_speed`; in frames of a drive `scenario`, `time`, and `video_id` and `frame_id` of the list `videos`.",
	}
}
