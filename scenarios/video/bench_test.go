package video_test

import (
	"image"
	"path/filepath"
	"testing"

	"roadloop/internal/opencv"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/timeline"
	"roadloop/scenarios/video"
)

// frameRate is the frame rate of the MP4, 1/s.
const frameRate = 20

// BenchmarkFilm renders and encodes an MP4 of the default size. It reports the frame rate
// and the real-time factor. The goal is a factor of at least 0.5 in every view.
func BenchmarkFilm(b *testing.B) {
	if !opencv.Included {
		b.Skip(opencv.ErrNotIncluded)
	}
	p := drivetest.Plan(b, "zebra/1")
	d, err := timeline.New(p, drivetest.Driver(drivetest.Detector(b)))
	if err != nil {
		b.Fatal(err)
	}
	for range 40 {
		if _, err := d.Step(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	for _, view := range video.Views {
		b.Run(view, func(b *testing.B) {
			a, err := video.New(d.Plan(), video.Options{View: view, Overlays: video.Overlays, Size: image.Pt(1280, 720)})
			if err != nil {
				b.Fatal(err)
			}
			w, err := video.Create(filepath.Join(b.TempDir(), "a.mp4"), frameRate)
			if err != nil {
				b.Fatal(err)
			}
			frames := 0
			for b.Loop() {
				if err := w.Add(a.Draw(d.StepAt(frames%d.Len()), nil)); err != nil {
					b.Fatal(err)
				}
				frames++
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			rate := float64(frames) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "frames/s")
			b.ReportMetric(rate/frameRate, "realtime")
		})
	}
}
