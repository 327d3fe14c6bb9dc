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
func Model() (*network.Weights, error) {
	w, _, err := ModelAndMeta()
	return w, err
}

// SmallModel returns the smaller and faster one.
func SmallModel() (*network.Weights, error) {
	w, _, err := SmallModelAndMeta()
	return w, err
}

// ModelAndMeta returns the bundled network and how it was trained.
func ModelAndMeta() (*network.Weights, network.Meta, error) { return read(camera) }

// SmallModelAndMeta returns the smaller network and how it was trained.
func SmallModelAndMeta() (*network.Weights, network.Meta, error) { return read(small) }

func read(data []byte) (*network.Weights, network.Meta, error) {
	w, meta, err := network.Read(bytes.NewReader(data))
	if err != nil {
		return nil, meta, fmt.Errorf("a bundled model: %w", err)
	}
	return w, meta, nil
}
