package dataset

import (
	"fmt"
	"image"

	"roadloop/internal/imagefile"
	"roadloop/perception/camera"
)

// resolveCameras completes the cameras of all samples from the calibrations of the set and
// from the hints of the options. Where nothing determines the horizon, it is the median
// estimate over pictures of the same size, which are taken for those of one camera. A focal
// length is that of the widest pictures; others are taken for reduced ones.
func (s *Set) resolveCameras() error {
	widest := 0
	for i := range s.samples {
		widest = max(widest, s.samples[i].camera.Width)
	}
	rows := make(map[image.Point]*float64) // shares; nil if there is no estimate
	counts := make(map[camera.Known]int)
	var order []camera.Known
	for i := range s.samples {
		sm := &s.samples[i]
		h := s.options.Camera
		h.FocalWidth = widest
		if h.Calibration == nil && !sm.guessed {
			own := camera.New(&sm.camera)
			h.Calibration = &own
		}
		w, height := sm.camera.Width, sm.camera.Height
		size := image.Pt(w, height)
		c, k, err := h.Camera(w, height, func() (float64, bool) {
			share, known := rows[size]
			if !known {
				share = s.estimateHorizon(size)
				rows[size] = share
			}
			if share == nil {
				return 0, false
			}
			return *share * float64(height), true
		})
		if err != nil {
			return fmt.Errorf("%s: camera: %w", sm.picture, err)
		}
		sm.resolved = c
		known := camera.Known{Knowledge: k}
		if k.Horizon == camera.Estimated {
			known.HorizonShare = round(*rows[size])
		}
		if counts[known]++; counts[known] == 1 {
			order = append(order, known)
		}
	}
	for _, k := range order {
		n := k
		n.Frames = counts[k]
		s.knowledge = append(s.knowledge, n)
	}
	return nil
}

// estimateHorizon returns the median estimate of the horizon over pictures of a size, as a
// share of the height; nil if none shows it. A picture that cannot be read is skipped: reading
// its frame returns the error.
func (s *Set) estimateHorizon(size image.Point) *float64 {
	var same []*sample
	for i := range s.samples {
		if sm := &s.samples[i]; sm.camera.Width == size.X && sm.camera.Height == size.Y {
			same = append(same, sm)
		}
	}
	var rgb []byte
	return camera.EstimateHorizon(len(same), func(i int) ([]byte, int, int, bool) {
		im, err := readPicture(same[i].picture, size.X, size.Y)
		if err != nil {
			return nil, 0, 0, false
		}
		rgb = imagefile.RGB(rgb, im)
		return rgb, size.X, size.Y, true
	})
}

// Cameras returns how the cameras of the frames are known.
func (s *Set) Cameras() []camera.Known { return s.knowledge }
