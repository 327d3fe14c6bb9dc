package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// lidarBin returns the points of a scan in nuScenes' layout: little-endian float32 x, y, z
// in a frame with x right and y forward, m, intensity from 0 to 255, and the number of the
// ring, from the lowest one.
func lidarBin(s *sensor.Scan) []byte {
	m := lidarFrame(&s.Cal.Mount)
	rings := slices.Clone(s.Cal.Rings)
	slices.Sort(rings)
	out := make([]byte, 0, 20*len(s.Points))
	for _, p := range s.Points {
		x, y, z := p.X-float32(m.X), p.Y-float32(m.Y), p.Z-float32(m.Z)
		ring := nearestRing(rings, math.Atan2(float64(z), math.Hypot(float64(x), float64(y))))
		for _, v := range [...]float32{-y, x, z, 255 * p.Intensity, float32(ring)} {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out
}

// nearestRing returns the index of the ring with the nearest elevation.
func nearestRing(rings []float64, elevation float64) int {
	best := 0
	for i, r := range rings {
		if math.Abs(r-elevation) < math.Abs(rings[best]-elevation) {
			best = i
		}
	}
	return best
}

// radarFields are the fields of a radar return in nuScenes' point clouds, with their sizes
// in bytes and types: F is a float, I an integer.
var radarFields = []struct {
	name string
	size int
	kind byte
}{
	{"x", 4, 'F'}, {"y", 4, 'F'}, {"z", 4, 'F'}, {"dyn_prop", 1, 'I'}, {"id", 2, 'I'}, {"rcs", 4, 'F'},
	{"vx", 4, 'F'}, {"vy", 4, 'F'}, {"vx_comp", 4, 'F'}, {"vy_comp", 4, 'F'},
	{"is_quality_valid", 1, 'I'}, {"ambig_state", 1, 'I'}, {"x_rms", 1, 'I'}, {"y_rms", 1, 'I'},
	{"invalid_state", 1, 'I'}, {"pdh0", 1, 'I'}, {"vx_rms", 1, 'I'}, {"vy_rms", 1, 'I'},
}

// Dynamic properties of radar returns.
const (
	radarMoving     = 0
	radarStationary = 1
	radarOncoming   = 2
)

// radarPCD returns a radar scan as a point cloud (PCD 0.7), in the frame of the radar.
// Velocities are radial; vx_comp and vy_comp have the motion of the car removed. An empty
// scan has one point of NaN, as the development kit expects.
func radarPCD(s *sensor.RadarScan, ego *actor.Actor) []byte {
	own := radarVelocity(s, ego)
	var data bytes.Buffer
	for i, t := range s.Targets {
		ray := geom.Unit(t.Azimuth)
		at, v, over := ray.Scale(t.Range), ray.Scale(t.RangeRate), t.RangeRate+own.Dot(ray)
		property := radarMoving
		switch {
		case math.Abs(over) < .5:
			property = radarStationary
		case over < 0:
			property = radarOncoming
		}
		// Valid, unambiguous, low false alarm probability; the classes of the errors are those
		// of nuScenes' sensors.
		radarPoint(&data, at.X, at.Y, 0, property, i, t.RCS, v.X, v.Y, over*ray.X, over*ray.Y, 1, 3, 19, 19, 0, 1, 15, 3)
	}
	n := len(s.Targets)
	if n == 0 {
		n = 1
		nan := math.NaN()
		radarPoint(&data, nan, nan, nan, 0, 0, nan, nan, nan, nan, nan, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	var b bytes.Buffer
	b.WriteString("# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS")
	for _, f := range radarFields {
		b.WriteString(" " + f.name)
	}
	b.WriteString("\nSIZE")
	for _, f := range radarFields {
		fmt.Fprintf(&b, " %d", f.size)
	}
	b.WriteString("\nTYPE")
	for _, f := range radarFields {
		fmt.Fprintf(&b, " %c", f.kind)
	}
	b.WriteString("\nCOUNT")
	for range radarFields {
		b.WriteString(" 1")
	}
	fmt.Fprintf(&b, "\nWIDTH %d\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS %d\nDATA binary\n", n, n)
	b.Write(data.Bytes())
	b.WriteByte('\n') // the development kit reads files that end after the data
	return b.Bytes()
}

// radarPoint appends the fields of a return.
func radarPoint(b *bytes.Buffer, values ...any) {
	for i, v := range values {
		f := radarFields[i]
		var x float64
		switch v := v.(type) {
		case float64:
			x = v
		case int:
			x = float64(v)
		}
		switch {
		case f.kind == 'F':
			_ = binary.Write(b, binary.LittleEndian, float32(x)) // a buffer does not fail
		case f.size == 2:
			_ = binary.Write(b, binary.LittleEndian, int16(x))
		default:
			b.WriteByte(byte(int8(x)))
		}
	}
}

// radarVelocity returns the velocity of a radar over the ground, in its own frame.
func radarVelocity(s *sensor.RadarScan, ego *actor.Actor) geom.Vec {
	v := geom.Vec{X: ego.State.Speed - ego.State.YawRate*s.Mount.Y, Y: ego.State.YawRate * s.Mount.X}
	return geom.Pose{Yaw: s.Mount.Yaw}.ToLocal(v)
}

// maskResolution is the size of a pixel of a map mask, m.
const maskResolution = .1

// maxMask is the largest number of pixels of a map mask.
const maxMask = 1 << 28

// masks is the folder of map masks. Frames of one map share a mask.
const masks = "maps/"

// maskPath is the path of the mask of a map.
func maskPath(mapID string) string { return masks + mapID + ".png" }

// mapMask returns the drivable area of a map as a PNG: white, 0.1 m per pixel. The lower
// left corner is the origin of the global frame of nuScenes' tables.
func mapMask(m *road.Map) ([]byte, error) {
	lo, hi := m.Bounds()
	origin := lo.Sub(geom.Vec{X: mapMargin, Y: mapMargin})
	size := hi.Sub(lo).Add(geom.Vec{X: 2 * mapMargin, Y: 2 * mapMargin}).Scale(1 / maskResolution)
	w, h := int(math.Ceil(size.X)), int(math.Ceil(size.Y))
	if w > maxMask/h {
		return nil, fmt.Errorf("map %s: its mask needs %d×%d px, at most %d in all", m.Name, w, h, maxMask)
	}
	im := image.NewGray(image.Rect(0, 0, w, h))
	pixel := func(p geom.Vec) geom.Vec {
		q := p.Sub(origin).Scale(1 / maskResolution)
		return geom.Vec{X: q.X, Y: float64(h) - q.Y}
	}
	for i := range m.Surfaces {
		s := &m.Surfaces[i]
		level := uint8(0)
		if s.Kind == road.Asphalt {
			level = 255
		}
		for k := range min(len(s.Left), len(s.Right)) - 1 {
			fillQuad(im, level, pixel(s.Left[k]), pixel(s.Left[k+1]), pixel(s.Right[k+1]), pixel(s.Right[k]))
		}
	}
	return encodePNG(im)
}

// fillQuad fills the pixels with their centers in a convex quadrilateral.
func fillQuad(im *image.Gray, value uint8, corners ...geom.Vec) {
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, p := range corners {
		top, bottom = math.Min(top, p.Y), math.Max(bottom, p.Y)
	}
	for y := max(0, int(math.Ceil(top-.5))); y < min(im.Rect.Dy(), int(math.Ceil(bottom-.5))); y++ {
		left, right := math.Inf(1), math.Inf(-1)
		for i, p := range corners {
			q := corners[(i+1)%len(corners)]
			t := (float64(y) + .5 - p.Y) / (q.Y - p.Y)
			if p.Y == q.Y || t < 0 || t > 1 {
				continue
			}
			x := p.X + t*(q.X-p.X)
			left, right = math.Min(left, x), math.Max(right, x)
		}
		row := im.Pix[y*im.Stride:]
		for x := max(0, int(math.Ceil(left-.5))); x < min(im.Rect.Dx(), int(math.Ceil(right-.5))); x++ {
			row[x] = value
		}
	}
}
