package dataverify

import (
	"errors"
	"fmt"
	"image"
	"path"
	"strings"
)

// pointOf returns a size.
func pointOf(size [2]int) image.Point { return image.Pt(size[0], size[1]) }

// noLane is the column of a row that a lane does not cross.
const noLane = -2

// tusimple verifies the label files of TuSimple's lane challenge.
func (c *checker) tusimple() error {
	var files []string
	for _, name := range c.list(".") {
		if strings.HasPrefix(name, "label_data") && strings.HasPrefix(path.Ext(name), ".json") {
			files = append(files, name)
		}
	}
	if len(files) == 0 {
		return errors.New("it holds no TuSimple data set: there is no label_data*.json")
	}
	seen := make(map[string]bool)
	for _, file := range files {
		data, ok := c.read(file)
		if !ok {
			continue
		}
		for n, text := range lines(data) {
			if strings.TrimSpace(text) == "" {
				continue
			}
			if line, ok := c.object(file, n, text); ok {
				c.tusimpleLine(file, n, line, seen)
			}
		}
	}
	return nil
}

// tusimpleLine verifies the lanes of an image.
func (c *checker) tusimpleLine(file string, n int, line *node, seen map[string]bool) {
	name, _ := line.text("raw_file")
	if name == "" || !local(name) {
		c.fail(file, n, "raw_file", "%q is not a path in the data set", name)
		return
	}
	if seen[name] {
		c.fail(file, n, "raw_file", "%s has two lines", name)
	}
	seen[name] = true
	size, ok := c.picture(name)
	rows, listed := line.get("h_samples").floats(-1)
	if !listed {
		c.fail(file, n, "h_samples", "want a list of rows")
		return
	}
	for i, y := range rows {
		if y < 0 || ok && y >= float64(size.Y) || i > 0 && y <= rows[i-1] {
			c.fail(file, n, fmt.Sprintf("h_samples[%d]", i), "%g is outside of the image, or not below the row before it", y)
			break
		}
	}
	lanes, listed := line.list("lanes")
	if !listed {
		c.fail(file, n, "lanes", "want a list of lanes")
	}
	for i, lane := range lanes {
		c.report.Labels++
		field := fmt.Sprintf("lanes[%d]", i)
		xs, listed := lane.floats(len(rows))
		if !listed {
			c.fail(file, n, field, "want %d columns, one for each row", len(rows))
			continue
		}
		points := 0
		for _, x := range xs {
			if x != noLane {
				points++
			}
			if x != noLane && (x < 0 || ok && x >= float64(size.X)) {
				c.fail(file, n, field, "the column %g is outside of the image", x)
				break
			}
		}
		if points < 2 {
			c.fail(file, n, field, "the lane has %d points, want at least 2", points)
		}
	}
}
