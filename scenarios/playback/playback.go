// Package playback has the parts of a web page that play a replay of package replay: the view
// from above on a canvas, the clock with its timeline and buttons, and plots over time. Pages
// put the script before their own one, and the style sheet after that of package palette.
package playback

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"

	_ "embed"
)

var (
	//go:embed dom.js
	dom string
	//go:embed decode.js
	decode string
	//go:embed stage.js
	stage string
	//go:embed plots.js
	plots string
	//go:embed player.js
	player string
	//go:embed playback.css
	style string
)

// Script returns the script: the classes Stage, Player and Plots, and functions around them.
func Script() string { return dom + decode + stage + plots + player + vehicleScript() }

// Style returns the style sheet.
func Style() string { return style }

// Pack returns base64 of gzip of data, the encoding of packed data in a page, which unzip of
// the script decodes. The same data give the same bytes.
func Pack(data []byte) ([]byte, error) {
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
