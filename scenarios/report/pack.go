package report

import (
	"encoding/base64"

	"roadloop/scenarios/playback"
	"roadloop/scenarios/replay"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// toBase64 returns base64 of data.
func toBase64(data []byte) []byte { return base64.StdEncoding.AppendEncode(nil, data) }

// packReplay packs the replay of an outcome.
func packReplay(out *runner.Outcome, sights []replay.FrameDetections) ([]byte, error) {
	text, err := replay.NewData(out, sights).JSON()
	if err != nil {
		return nil, err
	}
	return playback.Pack(text)
}

// packReel packs the data with which a web browser re-simulates a recorded drive.
func packReel(t *trace.Trace) ([]byte, error) {
	reel, err := timeline.NewCommandLog(t)
	if err != nil {
		return nil, err
	}
	data, err := reel.Encode()
	if err != nil {
		return nil, err
	}
	return playback.Pack(data)
}
