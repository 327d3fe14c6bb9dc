package dataverify

import (
	"errors"
	"fmt"
	"image"
	"math"
	"path"
	"slices"
	"strings"
)

// coco verifies COCO's label files below annotations/ and their images.
func (c *checker) coco() error {
	var files []string
	for _, name := range c.list("annotations") {
		if strings.EqualFold(path.Ext(name), ".json") {
			files = append(files, "annotations/"+name)
		}
	}
	if len(files) == 0 {
		return errors.New("it holds no COCO data set: there is no annotations/*.json")
	}
	used := make(map[string]string) // label files by image
	for _, file := range files {
		data, ok := c.read(file)
		if !ok {
			continue
		}
		doc, err := parseJSON(data, 1)
		if err != nil {
			c.fail(file, 0, "", "%v", err)
			continue
		}
		f := cocoFile{checker: c, file: file, images: make(map[int64]*cocoImage), categories: make(map[int64]bool), videos: make(map[int64]bool)}
		f.verify(doc, used)
	}
	for _, folder := range append([]string{"images"}, c.subfolders("images")...) {
		for _, name := range c.list(folder) {
			if p := folder + "/" + name; isPicture(name) && used[p] == "" {
				c.fail(p, 0, "", "no label file names the image")
			}
		}
	}
	return nil
}

// subfolders returns the paths of the folders in a folder.
func (c *checker) subfolders(folder string) (paths []string) {
	for _, name := range c.folders(folder) {
		paths = append(paths, folder+"/"+name)
	}
	return paths
}

// cocoFile is a label file of COCO.
type cocoFile struct {
	*checker
	file       string
	images     map[int64]*cocoImage
	categories map[int64]bool
	videos     map[int64]bool
}

type cocoImage struct {
	size   image.Point
	tracks map[int64]bool
}

// id returns the id of an entry, and reports a missing or a used one.
func (f *cocoFile) id(list string, i int, n *node, used func(int64) bool) (id int64, ok bool) {
	field := fmt.Sprintf("%s[%d].id", list, i)
	id, ok = n.integer("id")
	switch {
	case !ok:
		f.fail(f.file, n.at("id"), field, "want an integer")
		return id, false
	case used(id):
		f.fail(f.file, n.at("id"), field, "%d is used twice", id)
		return id, false
	}
	return id, true
}

func (f *cocoFile) verify(doc *node, used map[string]string) {
	lists := make(map[string][]*node)
	for _, name := range []string{"images", "annotations", "categories"} {
		items, ok := doc.list(name)
		if !ok {
			f.fail(f.file, doc.line, name, "want a list")
		}
		lists[name] = items
	}
	videos, _ := doc.list("videos")
	for i, n := range videos {
		if id, ok := f.id("videos", i, n, func(id int64) bool { return f.videos[id] }); ok {
			f.videos[id] = true
		}
	}
	f.verifyCategories(lists["categories"])
	frames := make(map[[2]int64]bool)
	for i, n := range lists["images"] {
		f.image(i, n, used, frames)
	}
	ids := make(map[int64]bool)
	for i, n := range lists["annotations"] {
		if id, ok := f.id("annotations", i, n, func(id int64) bool { return ids[id] }); ok {
			ids[id] = true
		}
		f.report.Labels++
		f.annotation(i, n)
	}
}

// COCO's own categories: 80 with ids from 1 to 90.
const (
	ownCategories = 80
	ownHighest    = 90
)

func (f *cocoFile) verifyCategories(list []*node) {
	names := make(map[string]bool)
	var ids []int64
	for i, n := range list {
		if id, ok := f.id("categories", i, n, func(id int64) bool { return f.categories[id] }); ok {
			f.categories[id] = true
			ids = append(ids, id)
		}
		name, ok := n.text("name")
		if !ok || name == "" || names[name] {
			f.fail(f.file, n.at("name"), fmt.Sprintf("categories[%d].name", i), "%q is empty or used twice", name)
		}
		names[name] = true
	}
	slices.Sort(ids)
	if len(ids) == ownCategories && ids[len(ids)-1] == ownHighest {
		return
	}
	for i, id := range ids {
		if id != int64(i)+1 {
			f.fail(f.file, 0, "categories", "the ids are not contiguous from 1: %d is missing", i+1)
			return
		}
	}
}

// find returns the path of an image: in images, a subfolder for the list, a folder for
// the list, or the folder of the data set.
func (f *cocoFile) find(name string) (string, bool) {
	list := strings.TrimLeft(strings.TrimPrefix(stem(path.Base(f.file)), "instances"), "_")
	for _, folder := range []string{"images", path.Join("images", list), list, "."} {
		if p := path.Join(folder, name); f.exists(p) {
			return p, true
		}
	}
	return "", false
}

