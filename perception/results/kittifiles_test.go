package results_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/perception/results"
)

// KITTI has a file for each image: two images of one name, and files that are not of this run,
// are errors.
func TestKITTIFilesOfOtherImages(t *testing.T) {
	dir := t.TempDir()
	w, err := results.NewKITTI(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&results.Image{Index: 0, Name: "a/000000.png"}, nil); err != nil {
		t.Fatal(err)
	}
	err = w.Write(&results.Image{Index: 1, Name: "b/000000.jpg"}, nil)
	if err == nil || err.Error() != "image 1, b/000000.jpg: its file 000000.txt is that of another image, a/000000.png" {
		t.Errorf("two images of one name: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "000007.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "holds results of other images") || !strings.Contains(err.Error(), "000007.txt, 1 in all") {
		t.Errorf("a file of another run: %v", err)
	}
}
