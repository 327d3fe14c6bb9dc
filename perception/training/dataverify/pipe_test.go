//go:build unix

package dataverify_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"roadloop/perception/training/dataverify"
)

// A pipe in place of a file is a violation: reading it would never end.
func TestPipes(t *testing.T) {
	const want = "it is not a regular file"
	for _, c := range []struct{ format, file, want string }{
		{"coco", "images/a.png", "images/a.png: " + want},
		{"coco", "annotations/instances.json", "annotations/instances.json: " + want},
		{"kitti", "training/label_2/000000.txt", "training/label_2/000000.txt: " + want},
		{"kitti", "training/velodyne/000000.bin", "training/velodyne/000000.bin: " + want},
		{"yolo", "metadata.jsonl", "metadata.jsonl: " + want},
		{"tusimple", "images/b.png", "SHA256SUMS:1: images/b.png: " + want},
		{"", "dataset.json", "dataset.json: " + want},
	} {
		format := c.format
		if format == "" {
			format = "roadloop"
		}
		set := sets(t)[format]
		if c.format == "tusimple" {
			set["SHA256SUMS"] = strings.Repeat("0", 64) + "  " + c.file + "\n"
		}
		delete(set, c.file)
		dir := set.write(t)
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, c.file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(filepath.Join(dir, c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		done := make(chan string, 1)
		go func() {
			var all []string
			r, err := dataverify.Verify(dir, c.format)
			if err != nil {
				done <- err.Error()
				return
			}
			for i := range r.Violations {
				all = append(all, r.Violations[i].String())
			}
			done <- strings.Join(all, "\n")
		}()
		select {
		case got := <-done:
			if !strings.Contains(got, c.want) {
				t.Errorf("%s:\n%s\nwant %s", c.file, got, c.want)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the reader hangs", c.file)
			// A writer that closes the pipe ends the reader.
			if f, err := os.OpenFile(filepath.Join(dir, c.file), os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
				f.Close()
			}
		}
	}
}
