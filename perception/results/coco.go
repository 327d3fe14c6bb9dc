package results

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"roadloop/perception"
)

// cocoWriter writes COCO's detection results: a list of objects with image_id,
// category_id, bbox (x, y, width, height) and score. pycocotools reads it with loadRes.
type cocoWriter struct {
	*stream
	categories map[string]int
	any        bool
}

// NewCOCO returns a writer of COCO's detection results, one line for each object.
func NewCOCO(path string, categories []Category) (Writer, error) {
	s, err := newStream(path)
	if err != nil {
		return nil, err
	}
	return &cocoWriter{stream: s, categories: idsByName(categories)}, nil
}

func idsByName(categories []Category) map[string]int {
	ids := make(map[string]int)
	for _, c := range categories {
		ids[c.Name] = c.ID
	}
	return ids
}

// cocoID appends an id: digits as a number, other texts as a string.
func cocoID(b []byte, id string) []byte {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && strconv.FormatInt(n, 10) == id {
		return append(b, id...)
	}
	text, _ := json.Marshal(id) // a string has a JSON form
	return append(b, text...)
}

// cocoBox appends x, y, width and height.
func cocoBox(b []byte, x perception.Box) []byte {
	b = append(b, '[')
	b = numbers(b, ",", x.X0, x.Y0, x.X1-x.X0, x.Y1-x.Y0)
	return append(b, ']')
}

func (w *cocoWriter) Write(im *Image, objects []Object) error {
	if err := checkAll(im, objects); err != nil {
		return err
	}
	for i := range objects {
		o := &objects[i]
		category, ok := w.categories[o.Class]
		if !ok {
			return fmt.Errorf("image %s: object %d: there is no category %q", im.Name, i, o.Class)
		}
		b := append(w.line[:0], ",\n{\"image_id\":"...)
		if !w.any {
			w.any, b[0] = true, '['
		}
		b = cocoID(b, im.ID)
		b = append(b, `,"category_id":`...)
		b = strconv.AppendInt(b, int64(category), 10)
		b = append(b, `,"bbox":`...)
		b = cocoBox(b, o.Box)
		b = append(b, `,"score":`...)
		b = number(b, o.Score)
		w.line = append(b, '}')
		w.bytes(w.line)
	}
	return nil
}

func (w *cocoWriter) Close() error {
	if !w.any {
		w.text("[")
	}
	w.text("\n]\n")
	return w.commit()
}

// cocoTruthWriter writes COCO's instances, without masks.
type cocoTruthWriter struct {
	*stream
	categories []Category
	ids        map[string]int
	images     []cocoImage
	count      int
}

type cocoImage struct {
	ID       json.RawMessage `json:"id"`
	FileName string          `json:"file_name"`
	Width    int             `json:"width"`
	Height   int             `json:"height"`
}

// NewCOCOTruth returns a writer of COCO's instances. An object with Ignore has iscrowd 1.
func NewCOCOTruth(path string, categories []Category) (Writer, error) {
	s, err := newStream(path)
	if err != nil {
		return nil, err
	}
	s.text("{\"info\":{},\n\"annotations\":[")
	return &cocoTruthWriter{stream: s, categories: categories, ids: idsByName(categories)}, nil
}

func (w *cocoTruthWriter) Write(im *Image, objects []Object) error {
	if err := checkAll(im, objects); err != nil {
		return err
	}
	w.images = append(w.images, cocoImage{cocoID(nil, im.ID), im.Name, im.Width, im.Height})
	for i := range objects {
		o := &objects[i]
		category, ok := w.ids[o.Class]
		if !ok {
			return fmt.Errorf("image %s: object %d: there is no category %q", im.Name, i, o.Class)
		}
		w.line = w.annotation(w.line[:0], im, o, category)
		w.bytes(w.line)
	}
	return nil
}

// annotation appends an annotation. Ids begin with 1: pycocotools treats 0 as none.
func (w *cocoTruthWriter) annotation(b []byte, im *Image, o *Object, category int) []byte {
	if w.count > 0 {
		b = append(b, ',')
	}
	w.count++
	crowd := byte('0')
	if o.Ignore {
		crowd = '1'
	}
	area := o.Area
	if area == 0 {
		area = o.Box.Area()
	}
	b = append(b, "\n{\"id\":"...)
	b = strconv.AppendInt(b, int64(w.count), 10)
	b = append(b, `,"image_id":`...)
	b = cocoID(b, im.ID)
	b = append(b, `,"category_id":`...)
	b = strconv.AppendInt(b, int64(category), 10)
	b = append(b, `,"bbox":`...)
	b = cocoBox(b, o.Box)
	b = append(b, `,"area":`...)
	b = number(b, area)
	return append(b, `,"iscrowd":`+string(crowd)+"}"...)
}

func (w *cocoTruthWriter) Close() error {
	w.text("\n],\n\"images\":[")
	for i := range w.images {
		line, err := json.Marshal(&w.images[i])
		if err != nil {
			return err
		}
		w.text(strings.Repeat(",", min(i, 1)) + "\n")
		w.bytes(line)
	}
	w.text("\n],\n\"categories\":[")
	for i, c := range w.categories {
		name, err := json.Marshal(c.Name)
		if err != nil {
			return err
		}
		w.text(fmt.Sprintf("%s\n{\"id\":%d,\"name\":%s}", strings.Repeat(",", min(i, 1)), c.ID, name))
	}
	w.text("\n]}\n")
	return w.commit()
}
