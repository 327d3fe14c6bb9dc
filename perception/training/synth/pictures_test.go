package synth

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"roadloop/perception"
	"roadloop/perception/network"
)

// TestSamplePictures draws labels and targets over sample frames for visual
// inspection. They are kept with go test -artifacts.
func TestSamplePictures(t *testing.T) {
	cfg := network.DefaultConfig()
	for _, split := range []Split{Train, HeldOut} {
		m, err := NewGenerator(Stream{Config: cfg, Seed: 1, Split: split})
		if err != nil {
			t.Fatal(err)
		}
		target := make([]float32, cfg.TargetSize())
		pixels := make([]float32, cfg.ImageSize())
		for i := range 6 {
			f, err := m.Frame(int64(i * 5))
			if err != nil {
				t.Fatal(err)
			}
			m.Encode(f, pixels, target)
			writePNG(t, filepath.Join(t.ArtifactDir(), fmt.Sprintf("%s-%d.png", split, i)), overlay(&cfg, f, target))
		}
	}
}

const zoom = 3

var classColors = [perception.NumClasses]color.RGBA{
	{80, 160, 255, 255}, {160, 80, 255, 255}, {255, 120, 40, 255}, {255, 220, 0, 255},
	{255, 0, 160, 255}, {255, 0, 0, 255}, {255, 160, 0, 255}, {0, 255, 80, 255},
}

// overlay draws the frame, its drivable cells, lane boundaries and boxes: required
// ones in color, ignored ones gray.
func overlay(cfg *network.Config, f *Frame, target []float32) *image.RGBA {
	im := f.Image
	out := image.NewRGBA(image.Rect(0, 0, im.Width*zoom, im.Height*zoom))
	gw, _ := cfg.Grid()
	lane := [...]color.RGBA{{0, 255, 255, 255}, {0, 255, 0, 255}, {255, 255, 0, 255}, {255, 0, 255, 255}}
	for y := range im.Height * zoom {
		for x := range im.Width * zoom {
			p := 3 * (y/zoom*im.Width + x/zoom)
			c := color.RGBA{im.RGB[p], im.RGB[p+1], im.RGB[p+2], 255}
			cell := target[(y/zoom/network.Stride*gw+x/zoom/network.Stride)*network.TargetChannels:]
			if cell[network.DrivableChannel] > 0 && (x+y)%6 == 0 {
				c = color.RGBA{0, 200, 60, 255}
			}
			if cell[network.IgnoreHeat] > 0 && (x-y)%8 == 0 {
				c = color.RGBA{255, 255, 255, 255}
			}
			for b := range lane {
				if cell[network.LaneChannel+b] > .6 {
					c = lane[b]
				}
			}
			out.SetRGBA(x, y, c)
		}
	}
	for i := range f.Objects {
		o := &f.Objects[i]
		c := color.RGBA{128, 128, 128, 255}
		if Labeled(o) {
			c = classColors[Class(o)]
		}
		frameBox(out, o.X0*zoom, o.Y0*zoom, o.X1*zoom, o.Y1*zoom, c)
	}
	return out
}

func frameBox(out *image.RGBA, x0, y0, x1, y1 float64, c color.RGBA) {
	for x := int(x0); x <= int(x1); x++ {
		out.SetRGBA(x, int(y0), c)
		out.SetRGBA(x, int(y1), c)
	}
	for y := int(y0); y <= int(y1); y++ {
		out.SetRGBA(int(x0), y, c)
		out.SetRGBA(int(x1), y, c)
	}
}

func writePNG(t *testing.T, path string, im image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
}
