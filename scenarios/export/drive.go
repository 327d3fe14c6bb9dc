package export

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"

	"roadloop"
	"roadloop/internal/fileio"
	"roadloop/internal/foxglove"
	"roadloop/internal/mcap"
	"roadloop/internal/palette"
	"roadloop/perception"
	"roadloop/perception/results"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Frames of reference of a drive's file. The frame of a camera has the name of its sensor.
const (
	mapFrame = "map"
	egoFrame = "ego" // rear axle on the ground
)

// quality is that of JPEG pictures.
const quality = 92

// drive is the MCAP file of a case. Times are those of measurement, in ns from the start of
// the drive.
type drive struct {
	pending  *fileio.Pending
	file     *os.File
	out      *mcap.Writer
	channels map[string]mcap.Channel
	spec     *runner.Spec
	cameras  map[string]*sensor.Camera // with a transform in every step
	order    []string                  // of the cameras
	jpeg     bytes.Buffer
}

// openDrive creates the file of the case, once.
func (r *recorder) openDrive() error {
	if r.drive != nil {
		return nil
	}
	p, err := fileio.Create(filepath.Join(r.options.MCAP, CaseName(r.spec)+".mcap"))
	if err != nil {
		return err
	}
	f, err := os.OpenFile(p.Name, os.O_WRONLY, 0)
	if err != nil {
		return errors.Join(err, p.Remove())
	}
	r.drive = &drive{
		pending: p, file: f, out: mcap.NewWriter(f, "roadloop"), channels: make(map[string]mcap.Channel), spec: r.spec,
		cameras: make(map[string]*sensor.Camera),
	}
	return nil
}

// nanoseconds returns a time in ns.
func nanoseconds(t clock.Tick) int64 { return int64(t) * (1e9 / int64(clock.PerSecond)) }

// message writes a message to a topic. The first message of a topic adds its channel.
func (d *drive) message(topic, kind string, t clock.Tick, data []byte) error {
	c, ok := d.channels[topic]
	if !ok {
		schema, err := foxglove.Descriptors(kind)
		if err != nil {
			return err
		}
		if c, err = d.out.AddChannel(topic, "foxglove."+kind, schema); err != nil {
			return err
		}
		d.channels[topic] = c
	}
	return d.out.Write(c, uint64(nanoseconds(t)), data)
}

// step writes the world, the belief, point clouds and events of a step.
func (d *drive) step(s *roadloop.Step) error {
	now := s.World.Time()
	ego := s.World.Ego().State.Pose
	transforms := []foxglove.Transform{{Parent: mapFrame, Child: egoFrame, Pose: onGround(ego)}}
	for i := range s.Obs.Frames {
		f := &s.Obs.Frames[i]
		if d.cameras[f.Sensor] == nil {
			d.cameras[f.Sensor] = f.Cal
			d.order = append(d.order, f.Sensor)
		}
	}
	for _, name := range d.order {
		transforms = append(transforms, foxglove.Transform{Parent: egoFrame, Child: name, Pose: mounted(&d.cameras[name].Mount)})
	}
	errs := []error{
		d.message("/tf", "FrameTransforms", now, foxglove.FrameTransforms(nanoseconds(now), transforms...)),
		d.message("/ego/pose", "PoseInFrame", now, foxglove.PoseInFrame(nanoseconds(now), mapFrame, onGround(ego))),
		d.message("/truth/actors", "SceneUpdate", now, foxglove.SceneUpdate(nanoseconds(now), mapFrame, d.actors(s.World))),
	}
	if fresh(s) {
		errs = append(errs, d.observed(s))
	}
	for _, e := range s.Events {
		text := e.Kind.String()
		if e.Actor != actor.Ego {
			text += " with " + d.name(e.Actor)
		}
		errs = append(errs, d.message("/log", "Log", e.Time, foxglove.Log(nanoseconds(e.Time), foxglove.Info, "world", text)))
	}
	return errors.Join(errs...)
}

