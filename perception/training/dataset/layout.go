package dataset

import (
	"encoding/json"
	"fmt"
	"slices"

	"roadloop/perception/training/synth"
)

// Format is a common data set format.
type Format string

// Formats.
const (
	Roadloop Format = "roadloop" // all labels of a frame, as JSON
	COCO     Format = "coco"     // boxes and masks (Lin et al. 2014)
	KITTI    Format = "kitti"    // 2-D and 3-D boxes (Geiger et al. 2012)
	YOLO     Format = "yolo"     // boxes, in the format of Ultralytics' trainers
	TuSimple Format = "tusimple" // lane boundaries
)

// Formats returns all formats.
func Formats() []Format { return []Format{Roadloop, COCO, KITTI, YOLO, TuSimple} }

// layout returns the layout of a format.
func (f Format) layout() (layout, error) {
	switch f {
	case Roadloop:
		return roadloopLayout{}, nil
	case COCO:
		return cocoLayout{}, nil
	case KITTI:
		return kittiLayout{}, nil
	case YOLO:
		return yoloLayout{}, nil
	case TuSimple:
		return tusimpleLayout{}, nil
	}
	return nil, fmt.Errorf("format %q is none of %v", string(f), Formats())
}

// layout defines the files of a data set. It has no state.
type layout interface {
	// picture returns the path of the picture of frame i.
	picture(i int) string
	// frame returns the label files of a frame, and data about it for finish, or nil.
	frame(s *exportFrame) (files []file, labels any, err error)
	// finish returns the files about all frames; parts are in order of frames.
	finish(parts []part) ([]file, error)
	// notes returns explanations for users of the labels.
	notes() []string
}

// exportFrame is a frame to write.
type exportFrame struct {
	*synth.Frame
	number   int
	drivable []float32 // by cell of the network's grid
}

// pictures returns the frame and its channels as PNG files.
func (s *exportFrame) pictures(path string, channels []Channel) ([]file, error) {
	data, err := encodePNG(picture(s.Image))
	if err != nil {
		return nil, err
	}
	out := []file{{path, data}}
	for _, c := range channels {
		if data, err = encodePNG(c.picture(s.Image)); err != nil {
			return nil, fmt.Errorf("channel %s: %w", c, err)
		}
		out = append(out, file{c.path(s.number), data})
	}
	return out, nil
}

// each decodes the labels of parts, in order.
func each[T any](parts []part, yield func(i int, labels *T)) error {
	for _, p := range parts {
		var labels T
		if err := json.Unmarshal(p.Labels, &labels); err != nil {
			return fmt.Errorf("%s: %w", partPath(p.Frame), err)
		}
		yield(p.Frame, &labels)
	}
	return nil
}

// readable reports whether a format can be read.
func (f Format) readable() bool { return slices.Contains([]Format{Roadloop, COCO, KITTI}, f) }
