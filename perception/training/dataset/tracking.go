package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"roadloop/perception/results"
	"roadloop/perception/training/synth"
	"roadloop/sim/rig"
)

// trackingLayout is the layout of KITTI's tracking benchmark: image_02, label_02, calib,
// velodyne and oxts below training/, and below testing/ for the test list, by sequence.
type trackingLayout struct{}

// trackingLabels are the lines of a frame, and the calibration of its sequence.
type trackingLabels struct {
	Lines       string `json:"lines"`
	Oxts        string `json:"oxts"`
	Calibration string `json:"calibration"`
}

func (trackingLayout) holds() holds { return holds{lidar: true, lists: true} }

func (trackingLayout) picture(p place, _ string) string {
	return fmt.Sprintf("%s/image_02/%04d/%06d.png", kittiFolder(p.Subset), p.Sequence, p.Index)
}

func (trackingLayout) frame(s *exportFrame) (files []file, labels any, err error) {
	if s.Sequence == alone {
		return nil, nil, errors.New("the format holds drives, not random worlds")
	}
	c, err := s.calibration()
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	for i := range s.Objects {
		o := &s.Objects[i]
		k, track := newKITTIObject(o, s.Actual), trackID(o)
		level := results.Truncation(k.Truncated)
		if !synth.Labeled(o) {
			track, level = -1, -1
		}
		fmt.Fprintf(&b, "%d %d %s %d %d %g %g %g %g %g %g %g %g %g %g %g %g\n", s.Index, track, k.Type, level, k.Occluded, round(k.Alpha),
			round(k.X0), round(k.Y0), round(k.X1), round(k.Y1), round(k.H), round(k.W), round(k.L),
			round(k.X), round(k.Y), round(k.Z), round(k.RotationY))
	}
	if s.scan != nil {
		path := fmt.Sprintf("%s/velodyne/%04d/%06d.bin", kittiFolder(s.Subset), s.Sequence, s.Index)
		files = append(files, file{path: path, data: velodyne(s.scan)})
	}
	return files, trackingLabels{b.String(), oxts(s.world), c.String()}, nil
}

// Origin of the map frame on the globe, and the radius of the globe. KITTI's development
// kit computes poses from oxts by a Mercator projection with the scale at the first frame.
const (
	oxtsLatitude  = 49.0 // degrees
	oxtsLongitude = 8.4
	oxtsRadius    = 6378137.0 // m
)

// oxts returns the line of the navigation system at the vehicle frame.
func oxts(w rig.World) string {
	e := &w.Ego().State
	scale := math.Cos(oxtsLatitude * math.Pi / 180)
	north := scale*oxtsRadius*math.Log(math.Tan((90+oxtsLatitude)*math.Pi/360)) + e.Pose.Y
	east := scale*oxtsRadius*oxtsLongitude*math.Pi/180 + e.Pose.X
	latitude := math.Atan(math.Exp(north/(scale*oxtsRadius)))*360/math.Pi - 90
	longitude := east / (scale * oxtsRadius) * 180 / math.Pi
	v := w.Ego().Velocity()
	along, across := e.Accel, e.Speed*e.YawRate // m/s²
	const gravity = 9.81
	values := []float64{
		0, 0, 0, e.Pose.Yaw, // height, roll, pitch, yaw
		v.Y, v.X, e.Speed, 0, 0, // north, east, forward, left, up
		along, across, gravity, along, across, gravity,
		0, 0, e.YawRate, 0, 0, e.YawRate,
		.025, .01, // accuracy of position and velocity
	}
	line := fmt.Sprintf("%.10f %.10f", latitude, longitude)
	for _, x := range values {
		line += fmt.Sprintf(" %g", round(x))
	}
	return line + " 4 10 4 4 0\n" // status and satellites
}

// finish writes the files of the sequences, and for each list the map of its sequences:
// the name, the first frame and the one after the last.
func (l trackingLayout) finish(parts []part) (files []file, err error) {
	for _, list := range subsets() {
		var seqmap bytes.Buffer
		for in := byList(parts, list); len(in) > 0; {
			n := 1
			for n < len(in) && in[n].Place.Sequence == in[0].Place.Sequence {
				n++
			}
			of, err := l.sequence(in[:n])
			if err != nil {
				return nil, err
			}
			files = append(files, of...)
			fmt.Fprintf(&seqmap, "%04d empty %06d %06d\n", in[0].Place.Sequence, in[0].Place.Index, in[n-1].Place.Index+1)
			in = in[n:]
		}
		if seqmap.Len() > 0 {
			path := fmt.Sprintf("%s/evaluate_tracking.seqmap.%s", kittiFolder(list), list)
			files = append(files, file{path: path, data: seqmap.Bytes()})
		}
	}
	return files, nil
}

// sequence returns the files of a sequence.
func (trackingLayout) sequence(parts []part) ([]file, error) {
	var labels, poses bytes.Buffer
	calibration := ""
	err := each(parts, func(_ int, f *trackingLabels) {
		labels.WriteString(f.Lines)
		poses.WriteString(f.Oxts)
		calibration = f.Calibration
	})
	p := parts[0].Place
	path := func(folder string) string {
		return fmt.Sprintf("%s/%s/%04d.txt", kittiFolder(p.Subset), folder, p.Sequence)
	}
	return []file{
		{path: path("label_02"), data: labels.Bytes()},
		{path: path("oxts"), data: poses.Bytes()},
		{path: path("calib"), data: []byte(calibration)},
	}, err
}

func (trackingLayout) notes() []string {
	return []string{
		"A line of `label_02` is: frame, track, type, truncated, occluded, alpha, box (left, top, right, bottom), height, width, length, location, rotation_y. A track is an actor and has the same number in all frames. DontCare has the track −1.",
		"Truncation 0, 1, 2: less than 5 %, less than 50 %, more of the bounds are outside of the image. Occlusion 0, 1, 2: at least 80 %, at least 50 %, less of the object is visible. Boxes include hidden parts.",
		"`evaluate_tracking.seqmap.train`, `.val` and `.test` name the sequences of a list. `oxts` is the pose and the motion of the vehicle frame; the origin of the map is at 49° N, 8.4° E.",
		kittiSensorNote,
	}
}
