package dataset

import (
	"bytes"
	"fmt"

	"roadloop/perception"
	"roadloop/perception/training/synth"
)

// yoloLayout is the format of Ultralytics' trainers: images/, labels/ with a line
// "class cx cy w h" for each object, as shares of the image, and data.yaml.
type yoloLayout struct{}

func (yoloLayout) picture(i int) string { return fmt.Sprintf("images/%06d.png", i) }

func (yoloLayout) frame(s *exportFrame) ([]file, any, error) {
	var b bytes.Buffer
	w, h := float64(s.Image.Width), float64(s.Image.Height)
	for i := range s.Objects {
		if o := &s.Objects[i]; synth.Labeled(o) {
			fmt.Fprintf(&b, "%d %.6f %.6f %.6f %.6f\n", synth.Class(o),
				(o.X0+o.X1)/2/w, (o.Y0+o.Y1)/2/h, (o.X1-o.X0)/w, (o.Y1-o.Y0)/h)
		}
	}
	return []file{{fmt.Sprintf("labels/%06d.txt", s.number), b.Bytes()}}, nil, nil
}

func (yoloLayout) finish([]part) ([]file, error) {
	var b bytes.Buffer
	b.WriteString("train: images\nval: images\nnames:\n")
	for c := range perception.NumClasses {
		fmt.Fprintf(&b, "  %d: %s\n", c, perception.Class(c))
	}
	return []file{{"data.yaml", b.Bytes()}}, nil
}

func (yoloLayout) notes() []string {
	return []string{
		"The format cannot mark ignored objects: those that the datasheet counts as ignored have no line, so a detector is trained not to find them.",
		"data.yaml lists the same images for training and validation; for validation, write a second folder with `--split validation` and enter its images there.",
	}
}
