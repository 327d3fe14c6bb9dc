// Package assets holds the files that are bundled with the program: the trained networks and
// their model cards.
package assets

import (
	"bytes"
	_ "embed"
	"fmt"

	"roadloop/perception/network"
)

//go:embed models/camera.rlm
var camera []byte

//go:embed models/small.rlm
var small []byte

// Model returns the bundled network.
func Model() (*network.Weights, error) { return read(camera) }

// SmallModel returns the smaller and faster one.
func SmallModel() (*network.Weights, error) { return read(small) }

func read(data []byte) (*network.Weights, error) {
	w, _, err := network.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("a bundled model: %w", err)
	}
	return w, nil
}
