package dataverify

import (
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
)

// cell is the size of a cell of the drivable area, px.
const cell = 4

// roadloop verifies roadloop's own format.
func (c *checker) roadloop() error {
	const file = "labels.jsonl"
	if !c.exists(file) {
		return errors.New("it holds no data set of roadloop: there is no labels.jsonl")
	}
	data, ok := c.read(file)
	if !ok {
		return nil
	}
	images, frames := make(map[string]bool), make(map[int64]bool)
	for n, text := range lines(data) {
		line, ok := c.object(file, n, text)
		if !ok {
			continue
		}
		frame, ok := line.integer("frame")
		if !ok || frames[frame] {
			c.fail(file, n, "frame", "the number is missing or used twice")
		}
		frames[frame] = true
		name, _ := line.text("image")
		if name == "" || !local(name) {
			c.fail(file, n, "image", "%q is not a path in the data set", name)
			continue
		}
		images[name] = true
		if size, ok := c.picture(name); ok {
			c.record(file, n, line, size)
		}
		if own := stem(name) + ".json"; c.exists(own) {
			if data, ok := c.read(own); ok && strings.TrimSpace(string(data)) != strings.TrimSpace(text) {
				c.fail(own, 0, "", "it differs from line %d of %s", n, file)
			}
		} else {
			c.fail(own, 0, "", "the file is missing")
		}
	}
	for _, name := range c.list(".") {
		if isPicture(name) && !images[name] {
			c.fail(name, 0, "", "%s has no line for the image", file)
		}
	}
	return nil
}

// record verifies the labels of a frame.
func (c *checker) record(file string, n int, line *node, size image.Point) {
	camera := line.get("camera")
	w, _ := camera.integer("Width")
	h, _ := camera.integer("Height")
	if int(w) != size.X || int(h) != size.Y {
		c.fail(file, n, "camera", "%d×%d px, but the image has %d×%d px", w, h, size.X, size.Y)
	}
	objects, _ := line.list("objects")
	instances, tracks := make(map[int64]bool), make(map[int64]bool)
	for i, o := range objects {
		c.report.Labels++
		field := fmt.Sprintf("objects[%d].", i)
		for _, name := range []string{"box", "visible_box"} {
			if b, ok := o.numbers(name, 4); ok {
				c.box(file, n, field+name, [4]float64(b), size)
			} else {
				c.fail(file, n, field+name, "want x0, y0, x1, y1")
			}
		}
		for _, name := range []string{"visible", "truncated", "veil"} {
			v, ok := o.number(name)
			if !ok {
				v = math.NaN()
			}
			c.share(file, n, field+name, v)
		}
		if v, ok := o.integer("occluded"); o.get("occluded") != nil && (!ok || v < 0 || v > 2) {
			c.fail(file, n, field+"occluded", "want 0, 1 or 2")
		}
		for _, ids := range []struct {
			name string
			seen map[int64]bool
		}{{"instance", instances}, {"track", tracks}} {
			if id, ok := o.integer(ids.name); ok {
				if ids.seen[id] {
					c.fail(file, n, field+ids.name, "%d is used twice", id)
				}
				ids.seen[id] = true
			}
		}
	}
	runs, ok := line.get("drivable").floats(-1)
	sum := 0.0
	for _, v := range runs {
		sum += v
	}
	if cells := (size.X / cell) * (size.Y / cell); !ok || sum != float64(cells) {
		c.fail(file, n, "drivable", "the runs cover %g cells, the image has %d", sum, cells)
	}
	if scan := line.get("lidar"); scan != nil {
		if name, _ := scan.text("file"); local(name) {
			c.velodyne(name)
		}
	}
}
