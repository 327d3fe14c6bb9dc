package dataset

import (
	"bytes"
	"fmt"

	"roadloop/perception"
	"roadloop/perception/training/synth"
)

// yoloLayout is the format of Ultralytics' trainers: images/ and labels/ with a folder for
// each list, a line "class cx cy w h" for each object, as shares of the image, and
// dataset.yaml.
type yoloLayout struct{}

// yoloYAML is the description of the data set for trainers.
const yoloYAML = "dataset.yaml"

func (yoloLayout) holds() holds { return holds{lists: true, alone: true} }

func (yoloLayout) picture(p place, _ string) string {
	return fmt.Sprintf("images/%s/%06d.png", p.Subset, p.Number)
}

func (yoloLayout) frame(s *exportFrame) ([]file, any, error) {
	var b bytes.Buffer
	w, h := float64(s.Image.Width), float64(s.Image.Height)
	for i := range s.Objects {
		if o := &s.Objects[i]; synth.Labeled(o) {
			fmt.Fprintf(&b, "%d %.6f %.6f %.6f %.6f\n", synth.Class(o),
				(o.X0+o.X1)/2/w, (o.Y0+o.Y1)/2/h, (o.X1-o.X0)/w, (o.Y1-o.Y0)/h)
		}
	}
	return []file{{path: fmt.Sprintf("labels/%s/%06d.txt", s.Subset, s.number), data: b.Bytes()}}, nil, nil
}

// finish writes dataset.yaml. It has no path: trainers then look for the folders next to
// the file, wherever they run.
func (yoloLayout) finish(parts []part) ([]file, error) {
	var b bytes.Buffer
	folder := func(s Subset) string { return "images/" + string(s) }
	train, val := folder(SubsetTrain), folder(SubsetVal)
	if len(byList(parts, SubsetTrain)) == 0 {
		train = val
	}
	if len(byList(parts, SubsetVal)) == 0 {
		b.WriteString("# No map is for validation: these are the frames for training.\n")
		val = train
	}
	fmt.Fprintf(&b, "train: %s\nval: %s\n", train, val)
	if len(byList(parts, SubsetTest)) > 0 {
		fmt.Fprintf(&b, "test: %s\n", folder(SubsetTest))
	}
	b.WriteString("names:\n")
	for c := range perception.NumClasses {
		fmt.Fprintf(&b, "  %d: %s\n", c, perception.Class(c))
	}
	return []file{{path: yoloYAML, data: b.Bytes()}}, nil
}

func (yoloLayout) notes() []string {
	return []string{
		"`dataset.yaml` names the folders of images for training, validation and test; labels are in the folder of the same name below `labels/`. Train with `yolo detect train data=/FOLDER/dataset.yaml`; trainers of before 2024 need the absolute path.",
		"The format cannot mark ignored objects: those that the datasheet counts as ignored have no line, so a detector is trained not to find them.",
		"Boxes include hidden parts (amodal). The format holds no visible fraction, truncation or track.",
	}
}
