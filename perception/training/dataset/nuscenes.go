package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// nuscenesLayout is the layout of nuScenes (Caesar et al. 2020): tables in v1.0-mini, and
// the files of all sensors in samples, for key frames, and in sweeps. A drive is a scene;
// so is each frame of a random world.
type nuscenesLayout struct{}

// nuscenesTables is the folder of the tables. The development kit calls it the version.
const nuscenesTables = "v1.0-mini"

// keyInterval is the time between two key frames, s.
const keyInterval = .5

// isKey reports whether a frame of a drive is a key frame: every frame, if the frames do
// not divide keyInterval.
func isKey(index int, period float64) bool {
	every := math.Round(keyInterval / period)
	if every < 1 || math.Abs(every*period-keyInterval) > 1e-9 {
		return true
	}
	return index%int(every) == 0
}

// nuscFrame is what the tables need of a frame.
type nuscFrame struct {
	Scene       string       `json:"scene"`
	Description string       `json:"description"`
	Map         string       `json:"map"` // its number in file names
	Location    string       `json:"location"`
	Time        int64        `json:"time"` // µs
	Ego         nuscPose     `json:"ego"`  // in the global frame
	Files       []nuscFile   `json:"files"`
	Objects     []nuscObject `json:"objects"`
}

// nuscPose is a pose: x, y, z in m and a quaternion w, x, y, z.
type nuscPose struct {
	Translation [3]float64 `json:"translation"`
	Rotation    [4]float64 `json:"rotation"`
}

// nuscFile is the file of a sensor.
type nuscFile struct {
	Channel   string      `json:"channel"`
	Modality  string      `json:"modality"`
	Mount     nuscPose    `json:"mount"` // in the ego frame
	Intrinsic [][]float64 `json:"intrinsic"`
	Path      string      `json:"path"`
	Format    string      `json:"format"`
	Width     int         `json:"width"`
	Height    int         `json:"height"`
}

// nuscObject is the annotation of an actor in a key frame.
type nuscObject struct {
	ID         int    `json:"id"`
	Category   string `json:"category"`
	Attribute  string `json:"attribute"` // "" for none
	Visibility string `json:"visibility"`
	nuscPose
	Size        [3]float64 `json:"size"` // width, length, height, m
	LidarPoints int        `json:"lidar_points"`
	RadarPoints int        `json:"radar_points"`
}

func (nuscenesLayout) holds() holds {
	return holds{rig: true, lidar: true, radar: true, lists: true, alone: true}
}

// scene returns the name of the scene of a frame.
func (nuscenesLayout) scene(p place) string {
	if p.Sequence == alone {
		return fmt.Sprintf("scene-%04d", p.Number+1)
	}
	return fmt.Sprintf("scene-%04d", p.Sequence+1)
}

// path returns the path of a file of a channel.
func (l nuscenesLayout) path(p place, channel, extension string) string {
	folder := "sweeps"
	if p.Key {
		folder = "samples"
	}
	return fmt.Sprintf("%s/%s/%s__%s__%06d%s", folder, channel, l.scene(p), channel, max(p.Index, 0), extension)
}

// channelNames are nuScenes' names of the cameras of the shipped rigs.
var channelNames = map[string]string{
	"camera": "CAM_FRONT", "camera-left": "CAM_FRONT_LEFT", "camera-right": "CAM_FRONT_RIGHT", "camera-rear": "CAM_BACK",
	"lidar": "LIDAR_TOP", "radar": "RADAR_FRONT",
}

// channelName returns nuScenes' name of a sensor.
func channelName(name, kind string) string {
	if known, ok := channelNames[name]; ok {
		return known
	}
	upper := strings.NewReplacer("-", "_", " ", "_", "/", "_").Replace(strings.ToUpper(name))
	if strings.HasPrefix(upper, kind) {
		return upper
	}
	return kind + "_" + upper
}

func (l nuscenesLayout) picture(p place, camera string) string {
	return l.path(p, channelName(camera, "CAM"), ".png")
}

// nuscenesStart is the time of the first frame of a drive: the begin of 2020, µs. Frames
// of random worlds are a minute apart.
const nuscenesStart = 1577836800_000000

