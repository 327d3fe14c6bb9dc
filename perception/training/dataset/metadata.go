package dataset

import (
	"bytes"
	"encoding/json"

	"roadloop/perception/training/synth"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// metadataPath is the file with the metadata of all images, one JSON document per line.
const metadataPath = "metadata.jsonl"

// metadata describes an image. Times are in s, speeds in m/s, angles in rad.
type metadata struct {
	Frame    int              `json:"frame"`
	Image    string           `json:"image"`
	Subset   Subset           `json:"subset"` // list of the frame, in formats with lists
	Seed     uint64           `json:"seed"`
	Stream   synth.Split      `json:"stream,omitempty"` // of random worlds
	Map      string           `json:"map"`
	MapID    string           `json:"map_id"`             // distinguishes maps: a map is in one list
	Scenario string           `json:"scenario,omitempty"` // of a drive
	Driver   string           `json:"driver,omitempty"`
	Sequence *int             `json:"sequence,omitempty"` // number of the drive, from 0
	Index    *int             `json:"index,omitempty"`    // in the drive, from 0
	Time     *float64         `json:"time,omitempty"`     // since the first frame of the drive
	Light    string           `json:"light"`              // day, dusk or night
	Weather  string           `json:"weather"`            // clear, rain, fog or glare
	Air      scene.Conditions `json:"conditions"`
	Sensor   string           `json:"sensor"`
	Camera   sensor.Camera    `json:"camera"`
	Speed    float64          `json:"ego_speed"`
	YawRate  float64          `json:"ego_yaw_rate"`
}

// metadata returns the metadata of the image of a camera.
func (s *exportFrame) metadata(l layout, k int) metadata {
	m, f := s.about, &s.shots[k]
	m.MapID = s.mapID
	m.Image, m.Subset, m.Sensor, m.Camera, m.Air = l.picture(s.place, f.camera), s.Subset, f.camera, *f.Actual, f.Conditions
	m.Light, m.Weather = f.Light(), f.Air()
	if s.Sequence != alone {
		m.Sequence, m.Index = &s.Sequence, &s.Index
	}
	return m
}

// metadataFile returns the file with the metadata of all frames.
func metadataFile(parts []part) file {
	var b bytes.Buffer
	for i := range parts {
		for _, m := range parts[i].About {
			b.Write(m)
			b.WriteByte('\n')
		}
	}
	return file{path: metadataPath, data: b.Bytes()}
}

// encodeMetadata returns the lines of a frame.
func (s *exportFrame) encodeMetadata(l layout) (lines []json.RawMessage, err error) {
	for k := range s.shots {
		line, err := json.Marshal(s.metadata(l, k))
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}
