package results

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"roadloop/sim/geom"
)

// nuScenesNames maps class names to nuScenes' detection classes. nuScenes has no traffic
// lights.
var nuScenesNames = map[string]string{
	"car": "car", "truck": "truck", "bus": "bus", "trailer": "trailer", "pedestrian": "pedestrian", "person": "pedestrian",
	"cyclist": "bicycle", "bicycle": "bicycle", "motorcycle": "motorcycle", "cone": "traffic_cone", "traffic cone": "traffic_cone", "barrier": "barrier",
}

// NuScenesMeta says which inputs a detector used.
type NuScenesMeta struct {
	Camera   bool `json:"use_camera"`
	Lidar    bool `json:"use_lidar"`
	Radar    bool `json:"use_radar"`
	Map      bool `json:"use_map"`
	External bool `json:"use_external"`
}

// nuScenesMost is the number of boxes of a sample that nuScenes accepts.
const nuScenesMost = 500

// nuScenesWriter writes nuScenes' detection results.
type nuScenesWriter struct {
	*stream
	truth bool
	seen  map[string]bool
}

// NewNuScenes returns a writer of nuScenes' detection results: for each sample, boxes in
// the frame of the map with translation, size (width, length, height), rotation (w, x, y,
// z), velocity (m/s, 0 if unknown), detection_name, detection_score and an empty
// attribute_name. The sample token is the name of the image. Classes that nuScenes does not
// have, objects without a box in space, and all but the 500 best of a sample are left out.
func NewNuScenes(path string, meta NuScenesMeta) (Writer, error) {
	return newNuScenes(path, meta, false)
}

// NewNuScenesTruth returns a writer of true objects in the layout of NewNuScenes, which
// nuscenes-devkit reads with EvalBoxes.deserialize. Scores are -1, objects with Ignore are
// left out, and num_pts is 1, so that no object is dropped as one without lidar points.
func NewNuScenesTruth(path string) (Writer, error) { return newNuScenes(path, NuScenesMeta{}, true) }

func newNuScenes(path string, meta NuScenesMeta, truth bool) (Writer, error) {
	s, err := newStream(path)
	if err != nil {
		return nil, err
	}
	head, err := json.Marshal(meta)
	if err != nil {
		return nil, err
	}
	s.text("{\"meta\":" + string(head) + ",\n\"results\":{")
	return &nuScenesWriter{stream: s, truth: truth, seen: make(map[string]bool)}, nil
}

// nuScenesBox is a box of nuScenes.
type nuScenesBox struct {
	Sample      string     `json:"sample_token"`
	Translation [3]float64 `json:"translation"`
	Size        [3]float64 `json:"size"`
	Rotation    [4]float64 `json:"rotation"`
	Velocity    [2]float64 `json:"velocity"`
	Points      *int       `json:"num_pts,omitempty"`
	Name        string     `json:"detection_name"`
	Score       float64    `json:"detection_score"`
	Attribute   string     `json:"attribute_name"`
}

func (w *nuScenesWriter) Write(im *Image, objects []Object) error {
	if err := checkAll(im, objects); err != nil {
		return err
	}
	token := stem(im.Name)
	if w.seen[token] {
		return fmt.Errorf("image %s: duplicate sample token %q", im.Name, token)
	}
	boxes := []nuScenesBox{}
	for i := range objects {
		o := &objects[i]
		name, ok := nuScenesNames[o.Class]
		if !ok || o.Space == nil || w.truth && o.Ignore {
			continue
		}
		b := newNuScenesBox(&im.Ego, o)
		b.Sample, b.Name = token, name
		if w.truth {
			b.Score, b.Points = -1, new(int)
			*b.Points = 1
		}
		boxes = append(boxes, b)
	}
	slices.SortStableFunc(boxes, func(a, b nuScenesBox) int { return cmp.Compare(b.Score, a.Score) })
	boxes = boxes[:min(len(boxes), nuScenesMost)]
	key, err := json.Marshal(token)
	if err != nil {
		return err
	}
	value, err := json.Marshal(boxes)
	if err != nil {
		return fmt.Errorf("image %s: %w", im.Name, err)
	}
	if len(w.seen) > 0 {
		w.text(",")
	}
	w.seen[token] = true
	w.text("\n")
	w.bytes(key)
	w.text(":")
	w.bytes(value)
	return nil
}

// newNuScenesBox converts the box in space to the frame of the map.
func newNuScenesBox(ego *geom.Pose, o *Object) nuScenesBox {
	s := o.Space
	p := ego.ToWorld(s.Pos)
	sin, cos := math.Sincos((ego.Yaw + s.Heading) / 2)
	b := nuScenesBox{
		Translation: [3]float64{p.X, p.Y, (s.Bottom + s.Top) / 2},
		Size:        [3]float64{s.Width, s.Length, s.Top - s.Bottom},
		Rotation:    [4]float64{cos, 0, 0, sin},
		Score:       o.Score,
	}
	if s.Vel != nil {
		sin, cos := math.Sincos(ego.Yaw)
		b.Velocity = [2]float64{cos*s.Vel.X - sin*s.Vel.Y, sin*s.Vel.X + cos*s.Vel.Y}
	}
	return b
}

func (w *nuScenesWriter) Close() error {
	w.text("\n}}\n")
	return w.commit()
}