// observed writes the belief and the point clouds of a step.
func (d *drive) observed(s *roadloop.Step) error {
	var errs []error
	if b := s.Scene; b != nil {
		errs = append(errs,
			d.message("/ego/estimate", "PoseInFrame", b.Time, foxglove.PoseInFrame(nanoseconds(b.Time), mapFrame, onGround(b.Ego.Pose))),
			d.message("/perception/tracks", "SceneUpdate", b.Time, foxglove.SceneUpdate(nanoseconds(b.Time), mapFrame, tracks(b.Tracks))))
	}
	for i := range s.Obs.Scans {
		scan := &s.Obs.Scans[i]
		points := make([][4]float32, len(scan.Points))
		for k, p := range scan.Points {
			points[k] = [4]float32{p.X, p.Y, p.Z, p.Intensity}
		}
		errs = append(errs, d.message("/lidar/"+scan.Sensor, "PointCloud", scan.Time, foxglove.PointCloud(nanoseconds(scan.Time), egoFrame, points)))
	}
	return errors.Join(errs...)
}

// name returns the name of an actor.
func (d *drive) name(id actor.ID) string {
	if int(id) < len(d.spec.Names) && d.spec.Names[id] != "" {
		return d.spec.Names[id]
	}
	return "actor " + strconv.Itoa(int(id))
}

// onGround returns a pose of the map.
func onGround(p geom.Pose) foxglove.Pose {
	return foxglove.Pose{X: p.X, Y: p.Y, Rotation: foxglove.Yaw(p.Yaw)}
}

// mounted returns the pose of a camera's frame in the vehicle frame.
func mounted(m *sensor.Mount) foxglove.Pose {
	var columns [3][3]float64 // the camera's axes x, y, z in the vehicle frame
	for i, axis := range [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		x, y, z := m.ToVehicle(axis[0], axis[1], axis[2])
		columns[0][i], columns[1][i], columns[2][i] = x, y, z
	}
	return foxglove.Pose{X: m.X, Y: m.Y, Z: m.Z, Rotation: foxglove.Rotation(columns)}
}

// actors returns the true boxes of all other road users, and of the ego.
func (d *drive) actors(w *sim.World) []foxglove.Box {
	out := []foxglove.Box{d.actorBox(w.Ego(), "ego")}
	for i := range w.Actors() {
		a := &w.Actors()[i]
		if a.ID != actor.Ego {
			out = append(out, d.actorBox(a, d.name(a.ID)))
		}
	}
	return out
}

func (d *drive) actorBox(a *actor.Actor, name string) foxglove.Box {
	b := a.Box()
	return foxglove.Box{
		ID: strconv.Itoa(int(a.ID)), Pose: foxglove.Pose{X: b.Center.X, Y: b.Center.Y, Z: a.Shape.Height / 2, Rotation: foxglove.Yaw(b.Yaw)},
		Length: b.Length, Width: b.Width, Height: a.Shape.Height, Color: translucent(palette.Truth.Dark), Label: name,
		Metadata: [][2]string{{"kind", a.Kind.String()}, {"speed m/s", strconv.FormatFloat(a.State.Speed, 'f', 2, 64)}},
	}
}

func opaque(c color.RGBA) foxglove.Color {
	return foxglove.Color{R: float64(c.R) / 255, G: float64(c.G) / 255, B: float64(c.B) / 255, A: 1}
}

func translucent(c color.RGBA) foxglove.Color {
	out := opaque(c)
	out.A = .5
	return out
}

// tracks returns the boxes of the tracks, with assumed heights.
func tracks(list []perception.Track) (out []foxglove.Box) {
	for i := range list {
		t := &list[i]
		h := heights[t.Class]
		out = append(out, foxglove.Box{
			ID: strconv.Itoa(int(t.ID)), Pose: foxglove.Pose{X: t.Pose.X, Y: t.Pose.Y, Z: h / 2, Rotation: foxglove.Yaw(t.Pose.Yaw)},
			Length: t.Length, Width: t.Width, Height: h, Color: translucent(palette.Belief.Dark), Label: fmt.Sprintf("%s %d", t.Class, t.ID),
			Metadata: [][2]string{{"class", t.Class.String()}, {"existence", strconv.FormatFloat(t.Existence, 'f', 3, 64)}},
		})
	}
	return out
}