func (l nuscenesLayout) frame(s *exportFrame) (files []file, labels any, err error) {
	global := newGlobalFrame(s.world)
	f := nuscFrame{
		Scene: l.scene(s.place), Map: s.mapID, Location: s.about.Map, Ego: global.pose(s.world.Ego().State.Pose, 0),
		Time: nuscenesStart + int64(math.Round(s.time*1e6)), Description: fmt.Sprintf("%s, %s", s.Light(), s.Air()),
	}
	if s.Sequence == alone {
		f.Time += int64(s.number) * 60e6
	} else {
		f.Description = fmt.Sprintf("%s, driven by %s, %s", s.about.Scenario, s.about.Driver, f.Description)
	}
	for i := range s.shots {
		file, err := l.camera(s, &s.shots[i])
		if err != nil {
			return nil, nil, err
		}
		f.Files = append(f.Files, file)
	}
	if s.scan != nil {
		path := l.path(s.place, channelName(s.scan.Sensor, "LIDAR"), ".pcd.bin")
		m := lidarFrame(&s.scan.Cal.Mount)
		f.Files = append(f.Files, nuscFile{
			Channel: channelName(s.scan.Sensor, "LIDAR"), Modality: "lidar", Path: path, Format: "pcd", Intrinsic: [][]float64{},
			Mount: nuscPose{[3]float64{m.X, m.Y, m.Z}, yawQuaternion(-math.Pi / 2)},
		})
		files = append(files, file{path: path, data: lidarBin(s.scan)})
	}
	for i := range s.radars {
		r := &s.radars[i]
		path := l.path(s.place, channelName(r.Sensor, "RADAR"), ".pcd")
		f.Files = append(f.Files, nuscFile{
			Channel: channelName(r.Sensor, "RADAR"), Modality: "radar", Path: path, Format: "pcd", Intrinsic: [][]float64{},
			Mount: nuscPose{[3]float64{r.Mount.X, r.Mount.Y, r.Mount.Z}, yawQuaternion(r.Mount.Yaw)},
		})
		files = append(files, file{path: path, data: radarPCD(r, s.world.Ego())})
	}
	if s.Key {
		f.Objects = annotate(s, &global)
	}
	mask, err := s.mask()
	return append(files, file{path: maskPath(s.mapID), data: mask}), f, err
}

// camera returns the entry of a camera. Its frame has x right, y down and z forward. The
// principal point is that of package sensor: nuscenes-devkit counts pixels from the corner of
// the image, too, see camera.ReadFile.
func (l nuscenesLayout) camera(s *exportFrame, of *shot) (nuscFile, error) {
	cal := of.Actual
	if cal.K1 != 0 || cal.K2 != 0 {
		return nuscFile{}, fmt.Errorf("camera %s: the format cannot store the distortion of the lens", of.camera)
	}
	m := &cal.Mount
	return nuscFile{
		Channel: channelName(of.camera, "CAM"), Modality: "camera", Path: l.picture(s.place, of.camera), Format: "png",
		Mount:     nuscPose{[3]float64{m.X, m.Y, m.Z}, quaternion(toVehicle(m))},
		Intrinsic: [][]float64{{cal.Fx, 0, cal.Cx}, {0, cal.Fy, cal.Cy}, {0, 0, 1}},
		Width:     cal.Width, Height: cal.Height,
	}, nil
}

// toVehicle returns the rotation from a camera frame to the vehicle frame, by rows.
func toVehicle(m *sensor.Mount) (out [3][3]float64) {
	turn := *m
	turn.X, turn.Y, turn.Z = 0, 0, 0
	for i, axis := range [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		out[i][0], out[i][1], out[i][2] = turn.ToSensor(axis[0], axis[1], axis[2])
	}
	return out
}

// globalFrame is the map frame, moved so that all coordinates of the map are positive, as
// the masks of nuScenes' maps need.
type globalFrame struct{ origin geom.Vec }

// mapMargin is the width of the margin around a map, m.
const mapMargin = 20

