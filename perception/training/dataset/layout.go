package dataset

import (
	"encoding/json"
	"fmt"
)

// Format is a common data set format.
type Format string

// Formats.
const (
	Roadloop Format = "roadloop" // all labels of a frame, as JSON
	COCO     Format = "coco"     // boxes and masks (Lin et al. 2014)
	KITTI    Format = "kitti"    // 2-D and 3-D boxes (Geiger et al. 2012)
	// KITTITracking has the drives of KITTI's tracking benchmark.
	KITTITracking Format = "kitti-tracking"
	YOLO          Format = "yolo"     // boxes, in the format of Ultralytics' trainers
	TuSimple      Format = "tusimple" // lane boundaries
	// NuScenes has tables and the files of all sensors (Caesar et al. 2020).
	NuScenes Format = "nuscenes"
)

// Formats returns all formats.
func Formats() []Format {
	return []Format{Roadloop, COCO, KITTI, KITTITracking, YOLO, TuSimple, NuScenes}
}

// layout returns the layout of a format.
func (f Format) layout() (layout, error) {
	switch f {
	case Roadloop:
		return roadloopLayout{}, nil
	case COCO:
		return cocoLayout{}, nil
	case KITTI:
		return kittiLayout{}, nil
	case KITTITracking:
		return trackingLayout{}, nil
	case YOLO:
		return yoloLayout{}, nil
	case TuSimple:
		return tusimpleLayout{}, nil
	case NuScenes:
		return nuscenesLayout{}, nil
	}
	return nil, fmt.Errorf("format %q is none of %v", string(f), Formats())
}

// holds is what a format can hold in one data set.
type holds struct {
	rig   bool // all cameras
	lidar bool
	radar bool
	lists bool // subsets
	alone bool // random worlds, not only drives
}

// Lists reports whether a format lists the frames for training, validation and test.
func (f Format) Lists() bool {
	l, err := f.layout()
	return err == nil && l.holds().lists
}

// HoldsRig reports whether a data set of a format holds all cameras of a rig.
func (f Format) HoldsRig() bool {
	l, err := f.layout()
	return err == nil && l.holds().rig
}

// layout defines the files of a data set. It has no state.
type layout interface {
	holds() holds
	// picture returns the path of a camera's picture.
	picture(p place, camera string) string
	// frame returns the label files of a frame, and data about it for finish, or nil.
	frame(s *exportFrame) (files []file, labels any, err error)
	// finish returns the files about all frames; parts are in order of frames.
	finish(parts []part) ([]file, error)
	// notes returns explanations for users of the labels.
	notes() []string
}

// pictures returns the frames and their channels as PNG files.
func (s *exportFrame) pictures(l layout, channels []Channel) (out []file, err error) {
	for i := range s.shots {
		data, err := encodePNG(picture(s.shots[i].Image))
		if err != nil {
			return nil, err
		}
		out = append(out, file{path: l.picture(s.place, s.shots[i].camera), data: data})
	}
	for _, c := range channels {
		data, err := encodePNG(c.picture(s.Image))
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", c, err)
		}
		out = append(out, file{path: c.path(s.number), data: data})
	}
	return out, nil
}

// byList returns the parts of a subset.
func byList(parts []part, list Subset) (out []part) {
	for i := range parts {
		if parts[i].Place.Subset == list {
			out = append(out, parts[i])
		}
	}
	return out
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
