package results_test

import (
	"math"
	"strings"
	"testing"

	"roadloop/perception/results"
)

// checkRead fails if a reader accepted an object that no writer would write.
func checkRead(t *testing.T, records []results.Record, err error) {
	if err != nil {
		return
	}
	for _, r := range records {
		b := r.Object.Box
		if !(b.X0 <= b.X1 && b.Y0 <= b.Y1) || r.Index < 0 || math.IsNaN(r.Object.Score) {
			t.Fatalf("%+v", r)
		}
	}
}

func FuzzCOCO(f *testing.F) {
	f.Add(`[{"image_id":7,"category_id":1,"bbox":[120.5,80,30,24.25],"score":0.75},{"image_id":"x","category_id":2,"bbox":[0,0,0,0],"score":1}]`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := results.ReadCOCO(strings.NewReader(text), results.Categories())
		checkRead(t, r, err)
	})
}

func FuzzKITTI(f *testing.F) {
	im, _ := carAhead()
	f.Add("Car -1 -1 -1.47 120.5 80 150.5 104.25 1.5 1.75 4.5 -2 1.4 20 -1.57 0.75\n\nDontCare -1 -1 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10")
	f.Fuzz(func(t *testing.T, text string) {
		objects, err := results.ReadKITTI(strings.NewReader(text), &im)
		for _, o := range objects {
			checkRead(t, []results.Record{{Object: o}}, err)
		}
	})
}

func FuzzKITTITracking(f *testing.F) {
	im, _ := carAhead()
	f.Add("6 3 Car -1 -1 -1.47 120.5 80 150.5 104.25 1.5 1.75 4.5 -2 1.4 20 -1.57 0.75\n0 -1 DontCare -1 -1 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := results.ReadKITTITracking(strings.NewReader(text), &im)
		checkRead(t, r, err)
	})
}

func FuzzMOT(f *testing.F) {
	f.Add("7,3,121.5,81,30,24.25,0.75,98,71.7,0.75\n7,3,121.5,81,30,24.25,1,1,0.625")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := results.ReadMOT(strings.NewReader(text))
		checkRead(t, r, err)
	})
}

func FuzzNuScenes(f *testing.F) {
	f.Add(`{"meta":{"use_camera":true},"results":{"a":[{"sample_token":"a","translation":[98,71.7,0.75],"size":[1.75,4.5,1.5],"rotation":[1,0,0,0],"velocity":[0,10],"detection_name":"car","detection_score":0.75,"attribute_name":""}],"b":[]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, r, err := results.ReadNuScenes(strings.NewReader(text))
		checkRead(t, r, err)
	})
}