func newGlobalFrame(w rig.World) globalFrame {
	lo, _ := w.Map().Bounds()
	return globalFrame{lo.Sub(geom.Vec{X: mapMargin, Y: mapMargin})}
}

// pose returns a pose in the global frame.
func (g *globalFrame) pose(p geom.Pose, z float64) nuscPose {
	at := p.Pos().Sub(g.origin)
	return nuscPose{[3]float64{at.X, at.Y, z}, yawQuaternion(p.Yaw)}
}

// yawQuaternion returns the rotation about z.
func yawQuaternion(yaw float64) [4]float64 {
	s, c := math.Sincos(yaw / 2)
	return [4]float64{c, 0, 0, s}
}

// quaternion returns a rotation matrix as w, x, y, z (Shepperd 1978).
func quaternion(m [3][3]float64) [4]float64 {
	trace := m[0][0] + m[1][1] + m[2][2]
	largest, at := trace, 0
	for i := range 3 {
		if m[i][i] > largest {
			largest, at = m[i][i], i+1
		}
	}
	var q [4]float64
	if at == 0 {
		q = [4]float64{1 + trace, m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]}
	} else {
		i, j, k := at-1, at%3, (at+1)%3
		q[0] = m[k][j] - m[j][k]
		q[1+i] = 1 + m[i][i] - m[j][j] - m[k][k]
		q[1+j] = m[j][i] + m[i][j]
		q[1+k] = m[k][i] + m[i][k]
	}
	norm := math.Sqrt(q[0]*q[0] + q[1]*q[1] + q[2]*q[2] + q[3]*q[3])
	for i := range q {
		q[i] /= norm
	}
	return q
}

// annotationRange is the largest distance of an annotated actor from the car, m.
const annotationRange = 100

// annotate returns the actors that a camera shows or that a lidar or radar measured.
func annotate(s *exportFrame, g *globalFrame) []nuscObject {
	out := []nuscObject{}
	ego := s.world.Ego().State.Pose
	actors := s.world.Actors()
	for i := range actors {
		a := &actors[i]
		box := a.Box()
		if box.Center.Dist(ego.Pos()) > annotationRange {
			continue
		}
		share, shown := s.visibility(a.ID)
		o := nuscObject{
			ID: int(a.ID), Category: nuscCategory(a.Kind), Attribute: nuscAttribute(a),
			nuscPose: g.pose(geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw}, a.Shape.Height/2),
			Size:     [3]float64{a.Shape.Width, a.Shape.Length, a.Shape.Height},
		}
		o.LidarPoints, o.RadarPoints = s.returns(a)
		if !shown && o.LidarPoints+o.RadarPoints == 0 {
			continue
		}
		switch {
		case share <= .4:
			o.Visibility = "1"
		case share <= .6:
			o.Visibility = "2"
		case share <= .8:
			o.Visibility = "3"
		default:
			o.Visibility = "4"
		}
		out = append(out, o)
	}
	return out
}

// visibility returns the visible share of an actor in all images together, and whether
// any image shows it.
func (s *exportFrame) visibility(id actor.ID) (share float64, shown bool) {
	visible, all := 0.0, 0.0
	for i := range s.shots {
		for k := range s.shots[i].Objects {
			if o := &s.shots[i].Objects[k]; !o.IsSignal && int(o.ID) == int(id)+1 && o.Visible > 0 {
				visible += float64(o.Pixels)
				all += float64(o.Pixels) / o.Visible
			}
		}
	}
	return visible / math.Max(1, all), all > 0
}

// returns counts the lidar points and the radar returns of an actor. The margin around its
// box allows for noise.
func (s *exportFrame) returns(a *actor.Actor) (lidar, radar int) {
	const lidarMargin, radarMargin = .15, .8 // m
	ego := s.world.Ego().State.Pose
	box := a.Box()
	frame := geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw}
	inside := func(p geom.Vec, margin float64) bool {
		q := frame.ToLocal(ego.ToWorld(p))
		return math.Abs(q.X) <= box.Length/2+margin && math.Abs(q.Y) <= box.Width/2+margin
	}
	if s.scan != nil {
		for _, p := range s.scan.Points {
			if float64(p.Z) <= a.Shape.Height+lidarMargin && inside(geom.Vec{X: float64(p.X), Y: float64(p.Y)}, lidarMargin) {
				lidar++
			}
		}
	}
	for i := range s.radars {
		r := &s.radars[i]
		mount := geom.Pose{X: r.Mount.X, Y: r.Mount.Y, Yaw: r.Mount.Yaw}
		for _, t := range r.Targets {
			if inside(mount.ToWorld(geom.Unit(t.Azimuth).Scale(t.Range)), radarMargin) {
				radar++
			}
		}
	}
	return lidar, radar
}

