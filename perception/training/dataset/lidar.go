package dataset

import (
	"encoding/binary"
	"math"

	"roadloop/sim/sensor"
)

// lidarFrame returns the frame of the points of a lidar: at its mount, with the axes of
// the vehicle frame.
func lidarFrame(m *sensor.Mount) sensor.Mount { return sensor.Mount{X: m.X, Y: m.Y, Z: m.Z} }

// velodyne returns the points of a scan in KITTI's layout: little-endian float32 x, y, z
// in the lidar frame, m, and intensity.
func velodyne(s *sensor.Scan) []byte {
	m := lidarFrame(&s.Cal.Mount)
	out := make([]byte, 0, 16*len(s.Points))
	for _, p := range s.Points {
		for _, v := range [...]float32{p.X - float32(m.X), p.Y - float32(m.Y), p.Z - float32(m.Z), p.Intensity} {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out
}
