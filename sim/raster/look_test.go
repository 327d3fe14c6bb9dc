package raster_test

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// TestPictures writes the sample scenes as PNG files for visual inspection. Run go
// test -artifacts to keep them.
func TestPictures(t *testing.T) {
	cal := sensor.FrontCamera()
	for i := range samples {
		st, v := compose(t, &samples[i], &cal)
		var list scene.List
		st.Build(&list, v)
		im := raster.New(&cal, raster.AllChannels).Render(&list)
		writePNG(t, filepath.Join(t.ArtifactDir(), samples[i].name+".png"), im)
	}
}

func writePNG(t *testing.T, path string, im *raster.Image) {
	t.Helper()
	const zoom = 3
	out := image.NewRGBA(image.Rect(0, 0, im.Width*zoom, im.Height*zoom))
	for y := range im.Height * zoom {
		for x := range im.Width * zoom {
			p := 3 * (y/zoom*im.Width + x/zoom)
			out.SetRGBA(x, y, color.RGBA{im.RGB[p], im.RGB[p+1], im.RGB[p+2], 255})
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, out); err != nil {
		t.Fatal(err)
	}
}
