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

// roboflowLabels is the name of a label file next to its images, in folders that Roboflow
// writes.
const roboflowLabels = "_annotations.coco.json"

// coco verifies COCO's label files and their images.
func (c *checker) coco() error {
	files := c.cocoFiles()
	if len(files) == 0 {
		return errors.New("it holds no COCO data set: there is no annotations/*.json, and no " + roboflowLabels)
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
	folders := append([]string{"images"}, c.subfolders("images")...)
	for _, file := range files {
		if path.Base(file) == roboflowLabels {
			folders = append(folders, path.Dir(file))
		}
	}
	for _, folder := range folders {
		for _, name := range c.list(folder) {
			if p := path.Join(folder, name); isPicture(name) && used[p] == "" {
				c.fail(p, 0, "", "no label file names the image")
			}
		}
	}
	return nil
}

// cocoFiles returns the label files: instances*.json below annotations, because COCO keeps
// captions and keypoints next to them, or else all files there, or else those of Roboflow.
func (c *checker) cocoFiles() []string {
	var all, instances []string
	for _, name := range c.list("annotations") {
		if !strings.EqualFold(path.Ext(name), ".json") {
			continue
		}
		all = append(all, "annotations/"+name)
		if ok, _ := path.Match("instances*.json", name); ok {
			instances = append(instances, "annotations/"+name)
		}
	}
	switch {
	case len(instances) > 0:
		return instances
	case len(all) > 0:
		return all
	}
	for _, folder := range append([]string{"."}, c.folders(".")...) {
		if file := path.Join(folder, roboflowLabels); c.exists(file) {
			all = append(all, file)
		}
	}
	return all
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
	if !doc.object {
		f.fail(f.file, doc.line, "", "want an object, found %s", doc.kind())
		return
	}
	if doc.get("videos") != nil {
		for i, n := range f.objects(doc, "videos") {
			if id, ok := f.id("videos", i, n, func(id int64) bool { return f.videos[id] }); ok {
				f.videos[id] = true
			}
		}
	}
	f.verifyCategories(doc)
	frames := make(map[[2]int64]bool)
	for i, n := range f.objects(doc, "images") {
		f.image(i, n, used, frames)
	}
	ids := make(map[int64]bool)
	for i, n := range f.objects(doc, "annotations") {
		if id, ok := f.id("annotations", i, n, func(id int64) bool { return ids[id] }); ok {
			ids[id] = true
		}
		f.report.Labels++
		f.annotation(i, n)
	}
}

// objects yields the objects of a list of the document with their indices, and reports
// other entries.
func (f *cocoFile) objects(doc *node, name string) func(yield func(int, *node) bool) {
	return func(yield func(int, *node) bool) {
		list := doc.get(name)
		switch {
		case list == nil:
			f.fail(f.file, doc.line, name, "want a list")
			return
		case !list.array:
			f.fail(f.file, list.line, name, "want a list, found %s", list.kind())
			return
		}
		for i, n := range list.items {
			if !n.object {
				f.fail(f.file, n.line, fmt.Sprintf("%s[%d]", name, i), "want an object, found %s", n.kind())
			} else if !yield(i, n) {
				return
			}
		}
	}
}

// COCO's own categories: 80 with ids from 1 to 90.
const (
	ownCategories = 80
	ownHighest    = 90
)

// verifyCategories verifies names and ids. In Roboflow's files the category 0 is the group of
// the others: it may have the name of one of them.
func (f *cocoFile) verifyCategories(doc *node) {
	names := make(map[string]bool)
	var ids []int64
	first := int64(1)
	for i, n := range f.objects(doc, "categories") {
		id, ok := f.id("categories", i, n, func(id int64) bool { return f.categories[id] })
		if ok {
			f.categories[id] = true
			ids = append(ids, id)
		}
		group := ok && id == 0 && path.Base(f.file) == roboflowLabels
		name, ok := n.text("name")
		if !ok || name == "" || names[name] && !group {
			f.fail(f.file, n.at("name"), fmt.Sprintf("categories[%d].name", i), "%q is empty or used twice", name)
		}
		if group {
			first = 0
		} else {
			names[name] = true
		}
	}
	slices.Sort(ids)
	if len(ids) == ownCategories && ids[len(ids)-1] == ownHighest {
		return
	}
	for i, id := range ids {
		if want := int64(i) + first; id != want {
			f.fail(f.file, 0, "categories", "the ids are not contiguous from %d: %d is missing", first, want)
			return
		}
	}
}

// find returns the path of an image: in a subfolder of images for the list, a folder for the
// list, images, the folder of the labels, or that of the data set.
func (f *cocoFile) find(name string) (string, bool) {
	var folders []string
	if list := strings.TrimLeft(strings.TrimPrefix(stem(path.Base(f.file)), "instances"), "_"); list != "" {
		folders = append(folders, path.Join("images", list), list)
	}
	for _, folder := range append(folders, "images", path.Dir(f.file), ".") {
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
