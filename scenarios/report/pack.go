package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"

	"roadloop/scenarios"
	"roadloop/scenarios/report/replay"
)

// pack returns base64 of gzip of data, as parcels of the page are. The same data give
// the same bytes.
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
	return base64.StdEncoding.AppendEncode(nil, b.Bytes()), nil
}

// packReplay packs what there is to play of an outcome.
func packReplay(out *scenarios.Outcome, sights []replay.Sight) ([]byte, error) {
	text, err := replay.New(out, sights).JSON()
	if err != nil {
		return nil, err
	}
	return pack(text)
}
