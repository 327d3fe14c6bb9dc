package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"roadloop/perception/boxtrack"
	"roadloop/perception/camera"
	"roadloop/perception/inference"
	"roadloop/perception/results"
	"roadloop/scenarios/video"
)

// detectSinks are the outputs of the command detect.
type detectSinks struct {
	flags    *detectFlags
	stdout   io.Writer
	renderer *video.FoundRenderer
	results  results.Writer // nil without --results
	json     bool           // the document is begun
	frames   int            // in the document

	mosaic *video.Mosaic   // nil without --mosaic
	names  map[string]bool // files written to --out

	movie     video.Writer // of the current video, nil without
	moviePath string
	rate      float64
	shown     int // frames of the movie so far
}

// openResults opens the file or the folder of --results.
func (s *detectSinks) openResults() (err error) {
	path := s.flags.results
	if path == "" {
		return nil
	}
	switch s.flags.resultFormat {
	case "coco":
		s.results, err = results.NewCOCO(path, results.Categories())
	case "kitti":
		s.results, err = results.NewKITTI(path)
	case "mot":
		s.results, err = results.NewMOT(path)
	default:
		s.results, err = results.NewKITTITracking(path)
	}
	return err
}

// detectSchema names the format of the JSON document.
const detectSchema = "roadloop.detect/1"

// openJSON begins the document. Its frames follow as they are processed.
func (s *detectSinks) openJSON(sum string) {
	if !s.flags.asJSON {
		return
	}
	s.json = true
	fmt.Fprintf(s.stdout, "{\"schema\": %q, \"network\": %q, \"frames\": [", detectSchema, sum)
}

// detectedFrame is a frame in the JSON document.
type detectedFrame struct {
	File       string             `json:"file"`
	Frame      *int               `json:"frame,omitempty"` // of a video
	Time       *float64           `json:"time,omitempty"`  // s
	Width      int                `json:"width"`
	Height     int                `json:"height"`
	Camera     detectedCamera     `json:"camera"`
	Views      int                `json:"views"`
	Detections []detectedObject   `json:"detections"`
	Boundaries []detectedBoundary `json:"boundaries"`
	Drivable   detectedArea       `json:"drivable"`
}

// detectedCamera is the camera with which a frame was processed; angles are in degrees.
type detectedCamera struct {
	Fx               float64 `json:"fx"`
	Fy               float64 `json:"fy"`
	Cx               float64 `json:"cx"`
	Cy               float64 `json:"cy"`
	Height           float64 `json:"height"`
	Pitch            float64 `json:"pitch"`
	Yaw              float64 `json:"yaw"`
	Roll             float64 `json:"roll"`
	Horizon          float64 `json:"horizon"` // row, px
	camera.Knowledge `json:"known"`
}

type detectedObject struct {
	Class       string     `json:"class"`
	Score       float64    `json:"score"`
	Box         [4]float64 `json:"box"`          // x0, y0, x1, y1, px
	Distance    float64    `json:"distance"`     // from the camera, m
	DistanceStd float64    `json:"distance_std"` // m
	Position    [2]float64 `json:"position"`     // m ahead of and left of the rear axle
	Heading     float64    `json:"heading"`      // rad, positive left
	Track       int64      `json:"track,omitempty"`
}

type detectedBoundary struct {
	Side   string       `json:"side"`
	Score  float64      `json:"score"`
	Points [][2]float64 `json:"points"` // m
	Pixels [][2]float64 `json:"pixels"`
}

// detectedArea is the drivable ground on a grid over the picture: lengths of runs, row by row,
// of cells that are not drivable, drivable, and so on.
type detectedArea struct {
	Columns int   `json:"columns"`
	Rows    int   `json:"rows"`
	Runs    []int `json:"runs"`
}

// sides are the names of boundaries in documents.
var sides = [...]string{"far left", "left", "right", "far right"}

