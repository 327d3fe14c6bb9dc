package results_test

import (
	"path/filepath"
	"strings"
	"testing"

	"roadloop/perception/results"
)

// Labels that are read and written again are the same: degrees of truncation and occlusion,
// and ignored regions.
func TestKITTILabelsWriteBack(t *testing.T) {
	const unknown = " -10 1 2 30 40 -1 -1 -1 -1000 -1000 -1000 -10\n"
	im := results.Image{Name: "000006.png"}
	var tracks, labels strings.Builder
	for i, degrees := range []string{"0 0", "1 1", "2 2", "0 3"} {
		tracks.WriteString("0 " + string(rune('1'+i)) + " Car " + degrees + unknown)
	}
	tracks.WriteString("0 -1 DontCare -1 -1" + unknown)
	for _, degrees := range []string{"0 0", "0.25 1", "1 2", "0.5 3"} {
		labels.WriteString("Car " + degrees + unknown)
	}
	labels.WriteString("DontCare -1 -1" + unknown)

	records, err := results.ReadKITTITracking(strings.NewReader(tracks.String()), &im)
	if err != nil {
		t.Fatal(err)
	}
	var objects []results.Object
	for _, r := range records {
		if r.Object.Truncated > 1 {
			t.Errorf("the fraction outside of the image is %g", r.Object.Truncated)
		}
		objects = append(objects, r.Object)
	}
	got := write(t, "0000.txt", func(dir string) (results.Writer, error) {
		return results.NewKITTITrackingTruth(filepath.Join(dir, "0000.txt"))
	}, &im, objects...)
	if got != tracks.String() {
		t.Errorf("tracking:\n%swant\n%s", got, tracks.String())
	}

	objects, err = results.ReadKITTI(strings.NewReader(labels.String()), &im)
	if err != nil {
		t.Fatal(err)
	}
	got = write(t, "000006.txt", func(dir string) (results.Writer, error) { return results.NewKITTITruth(dir) }, &im, objects...)
	if got != labels.String() {
		t.Errorf("objects:\n%swant\n%s", got, labels.String())
	}
}

// A degree of truncation is not a fraction.
func TestBadDegreeOfTruncation(t *testing.T) {
	for _, degree := range []string{"0.3", "3"} {
		_, err := results.ReadKITTITracking(strings.NewReader("\n0 1 Car "+degree+" 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10"), &results.Image{})
		if want := "line 2: field 4: truncated is " + degree + ", want 0, 1, 2 or -1"; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
