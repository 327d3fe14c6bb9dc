// Package assets holds what comes along with the program: the trained network and
// its model card.
package assets

import (
	"bytes"
	_ "embed"
	"fmt"

	"roadloop/perception/network"
)

//go:embed models/camera.rlm
var camera []byte

// Model returns the network that comes along.
func Model() (*network.Weights, error) {
	w, _, err := network.Read(bytes.NewReader(camera))
	if err != nil {
		return nil, fmt.Errorf("the bundled model: %w", err)
	}
	return w, nil
}