// nuscCategories are nuScenes' categories by kind of actor.
var nuscCategories = map[actor.Kind]string{
	actor.Car: "vehicle.car", actor.Van: "vehicle.car", actor.Truck: "vehicle.truck", actor.Bus: "vehicle.bus.rigid",
	actor.Motorcycle: "vehicle.motorcycle", actor.Cyclist: "vehicle.bicycle",
	actor.Pedestrian: "human.pedestrian.adult", actor.Child: "human.pedestrian.child",
	actor.Cone: "movable_object.trafficcone", actor.Box: "movable_object.debris", actor.Animal: "animal",
}

func nuscCategory(k actor.Kind) string { return nuscCategories[k] }

// nuscAttribute returns nuScenes' attribute of an actor, "" for none.
func nuscAttribute(a *actor.Actor) string {
	const still = .2 // m/s
	moves := math.Abs(a.State.Speed) > still
	switch {
	case a.Kind.OnFoot() && moves:
		return "pedestrian.moving"
	case a.Kind.OnFoot():
		return "pedestrian.standing"
	case a.Kind == actor.Cyclist || a.Kind == actor.Motorcycle:
		return "cycle.with_rider"
	case a.Kind.Obstacle():
		return ""
	case moves:
		return "vehicle.moving"
	}
	return "vehicle.stopped"
}

func (nuscenesLayout) finish(parts []part) ([]file, error) {
	t := newTables()
	lists := make(map[string][]string)
	for _, list := range subsets() {
		lists["roadloop_"+string(list)] = []string{}
	}
	for i := range parts {
		var f nuscFrame
		if err := json.Unmarshal(parts[i].Labels, &f); err != nil {
			return nil, fmt.Errorf("%s: %w", partPath(parts[i].Frame), err)
		}
		if t.add(&f, parts[i].Place.Key) {
			list := "roadloop_" + string(parts[i].Place.Subset)
			lists[list] = append(lists[list], f.Scene)
		}
	}
	files, err := t.files()
	if err != nil {
		return nil, err
	}
	f, err := indented(nuscenesTables+"/splits.json", lists)
	return append(files, f), err
}

// indented returns a file with v as JSON in lines.
func indented(path string, v any) (file, error) {
	data, err := json.MarshalIndent(v, "", " ")
	return file{path: path, data: append(bytes.TrimRight(data, "\n"), '\n')}, err
}

func (nuscenesLayout) notes() []string {
	return []string{
		"Open the folder with nuscenes-devkit: `NuScenes(version=\"v1.0-mini\", dataroot=FOLDER)`. A drive is a scene; so is each frame of a random world.",
		"Key frames are half a second apart, or all frames if their interval does not divide it; only they are annotated. Annotated are the actors within 100 m that a camera shows or that lidar or radar measured; `visibility` is their visible share in all images together. Traffic lights are not annotated.",
		"`translation` of an annotation is the center of its box, `size` is width, length, height, `rotation` a quaternion w, x, y, z. A box with the rotation [1, 0, 0, 0] points along x of the global frame.",
		"Frames: ego has its origin at the rear axle on the ground, x forward, y left, z up; cameras x right, y down, z forward; the lidar x right, y forward, z up; radars x forward, y left. The ground returns no lidar points. Lidar files hold float32 x, y, z, intensity (0 to 255) and ring.",
		"The global frame is the map frame, moved so that all coordinates of a map are positive; `maps/` holds the drivable area, 0.1 m per pixel. `splits.json` lists the scenes for training, validation and test as `roadloop_train`, `roadloop_val` and `roadloop_test`.",
	}
}
