package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"

	"roadloop/scenarios/replay"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// pack returns base64 of gzip of data, the encoding of blobs in the page. The same data
// give the same bytes.
func pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	if _, err := z.Write(data); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return toBase64(b.Bytes()), nil
}

// toBase64 returns base64 of data.
func toBase64(data []byte) []byte { return base64.StdEncoding.AppendEncode(nil, data) }

// packReplay packs the replay of an outcome.
func packReplay(out *runner.Outcome, sights []replay.FrameDetections) ([]byte, error) {
	text, err := replay.NewData(out, sights).JSON()
	if err != nil {
		return nil, err
	}
	return pack(text)
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
	return pack(data)
}
