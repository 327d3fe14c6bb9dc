package dataverify

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// yolo verifies the layout of Ultralytics' trainers: a YAML file with classes and folders
// of images, and twin folders of labels.
func (c *checker) yolo() error {
	var files []string
	for _, name := range c.list(".") {
		if e := path.Ext(name); e == ".yaml" || e == ".yml" {
			files = append(files, name)
		}
	}
	if len(files) != 1 {
		return fmt.Errorf("it holds no YOLO data set: %d YAML files, want one", len(files))
	}
	file := files[0]
	data, ok := c.read(file)
	if !ok {
		return errors.New("the YAML file cannot be read")
	}
	var about map[string]any
	if err := yaml.Unmarshal(data, &about); err != nil {
		c.fail(file, 0, "", "%v", err)
		return nil
	}
	classes := c.yoloClasses(file, about)
	if p, ok := about["path"].(string); ok && p != "" {
		c.fail(file, 0, "path", "%q depends on the folder in which the trainer runs: leave it out, then the other paths are relative to the file", p)
	}
	done := make(map[string]bool)
	for _, key := range []string{"train", "val", "test"} {
		folder, ok := about[key].(string)
		if !ok {
			if about[key] != nil || key != "test" {
				c.fail(file, 0, key, "want the path of a folder of images")
			}
			continue
		}
		if folder = path.Clean(folder); !local(folder) || !c.exists(folder) {
			c.fail(file, 0, key, "there is no folder %s", folder)
			continue
		}
		if !done[folder] {
			c.yoloFolder(file, key, folder, classes)
		}
		done[folder] = true
	}
	return nil
}

// yoloClasses returns the number of classes. Their ids must be contiguous from 0.
func (c *checker) yoloClasses(file string, about map[string]any) int {
	count := 0
	switch names := about["names"].(type) {
	case []any:
		count = len(names)
	case map[string]any:
		count = len(names)
		for i := range count {
			if _, ok := names[strconv.Itoa(i)]; !ok {
				c.fail(file, 0, "names", "the ids are not contiguous from 0: %d is missing", i)
			}
		}
	default:
		c.fail(file, 0, "names", "want a list or a map of class names")
	}
	if n := about["nc"]; n != nil && fmt.Sprint(n) != strconv.Itoa(count) {
		c.fail(file, 0, "nc", "%v, but there are %d names", n, count)
	}
	return count
}

// yoloFolder verifies a folder of images and its twin folder of labels.
func (c *checker) yoloFolder(file, key, folder string, classes int) {
	i := strings.LastIndex("/"+folder+"/", "/images/")
	if i < 0 {
		c.fail(file, 0, key, "%s is not below a folder images, so the trainer finds no labels", folder)
		return
	}
	twin := strings.Trim(("/" + folder + "/")[:i]+"/labels/"+("/" + folder + "/")[i+len("/images/"):], "/")
	images := make(map[string]bool)
	for _, name := range c.list(folder) {
		if !isPicture(name) {
			continue
		}
		images[stem(name)] = true
		c.picture(folder + "/" + name)
		c.yoloLabels(twin+"/"+stem(name)+".txt", classes)
	}
	if len(images) == 0 {
		c.fail(file, 0, key, "%s has no images", folder)
	}
	for _, name := range c.list(twin) {
		if path.Ext(name) == ".txt" && !images[stem(name)] {
			c.fail(twin+"/"+name, 0, "", "the labels have no image in %s", folder)
		}
	}
}

// yoloLabels verifies a label file: lines of a class and a box, or a class and a polygon.
func (c *checker) yoloLabels(file string, classes int) {
	data, ok := c.read(file)
	if !ok {
		return
	}
	seen := make(map[string]bool)
	for n, line := range lines(data) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		c.report.Labels++
		if seen[line] {
			c.fail(file, n, "", "the label is there twice")
		}
		seen[line] = true
		if len(fields) != 5 && (len(fields) < 7 || len(fields)%2 == 0) {
			c.fail(file, n, "", "%d fields, want a class and x, y, width, height, or a class and a polygon", len(fields))
			continue
		}
		if class, err := strconv.Atoi(fields[0]); err != nil || class < 0 || class >= classes {
			c.fail(file, n, "class", "%q, want an integer from 0 to %d", fields[0], classes-1)
		}
		v, err := floats(fields[1:])
		if err != nil {
			c.fail(file, n, "", "%v", err)
			continue
		}
		for _, x := range v {
			c.share(file, n, "", x)
		}
		if len(v) == 4 {
			c.yoloBox(file, n, v)
		}
	}
}

// yoloBox reports a box without a size, or outside of its image.
func (c *checker) yoloBox(file string, line int, v []float64) {
	const tolerance = 2e-6 // of rounding to six digits
	x, y, w, h := v[0], v[1], v[2], v[3]
	switch {
	case !(w > 0 && h > 0):
		c.fail(file, line, "width", "the box has no width or height")
	case x-w/2 < -tolerance || y-h/2 < -tolerance || x+w/2 > 1+tolerance || y+h/2 > 1+tolerance:
		c.fail(file, line, "x", "the box from %g, %g to %g, %g is outside of the image, 0 to 1", x-w/2, y-h/2, x+w/2, y+h/2)
	}
}