func newDetectedFrame(s *shown) detectedFrame {
	c := &s.camera
	row, _ := c.Horizon()
	out := detectedFrame{
		File: s.path, Width: s.frame.Width, Height: s.frame.Height, Views: s.found.Views,
		Camera: detectedCamera{
			Fx: round2(c.Fx), Fy: round2(c.Fy), Cx: round2(c.Cx), Cy: round2(c.Cy), Height: round2(c.Mount.Z),
			Pitch: round2(c.Mount.Pitch / degree), Yaw: round2(c.Mount.Yaw / degree), Roll: round2(c.Mount.Roll / degree),
			Horizon: round2(row), Knowledge: s.known.Knowledge,
		},
		Detections: []detectedObject{}, Boundaries: []detectedBoundary{},
	}
	if s.index >= 0 {
		at := round2(s.frame.Time*100) / 100
		out.Frame, out.Time = &s.index, &at
	}
	for i := range s.found.Detections {
		d := &s.found.Detections[i]
		o := detectedObject{
			Class: d.Class.String(), Score: round4(d.Score), Box: [4]float64{round2(d.Box.X0), round2(d.Box.Y0), round2(d.Box.X1), round2(d.Box.Y1)},
			Distance: round2(d.Distance), DistanceStd: round2(d.DistanceStd), Position: [2]float64{round2(d.Pos.X), round2(d.Pos.Y)}, Heading: round4(d.Heading),
		}
		if i < len(s.ids) {
			o.Track = s.ids[i]
		}
		out.Detections = append(out.Detections, o)
	}
	for i := range s.found.Boundaries {
		b := &s.found.Boundaries[i]
		line := detectedBoundary{Side: sides[b.Side], Score: round4(b.Score), Points: [][2]float64{}, Pixels: [][2]float64{}}
		for _, p := range b.Points {
			line.Points = append(line.Points, [2]float64{round2(p.X), round2(p.Y)})
		}
		for _, p := range s.found.Lines[i] {
			line.Pixels = append(line.Pixels, [2]float64{round2(p.X), round2(p.Y)})
		}
		out.Boundaries = append(out.Boundaries, line)
	}
	out.Drivable = newDetectedArea(s.found)
	return out
}