func (f *cocoFile) image(i int, n *node, used map[string]string, frames map[[2]int64]bool) {
	field := func(name string) string { return fmt.Sprintf("images[%d].%s", i, name) }
	id, ok := f.id("images", i, n, func(id int64) bool { return f.images[id] != nil })
	name, named := n.text("file_name")
	if !named || !local(name) {
		f.fail(f.file, n.at("file_name"), field("file_name"), "%q is not a path within the folder of images", name)
		return
	}
	w, okW := n.integer("width")
	h, okH := n.integer("height")
	if !okW || !okH || w < 1 || h < 1 {
		f.fail(f.file, n.at("width"), field("width"), "want width and height as integers above 0")
		return
	}
	p, found := f.find(name)
	if !found {
		f.fail(f.file, n.at("file_name"), field("file_name"), "there is no image %s", name)
	} else {
		if other := used[p]; other != "" {
			f.fail(f.file, n.at("file_name"), field("file_name"), "%s is in %s, too", name, other)
		}
		used[p] = f.file
		if size, ok := f.picture(p); ok && (int64(size.X) != w || int64(size.Y) != h) {
			f.fail(f.file, n.at("width"), field("width"), "%d×%d px, but the image has %d×%d px", w, h, size.X, size.Y)
		}
	}
	if video, ok := n.integer("video_id"); ok {
		frame, ok := n.integer("frame_id")
		key := [2]int64{video, frame}
		switch {
		case !f.videos[video]:
			f.fail(f.file, n.at("video_id"), field("video_id"), "there is no video %d", video)
		case !ok || frames[key]:
			f.fail(f.file, n.at("frame_id"), field("frame_id"), "frame %d of video %d is missing or used twice", frame, video)
		}
		frames[key] = true
	}
	if ok {
		f.images[id] = &cocoImage{image.Pt(int(w), int(h)), make(map[int64]bool)}
	}
}

func (f *cocoFile) annotation(i int, n *node) {
	field := func(name string) string { return fmt.Sprintf("annotations[%d].%s", i, name) }
	id, _ := n.integer("image_id")
	im := f.images[id]
	if im == nil {
		f.fail(f.file, n.at("image_id"), field("image_id"), "there is no image %d", id)
		return
	}
	if category, ok := n.integer("category_id"); !ok || !f.categories[category] {
		f.fail(f.file, n.at("category_id"), field("category_id"), "there is no category %d", category)
	}
	for _, name := range []string{"bbox", "visible_bbox"} {
		b, ok := n.numbers(name, 4)
		switch {
		case ok:
			f.box(f.file, n.at(name), field(name), [4]float64{b[0], b[1], b[0] + b[2], b[1] + b[3]}, im.size)
		case name == "bbox" || n.get(name) != nil:
			f.fail(f.file, n.at(name), field(name), "want x, y, width, height")
		}
	}
	area, ok := n.number("area")
	if !ok || area <= 0 || area > float64(im.size.X)*float64(im.size.Y) {
		f.fail(f.file, n.at("area"), field("area"), "%g px is not above 0 and up to the area of the image", area)
	}
	if crowd, ok := n.integer("iscrowd"); !ok || crowd != 0 && crowd != 1 {
		f.fail(f.file, n.at("iscrowd"), field("iscrowd"), "want 0 or 1")
	}
	for _, name := range []string{"visible", "truncated"} {
		if n.get(name) != nil {
			v, ok := n.number(name)
			if !ok {
				v = math.NaN()
			}
			f.share(f.file, n.at(name), field(name), v)
		}
	}
	if n.get("occluded") != nil {
		if v, ok := n.integer("occluded"); !ok || v < 0 || v > 3 {
			f.fail(f.file, n.at("occluded"), field("occluded"), "want 0, 1, 2 or 3")
		}
	}
	if track, ok := n.integer("track_id"); ok {
		if im.tracks[track] {
			f.fail(f.file, n.at("track_id"), field("track_id"), "the track %d is in image %d twice", track, id)
		}
		im.tracks[track] = true
	}
	f.segmentation(n, field("segmentation"), im.size, area)
}

// segmentation verifies a mask: polygons, or a run-length code.
func (f *cocoFile) segmentation(n *node, field string, size image.Point, area float64) {
	s := n.get("segmentation")
	switch {
	case s == nil:
	case s.array:
		for _, polygon := range s.items {
			if p, ok := polygon.floats(-1); !ok || len(p) < 6 || len(p)%2 != 0 {
				f.fail(f.file, polygon.line, field, "want polygons of at least three points x, y")
			}
		}
	case s.object:
		f.runs(s, field, size, area)
	default:
		f.fail(f.file, s.line, field, "want polygons or a run-length code")
	}
}

// runs verifies a run-length code. The counts of a compressed one are a string, which only
// COCO's own tools read.
func (f *cocoFile) runs(s *node, field string, size image.Point, area float64) {
	dims, ok := s.numbers("size", 2)
	if !ok || int(dims[0]) != size.Y || int(dims[1]) != size.X {
		f.fail(f.file, s.at("size"), field+".size", "want the height and the width of the image, %d, %d", size.Y, size.X)
	}
	if _, compressed := s.text("counts"); compressed {
		return
	}
	counts, ok := s.get("counts").floats(-1)
	if !ok {
		f.fail(f.file, s.at("counts"), field+".counts", "want a list of integers or a string")
		return
	}
	all, inside := 0.0, 0.0
	for i, n := range counts {
		if n < 0 || n != math.Trunc(n) {
			f.fail(f.file, s.at("counts"), field+".counts", "%g is not a run length", n)
			return
		}
		if all += n; i%2 == 1 {
			inside += n
		}
	}
	if all != float64(size.X*size.Y) {
		f.fail(f.file, s.at("counts"), field+".counts", "the runs cover %g px, the image has %d", all, size.X*size.Y)
	}
	if inside != area {
		f.fail(f.file, s.at("counts"), field+".counts", "the mask has %g px, area is %g", inside, area)
	}
}