// frame writes a camera frame with its calibration, its detections and its labels.
func (d *drive) frame(f *sensor.Frame, c *camera) error {
	topic, ns := "/camera/"+f.Sensor, nanoseconds(f.Time)
	k := f.Cal
	calibration := foxglove.CameraCalibration{
		Width: k.Width, Height: k.Height, Fx: k.Fx, Fy: k.Fy, Cx: k.Cx - .5, Cy: k.Cy - .5, // the center of the first pixel is (0, 0)
		Distortion: [5]float64{k.K1, k.K2},
	}
	errs := []error{
		d.message(topic+"/calibration", "CameraCalibration", f.Time, calibration.Message(ns, f.Sensor)),
		d.message(topic+"/detections", "ImageAnnotations", f.Time, foxglove.ImageAnnotations(ns, rectangles(c.dets, palette.Belief.Dark))),
		d.message(topic+"/labels", "ImageAnnotations", f.Time, foxglove.ImageAnnotations(ns, rectangles(c.truths, palette.Truth.Dark))),
	}
	if len(f.Pix) > 0 {
		d.jpeg.Reset()
		if err := jpeg.Encode(&d.jpeg, rgb(f), &jpeg.Options{Quality: quality}); err != nil {
			return err
		}
		errs = append(errs, d.message(topic+"/image", "CompressedImage", f.Time, foxglove.CompressedImage(ns, f.Sensor, "jpeg", d.jpeg.Bytes())))
	}
	return errors.Join(errs...)
}

// rectangles returns the boxes of objects that must be found, or were found.
func rectangles(objects []results.Object, c color.RGBA) (out []foxglove.Rectangle) {
	for i := range objects {
		o := &objects[i]
		if o.Ignore {
			continue
		}
		r := foxglove.Rectangle{X0: o.Box.X0, Y0: o.Box.Y0, X1: o.Box.X1, Y1: o.Box.Y1, Color: opaque(c), Label: o.Class}
		if o.Score > 0 {
			r.Label = fmt.Sprintf("%s %.2f", o.Class, o.Score)
		}
		out = append(out, r)
	}
	return out
}

// rgb returns a frame as an image.
func rgb(f *sensor.Frame) image.Image {
	im := image.NewRGBA(image.Rect(0, 0, f.Cal.Width, f.Cal.Height))
	for i := range f.Cal.Width * f.Cal.Height {
		copy(im.Pix[4*i:], f.Pix[3*i:3*i+3])
		im.Pix[4*i+3] = 255
	}
	return im
}

// finish writes the verdict and completes the file.
func (d *drive) finish(out *runner.Outcome) error {
	end := clock.FromSeconds(out.Verdict.Duration)
	text, level := "passed", foxglove.Info
	if !out.Verdict.Passed {
		text, level = "failed: "+out.Verdict.Reason, foxglove.Error
	}
	header := out.Spec.Header()
	err := errors.Join(
		d.message("/log", "Log", end, foxglove.Log(nanoseconds(end), level, "verdict", text)),
		d.out.WriteMetadata("roadloop", map[string]string{
			"scenario": header.Scenario, "case": header.Case, "seed": strconv.FormatUint(header.Seed, 10),
		}),
		d.out.Close(), d.file.Close())
	d.file = nil
	if err == nil {
		err = d.pending.Commit()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the MCAP file: %w", err), d.pending.Remove())
	}
	return nil
}

// discard removes the incomplete file.
func (d *drive) discard() error {
	if d.file == nil {
		return nil
	}
	err := errors.Join(d.file.Close(), d.pending.Remove())
	d.file = nil
	return err
}
