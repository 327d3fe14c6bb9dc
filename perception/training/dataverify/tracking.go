package dataverify

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// kittiTracking verifies KITTI's tracking benchmark.
func (c *checker) kittiTracking() error {
	if !c.exists("training/image_02") && !c.exists("testing/image_02") {
		return errors.New("it holds no data set of KITTI's tracking benchmark: there is no training/image_02")
	}
	for _, root := range []string{"training", "testing"} {
		counts := make(map[string]int)
		for _, name := range c.folders(root + "/image_02") {
			counts[name] = c.sequence(root, name)
		}
		for _, folder := range []string{"label_02", "calib", "oxts"} {
			for _, name := range c.list(root + "/" + folder) {
				if counts[stem(name)] == 0 {
					c.fail(path.Join(root, folder, name), 0, "", "the sequence has no images in %s/image_02", root)
				}
			}
		}
		for _, name := range c.list(root) {
			if strings.HasPrefix(name, "evaluate_tracking.seqmap.") {
				c.seqmap(root+"/"+name, counts)
			}
		}
	}
	return nil
}

// sequence verifies a sequence and returns the number of its frames.
func (c *checker) sequence(root, name string) (frames int) {
	t := tracks{checker: c, kinds: make(map[string]string), seen: make(map[[2]int]bool)}
	folder := root + "/image_02/" + name
	for _, picture := range c.list(folder) {
		if !isPicture(picture) {
			continue
		}
		if want := fmt.Sprintf("%06d", frames); stem(picture) != want {
			c.fail(folder+"/"+picture, 0, "", "the frames are not contiguous: want %s", want)
		}
		frames++
		if size, ok := c.picture(folder + "/" + picture); ok {
			t.frames = append(t.frames, [2]int{size.X, size.Y})
		} else {
			t.frames = append(t.frames, [2]int{})
		}
	}
	p := c.calibration(root + "/calib/" + name + ".txt")
	if file := root + "/label_02/" + name + ".txt"; root == "training" || c.exists(file) {
		t.verify(file, p)
	}
	if file := root + "/oxts/" + name + ".txt"; c.exists(file) {
		c.oxts(file, frames)
	}
	if c.exists(root + "/velodyne") {
		for i := range frames {
			c.velodyne(fmt.Sprintf("%s/velodyne/%s/%06d.bin", root, name, i))
		}
	}
	return frames
}

// tracks verifies the labels of a sequence.
type tracks struct {
	*checker
	frames [][2]int // width and height of the images, 0 if unknown
	kinds  map[string]string
	seen   map[[2]int]bool // frame and track
}

func (t *tracks) verify(file string, p *projection) {
	data, ok := t.read(file)
	if !ok {
		return
	}
	last := 0
	for n, line := range lines(data) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		t.report.Labels++
		if len(fields) != 17 && len(fields) != 18 {
			t.fail(file, n, "", "%d fields, want 17, or 18 with a score", len(fields))
			continue
		}
		frame, err := strconv.Atoi(fields[0])
		if err != nil || frame < 0 || frame >= len(t.frames) {
			t.fail(file, n, "frame", "there is no frame %s, the sequence has %d", fields[0], len(t.frames))
			continue
		}
		if frame < last {
			t.fail(file, n, "frame", "frame %d comes after frame %d", frame, last)
		}
		last = frame
		t.track(file, n, frame, fields[1], fields[2])
		v, ok := t.kittiValues(file, n, fields[3:])
		if !ok {
			continue
		}
		if x := v[kTruncated]; !(x == 0 || x == 1 || x == 2 || fields[2] == "DontCare" && x == -1) {
			t.fail(file, n, "truncated", "%g, want 0, 1 or 2", x)
		}
		size := t.frames[frame]
		t.kittiObject(file, n, fields[2], v, pointOf(size), size[0] > 0, p)
	}
}

// track verifies the number of a track: unique in its frame, with one type in all frames.
func (t *tracks) track(file string, line, frame int, text, kind string) {
	id, err := strconv.Atoi(text)
	switch {
	case err != nil || id < -1 || id == -1 && kind != "DontCare":
		t.fail(file, line, "track", "%q, want an integer ≥ 0, or -1 for DontCare", text)
		return
	case id == -1:
		return
	case t.seen[[2]int{frame, id}]:
		t.fail(file, line, "track", "the track %d is in frame %d twice", id, frame)
	}
	t.seen[[2]int{frame, id}] = true
	// A traffic light keeps its track and changes its type with its color.
	if old, known := t.kinds[text]; known && old != kind && !(strings.HasPrefix(old, "Signal") && strings.HasPrefix(kind, "Signal")) {
		t.fail(file, line, "type", "the track %d is a %s, and a %s before", id, kind, old)
	}
	t.kinds[text] = kind
}

// oxts verifies the lines of the navigation system: 30 numbers for each frame.
func (c *checker) oxts(file string, frames int) {
	data, ok := c.read(file)
	if !ok {
		return
	}
	count := 0
	for n, line := range lines(data) {
		count++
		if v, err := floats(strings.Fields(line)); err != nil || len(v) != 30 {
			c.fail(file, n, "", "want 30 finite numbers")
		}
	}
	if count != frames {
		c.fail(file, 0, "", "%d lines for %d frames", count, frames)
	}
}

// seqmap verifies a list of sequences: the name, "empty", the first frame and the one
// after the last.
func (c *checker) seqmap(file string, counts map[string]int) {
	data, ok := c.read(file)
	if !ok {
		return
	}
	for n, line := range lines(data) {
		f := strings.Fields(line)
		if len(f) != 4 {
			c.fail(file, n, "", "%d fields, want 4", len(f))
			continue
		}
		if end, err := strconv.Atoi(f[3]); err != nil || counts[f[0]] == 0 || end != counts[f[0]] {
			c.fail(file, n, "", "the sequence %s has %d frames, not %s", f[0], counts[f[0]], f[3])
		}
	}
}
