package foxglove

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a serialized message. Its methods append fields; the numbers are those of the
// schema.
type message []byte

func (m *message) text(n protowire.Number, s string) {
	if s != "" {
		*m = protowire.AppendString(protowire.AppendTag(*m, n, protowire.BytesType), s)
	}
}

func (m *message) data(n protowire.Number, b []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, n, protowire.BytesType), b)
}

func (m *message) double(n protowire.Number, v float64) {
	if v != 0 || math.Signbit(v) {
		*m = protowire.AppendFixed64(protowire.AppendTag(*m, n, protowire.Fixed64Type), math.Float64bits(v))
	}
}

func (m *message) fixed(n protowire.Number, v uint32) {
	if v != 0 {
		*m = protowire.AppendFixed32(protowire.AppendTag(*m, n, protowire.Fixed32Type), v)
	}
}

func (m *message) integer(n protowire.Number, v uint64) {
	if v != 0 {
		*m = protowire.AppendVarint(protowire.AppendTag(*m, n, protowire.VarintType), v)
	}
}

// doubles appends a packed list.
func (m *message) doubles(n protowire.Number, list ...float64) {
	var b []byte
	for _, v := range list {
		b = protowire.AppendFixed64(b, math.Float64bits(v))
	}
	if len(b) > 0 {
		m.data(n, b)
	}
}

// time appends a Timestamp or a Duration, which have the same fields.
func (m *message) time(n protowire.Number, ns int64) {
	var t message
	t.integer(1, uint64(ns/1e9))
	t.integer(2, uint64(ns%1e9))
	m.data(n, t)
}

func (m *message) vector(n protowire.Number, v ...float64) {
	var p message
	for i, x := range v {
		p.double(protowire.Number(i+1), x)
	}
	m.data(n, p)
}

// Pose is a position in m and an orientation as a quaternion.
type Pose struct {
	X, Y, Z  float64
	Rotation Quaternion
}

// Quaternion is a rotation; the zero value is none.
type Quaternion struct{ X, Y, Z, W float64 }

// Yaw returns a rotation about the z axis, rad.
func Yaw(angle float64) Quaternion {
	s, c := math.Sincos(angle / 2)
	return Quaternion{Z: s, W: c}
}

// Rotation returns the quaternion of a rotation matrix by rows (Shepperd 1978).
func Rotation(m [3][3]float64) Quaternion {
	trace := m[0][0] + m[1][1] + m[2][2]
	q := [4]float64{trace, m[0][0], m[1][1], m[2][2]} // decides the largest component
	k := 0
	for i := range q {
		if q[i] > q[k] {
			k = i
		}
	}
	if k == 0 {
		w := math.Sqrt(1+trace) / 2
		return Quaternion{(m[2][1] - m[1][2]) / (4 * w), (m[0][2] - m[2][0]) / (4 * w), (m[1][0] - m[0][1]) / (4 * w), w}
	}
	a, b, c := k-1, k%3, (k+1)%3
	v := math.Sqrt(1+m[a][a]-m[b][b]-m[c][c]) / 2
	var out [3]float64
	out[a], out[b], out[c] = v, (m[a][b]+m[b][a])/(4*v), (m[a][c]+m[c][a])/(4*v)
	return Quaternion{out[0], out[1], out[2], (m[c][b] - m[b][c]) / (4 * v)}
}

func (m *message) quaternion(n protowire.Number, q Quaternion) {
	if q == (Quaternion{}) {
		q.W = 1
	}
	m.vector(n, q.X, q.Y, q.Z, q.W)
}

func (m *message) pose(n protowire.Number, p *Pose) {
	var b message
	b.vector(1, p.X, p.Y, p.Z)
	b.quaternion(2, p.Rotation)
	m.data(n, b)
}

// Color is a color with components from 0 to 1.
type Color struct{ R, G, B, A float64 }

func (m *message) color(n protowire.Number, c Color) { m.vector(n, c.R, c.G, c.B, c.A) }

// CompressedImage returns a picture in a format such as "png" or "jpeg".
func CompressedImage(ns int64, frame, format string, data []byte) []byte {
	var m message
	m.time(1, ns)
	m.data(2, data)
	m.text(3, format)
	m.text(4, frame)
	return m
}

// CameraCalibration is the calibration of a camera: the size in px, the distortion d of the
// model "plumb_bob" (k1, k2, p1, p2, k3), and the focal lengths and the principal point in px.
// Pixel centers are at half-integers in roadloop and at integers in Foxglove (OpenCV).
type CameraCalibration struct {
	Width, Height  int
	Fx, Fy, Cx, Cy float64
	Distortion     [5]float64
}