func newDetectedArea(found *inference.Found) detectedArea {
	a := detectedArea{Columns: found.GridWidth, Rows: len(found.Drivable) / max(found.GridWidth, 1), Runs: []int{0}}
	now := false
	for _, p := range found.Drivable {
		if (p > .5) != now {
			now = !now
			a.Runs = append(a.Runs, 0)
		}
		a.Runs[len(a.Runs)-1]++
	}
	return a
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }
func round4(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// write writes a processed frame to all outputs.
func (s *detectSinks) write(f *shown) error {
	if s.json {
		data, err := json.Marshal(newDetectedFrame(f))
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		separator := ",\n"
		if s.frames == 0 {
			separator = "\n"
		}
		if _, err := fmt.Fprintf(s.stdout, "%s%s", separator, data); err != nil {
			return err
		}
	} else if f.index < 0 || s.flags.sequence {
		if _, err := fmt.Fprintf(s.stdout, "%s: %s\n", f.path, f.summary()); err != nil {
			return err
		}
	}
	s.frames++
	if s.results != nil {
		if err := s.results.Write(s.resultImage(f), s.objects(f)); err != nil {
			return named("--results", err)
		}
	}
	if s.flags.out == "" && s.mosaic == nil {
		return nil
	}
	im := video.Picture(f.frame.RGB, f.frame.Width, f.frame.Height)
	s.renderer.Draw(im, f.found, f.ids)
	if s.mosaic != nil && (f.index <= 0 || s.flags.sequence) { // of a video, its first frame
		s.mosaic.Add(f.group, im)
	}
	return s.draw(f, im)
}

// resultImage describes a frame for the writers of results.
func (s *detectSinks) resultImage(f *shown) *results.Image {
	cal := f.camera.Pinhole()
	im := &results.Image{Index: f.number - 1, ID: strconv.Itoa(f.number), Name: filepath.Base(f.path), Width: f.frame.Width, Height: f.frame.Height, Camera: &cal}
	if f.index >= 0 && !s.flags.sequence {
		im.Index = f.index
		im.Name = fmt.Sprintf("%s_%06d.png", strings.TrimSuffix(im.Name, filepath.Ext(im.Name)), f.index)
	}
	return im
}

// objects returns the detections of a frame, or its tracks for a format of tracks.
func (s *detectSinks) objects(f *shown) (out []results.Object) {
	cal := f.camera.Pinhole()
	sizes := inference.Footprints()
	if s.flags.tracksOnly() {
		for _, t := range f.tracks {
			out = append(out, trackObject(&t, f, s))
		}
		return out
	}
	for i := range f.found.Detections {
		d := &f.found.Detections[i]
		out = append(out, results.FromDetection(d, &cal, sizes[d.Class]))
	}
	return out
}

// trackObject returns a track as an object: its own box and class, and the place of its
// detection.
func trackObject(t *boxtrack.Track, f *shown, s *detectSinks) results.Object {
	cal := f.camera.Pinhole()
	d := f.found.Detections[t.Detection]
	d.Class, d.Box = t.Class, t.Box
	o := results.FromDetection(&d, &cal, inference.Footprints()[t.Class])
	o.ID = t.ID
	return o
}

// draw writes an annotated picture to its file, or to the video.
func (s *detectSinks) draw(f *shown, im *image.RGBA) error {
	out := s.flags.out
	switch {
	case out == "":
		return nil
	case s.movie == nil && s.flags.sequence && isVideoFile(out):
		if err := s.startMovie(out, s.flags.rate); err != nil {
			return err
		}
	}
	if s.movie != nil {
		return s.addToMovie(f, im)
	}
	path := out
	if !isFile(out) {
		path = s.unique(filepath.Join(out, strings.TrimSuffix(filepath.Base(f.path), filepath.Ext(f.path))), ".png")
	}
	w, err := video.Create(path, 1)
	if err != nil {
		return named("--out", err)
	}
	if err := w.Add(im); err != nil {
		return errors.Join(named("--out", err), w.Discard())
	}
	return named("--out", w.Close())
}

// unique returns a path that no other input has.
func (s *detectSinks) unique(stem, extension string) string {
	path := stem + extension
	for n := 2; s.names[path]; n++ {
		path = fmt.Sprintf("%s-%d%s", stem, n, extension)
	}
	s.names[path] = true
	return path
}

// startVideo begins the annotated video of an input.
func (s *detectSinks) startVideo(f *shown, rate float64) error {
	out := s.flags.out
	if out == "" {
		return nil
	}
	if !isFile(out) {
		name := strings.ReplaceAll(filepath.Base(f.path), " ", "-")
		out = s.unique(filepath.Join(out, strings.TrimSuffix(name, filepath.Ext(name))), ".mp4")
	}
	return s.startMovie(out, rate)
}

func (s *detectSinks) startMovie(path string, rate float64) (err error) {
	s.rate, s.shown, s.moviePath = min(rate, 100), 0, path
	s.movie, err = video.Create(path, s.rate)
	return named("--out", err)
}

// addToMovie adds a frame as often as its time asks for: sources with a variable rate keep
// their timing, at the nominal rate.
func (s *detectSinks) addToMovie(f *shown, im *image.RGBA) error {
	const most = 250 // repetitions: a jump of the clock of a source is no pause
	until := int(math.Round(f.frame.Time*s.rate)) + 1
	if until <= s.shown && f.index > 0 {
		return nil // a frame faster than the rate
	}
	for range min(max(until-s.shown, 1), most) {
		if err := s.movie.Add(im); err != nil {
			return named("--out", err)
		}
		s.shown++
	}
	s.shown = max(s.shown, until)
	return nil
}

// endVideo completes the annotated video of an input, if it has frames.
func (s *detectSinks) endVideo() error {
	if s.movie == nil {
		return nil
	}
	w := s.movie
	s.movie = nil
	if s.shown == 0 {
		return w.Discard()
	}
	return named("--out", w.Close())
}

// close completes all outputs.
func (s *detectSinks) close() error {
	err := s.endVideo()
	if s.json {
		_, e := fmt.Fprint(s.stdout, "\n]}\n")
		err = errors.Join(err, e)
	}
	if s.frames == 0 { // earlier results and mosaics stay
		if s.results != nil {
			err = errors.Join(err, named("--results", s.results.Discard()))
		}
		return err
	}
	if s.results != nil {
		err = errors.Join(err, named("--results", s.results.Close()))
	}
	if s.mosaic != nil {
		err = errors.Join(err, named("--mosaic", s.writeMosaic()))
	}
	return err
}

// mosaicColumn is the width of a column of the mosaic, px.
const mosaicColumn = 640

func (s *detectSinks) writeMosaic() error {
	w, err := video.Create(s.flags.mosaic, 1)
	if err != nil {
		return err
	}
	if err := w.Add(s.mosaic.Image()); err != nil {
		return errors.Join(err, w.Discard())
	}
	return w.Close()
}