// Message returns the message of the camera frame.
func (c *CameraCalibration) Message(ns int64, frame string) []byte {
	var m message
	m.time(1, ns)
	m.fixed(2, uint32(c.Width))
	m.fixed(3, uint32(c.Height))
	m.text(4, "plumb_bob")
	m.doubles(5, c.Distortion[:]...)
	m.doubles(6, c.Fx, 0, c.Cx, 0, c.Fy, c.Cy, 0, 0, 1)
	m.doubles(7, 1, 0, 0, 0, 1, 0, 0, 0, 1)
	m.doubles(8, c.Fx, 0, c.Cx, 0, 0, c.Fy, c.Cy, 0, 0, 0, 1, 0)
	m.text(9, frame)
	return m
}

// float32Type is FLOAT32 of PackedElementField.NumericType.
const float32Type = 7

// PointCloud returns points of x, y, z in m and intensity from 0 to 1.
func PointCloud(ns int64, frame string, points [][4]float32) []byte {
	var m message
	m.time(1, ns)
	m.text(2, frame)
	m.pose(3, &Pose{})
	m.fixed(4, 16)
	for i, name := range [...]string{"x", "y", "z", "intensity"} {
		var f message
		f.text(1, name)
		f.fixed(2, uint32(4*i))
		f.integer(3, float32Type)
		m.data(5, f)
	}
	data := make([]byte, 0, 16*len(points))
	for _, p := range points {
		for _, v := range p {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
	}
	m.data(6, data)
	return m
}

// Transform is the pose of a child frame in its parent.
type Transform struct {
	Parent, Child string
	Pose          Pose
}

// FrameTransforms returns transforms at one time.
func FrameTransforms(ns int64, list ...Transform) []byte {
	var m message
	for i := range list {
		t := &list[i]
		var b message
		b.time(1, ns)
		b.text(2, t.Parent)
		b.text(3, t.Child)
		b.vector(4, t.Pose.X, t.Pose.Y, t.Pose.Z)
		b.quaternion(5, t.Pose.Rotation)
		m.data(1, b)
	}
	return m
}

// PoseInFrame returns a pose.
func PoseInFrame(ns int64, frame string, p Pose) []byte {
	var m message
	m.time(1, ns)
	m.text(2, frame)
	m.pose(3, &p)
	return m
}

// Box is a box in space with a label.
type Box struct {
	ID                    string
	Pose                  Pose // of the middle
	Length, Width, Height float64
	Color                 Color
	Label                 string // shown above the box
	Metadata              [][2]string
}

// SceneUpdate replaces all boxes of the topic.
func SceneUpdate(ns int64, frame string, boxes []Box) []byte {
	var m, all message
	all.time(1, ns)
	all.integer(2, 1) // ALL
	m.data(1, all)
	for i := range boxes {
		m.data(2, boxes[i].entity(ns, frame))
	}
	return m
}

func (b *Box) entity(ns int64, frame string) message {
	var m, cube message
	m.time(1, ns)
	m.text(2, frame)
	m.text(3, b.ID)
	for _, kv := range b.Metadata {
		var p message
		p.text(1, kv[0])
		p.text(2, kv[1])
		m.data(6, p)
	}
	cube.pose(1, &b.Pose)
	cube.vector(2, b.Length, b.Width, b.Height)
	cube.color(3, b.Color)
	m.data(8, cube)
	if b.Label != "" {
		at := b.Pose
		at.Z += b.Height/2 + .3
		var text message
		text.pose(1, &at)
		text.integer(2, 1) // faces the viewer
		text.double(3, .5)
		text.color(5, Color{1, 1, 1, 1})
		text.text(6, b.Label)
		m.data(13, text)
	}
	return m
}

// Rectangle is a box in an image, px, with a label.
type Rectangle struct {
	X0, Y0, X1, Y1 float64
	Color          Color
	Label          string
}

// lineLoop is LINE_LOOP of PointsAnnotation.Type.
const lineLoop = 2

// ImageAnnotations returns boxes in an image.
func ImageAnnotations(ns int64, list []Rectangle) []byte {
	var m message
	for i := range list {
		r := &list[i]
		var p message
		p.time(1, ns)
		p.integer(2, lineLoop)
		for _, c := range [...][2]float64{{r.X0, r.Y0}, {r.X1, r.Y0}, {r.X1, r.Y1}, {r.X0, r.Y1}} {
			p.vector(3, c[0], c[1])
		}
		p.color(4, r.Color)
		p.double(7, 1)
		m.data(2, p)
	}
	for i := range list {
		r := &list[i]
		if r.Label == "" {
			continue
		}
		var t message
		t.time(1, ns)
		t.vector(2, r.X0, r.Y0)
		t.text(3, r.Label)
		t.double(4, 8)
		t.color(5, Color{1, 1, 1, 1})
		t.color(6, Color{r.Color.R / 2, r.Color.G / 2, r.Color.B / 2, .8})
		m.data(3, t)
	}
	m.time(5, ns)
	return m
}

// Levels of Log.
const (
	Info  = 2
	Warn  = 3
	Error = 4
)

// Log returns a log message.
func Log(ns int64, level int, name, text string) []byte {
	var m message
	m.time(1, ns)
	m.integer(2, uint64(level))
	m.text(3, text)
	m.text(4, name)
	return m
}
