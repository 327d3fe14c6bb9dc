package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/internal/fileio"
	"roadloop/perception/camera"
	"roadloop/perception/inference"
	"roadloop/perception/inference/capture"
	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/scenarios/video"
)

type detectFlags struct {
	registry      *drivers.Registry
	model         string
	out           string
	results       string
	resultFormat  string
	mosaic        string
	webcam        int
	frames        int
	minScore      float64
	rate          float64
	sequence      bool
	views         string
	classes       []string
	asJSON, quiet bool
	cameraFlags
	hints camera.Hints
	live  bool // --webcam was given

	viewsGiven, scoreGiven bool
}

func newDetect(r *drivers.Registry) *cobra.Command {
	f := detectFlags{registry: r}
	cmd := &cobra.Command{
		Use:   "detect INPUT…",
		Short: "Find road users and lanes in pictures and videos of any camera",
		Long: `Find road users, lane boundaries and drivable ground in pictures, folders of pictures,
patterns such as 'drive/*.jpg', videos, or a webcam. Pictures are resampled to the camera
of the network. Boxes and lines are in pixels of the pictures; distances are in meters
from the camera, positions in meters from the rear axle, x forward and y left.

State what you know of the camera: a calibration file, or the focal length or the field of
view, and the horizon or the pitch. Otherwise the horizon is estimated from the lines of
the road, in the median over the pictures of one size or the beginning of a video.
Distances grow with the focal length and with the height of the camera.

--out writes annotated pictures to a folder, or the video of one input to a file (.mp4,
.gif) and one picture to a .png. Over a video, and over the pictures of --sequence, road
users are tracked. --results writes what other programs evaluate:

  coco            detections of all pictures, as COCO results; image ids count from 1
  kitti           a file of each picture in a folder, as KITTI's results
  mot             tracks of a video, as MOTChallenge's results
  kitti-tracking  tracks of a video, as KITTI's tracking results

--model also takes an ONNX model of another program: one input [1, 3, height, width], RGB
from 0 to 1, and one output [1, 4+classes, boxes] as YOLO models have. It finds boxes
alone; distances are those at which they stand on flat ground.

The network sees many views of each picture, and one of the frames of a video; --views
chooses.

A picture that cannot be read is named, and the others are still processed. Ctrl-C
completes the files that are being written.`,
		Example: `  roadloop detect street.jpg --out found.png
  roadloop detect frames/ --focal 1158 --out out/found
  roadloop detect drive.mp4 --horizon 58% --out found.mp4
  roadloop detect drive.mp4 --fov 65 --height 1.3 --results tracks.txt --results-format mot
  roadloop detect kitti/training/image_2 --calib kitti/training/calib/000000.txt --json
  roadloop detect image_02/0000 --sequence --results 0000.txt --results-format kitti-tracking
  roadloop detect street.jpg --model yolov8n.onnx --json
  roadloop detect --webcam 0 --out webcam.mp4
  roadloop detect frames/ simulated/ --mosaic both.png`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd, args); err != nil {
				return err
			}
			return f.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	registerModel(fl, &f.model)
	f.cameraFlags.register(fl)
	fl.StringVar(&f.out, "out", "", "write annotated pictures to this `folder`, or one video or picture to a file")
	fl.StringVar(&f.results, "results", "", "write the results for other programs to this `file` (kitti: folder)")
	choiceVar(fl, &f.resultFormat, "results-format", "coco", detectFormats, "format of --results: "+strings.Join(detectFormats, ", "))
	fl.StringVar(&f.mosaic, "mosaic", "", "write all annotated pictures side by side to this PNG `file`, a column for\neach folder")
	intVar(fl, &f.webcam, "webcam", 0, 0, 255, "read the webcam of this number instead of files")
	intVar(fl, &f.frames, "frames", maxInt, 1, maxInt, "stop after this number of frames of each video")
	floatVar(fl, &f.minScore, "min-score", inference.DefaultMinScore, "a number above 0 and ≤ 1", func(v float64) bool { return v > 0 && v <= 1 }, "least score of a detection")
	fl.StringSliceVar(&f.classes, "classes", nil, "`names` of the classes of an ONNX model, if its metadata has none")
	fl.BoolVar(&f.sequence, "sequence", false, "the pictures are the frames of one video")
	floatVar(fl, &f.rate, "rate", 10, "a number above 0 and ≤ 100", func(v float64) bool { return v > 0 && v <= 100 }, "frames per second of --sequence")
	viewsVar(fl, &f.views)
	fl.BoolVar(&f.asJSON, "json", false, "print JSON instead of text")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress and speed")
	fl.Lookup("frames").DefValue, fl.Lookup("webcam").DefValue = "", ""
	return cmd
}

// detectFormats are the formats of --results.
var detectFormats = []string{"coco", "kitti", "mot", "kitti-tracking"}

// tracksOnly reports whether the format of the results holds tracks.
func (f *detectFlags) tracksOnly() bool {
	return f.results != "" && (f.resultFormat == "mot" || f.resultFormat == "kitti-tracking")
}

// check rejects flags that have no effect, and completes the flags.
func (f *detectFlags) check(cmd *cobra.Command, args []string) (err error) {
	f.live = cmd.Flags().Changed("webcam")
	switch {
	case f.live && len(args) > 0:
		return fmt.Errorf("--webcam reads no files; remove %s", strings.Join(args, " "))
	case !f.live && len(args) == 0:
		return misused(cmd, "INPUT is missing")
	}
	if f.results == "" {
		if err := refuseFlags(cmd, "has no effect without --results", "results-format"); err != nil {
			return err
		}
	}
	if !f.sequence {
		if err := refuseFlags(cmd, "has no effect without --sequence", "rate"); err != nil {
			return err
		}
	}
	f.scoreGiven = cmd.Flags().Changed("min-score")
	f.viewsGiven = cmd.Flags().Changed("views")
	f.hints, err = f.cameraFlags.hints(cmd)
	return err
}

// run opens the network and the outputs, and processes the inputs.
func (f *detectFlags) run(ctx context.Context, args []string, out, stderr io.Writer) (err error) {
	groups, err := f.find(args)
	if err != nil {
		return err
	}
	p, sum, err := f.detector(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	sinks, err := f.open(groups, sum, out)
	if err != nil {
		return err
	}
	d := detection{detectFlags: f, detector: p, stderr: stderr, sinks: sinks, start: time.Now()}
	err = d.all(ctx, groups)
	d.meter.clear()
	// Files are completed also after an error and Ctrl-C: nothing that was found is lost.
	err = errors.Join(err, sinks.close())
	if m := sinks.mosaic; m != nil && m.Left() > 0 {
		fmt.Fprintf(stderr, "the mosaic leaves out %s: its columns would be too tall\n", english.Plural(m.Left(), "picture", ""))
	}
	if !f.quiet && d.count > 0 {
		fmt.Fprintf(stderr, "%s in %.1f s, %.1f frames/s, %s each\n", english.Plural(d.count, "picture", ""),
			time.Since(d.start).Seconds(), float64(d.count)/time.Since(d.start).Seconds(), english.Plural(d.views, "view", ""))
	}
	return err
}

// pictureDetector finds road users in pictures of any camera.
type pictureDetector interface {
	Detect(picture []byte, c *camera.Camera, found *inference.Found) error
	Close() error
}

// detector opens the network: one of roadloop, or a YOLO model of another program. sum is its
// SHA-256.
func (f *detectFlags) detector(ctx context.Context) (p pictureDetector, sum string, err error) {
	if strings.EqualFold(filepath.Ext(f.model), ".onnx") {
		model, err := await(ctx, func() ([]byte, error) { return readBounded(f.model, network.MaxFile) })
		if err != nil {
			return nil, "", err
		}
		if _, err := network.CheckONNX(model); err != nil {
			y, err := inference.NewYOLO(model, f.classes, dataset.ClassByName)
			if err != nil {
				return nil, "", fmt.Errorf("%s: %w", f.model, err)
			}
			if f.scoreGiven {
				y.MinScore = f.minScore
			}
			return y, fmt.Sprintf("%x", sha256.Sum256(model)), nil
		}
	}
	if len(f.classes) > 0 {
		return nil, "", errors.New("--classes has no effect: the network has the classes of roadloop")
	}
	n, err := await(ctx, func() (*drivers.Network, error) { return f.registry.Network(f.model) })
	if err != nil {
		return nil, "", err
	}
	engine, err := n.NewEngine(network.RunnerConfig{})
	if err != nil {
		return nil, "", err
	}
	d := inference.NewPictureDetector(engine)
	d.Decoder.MinScore, d.Tiles = f.minScore, f.views == manyViews
	return d, n.SHA256, nil
}

// readBounded reads a file of at most a size.
func readBounded(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the model: %w", err)
	}
	defer file.Close()
	data, err := fileio.ReadAll(file, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// inputGroup is the files of an argument, a column of the mosaic.
type inputGroup struct {
	argument string // or the folder of the files
	files    []capture.Input
}

// find returns the files of the arguments.
func (f *detectFlags) find(args []string) (groups []inputGroup, err error) {
	videos, pictures := 0, 0
	for _, a := range args {
		files, err := capture.Find(a)
		if err != nil {
			return nil, err
		}
		groups = addGroup(groups, a, files)
		for _, x := range files {
			if x.Video {
				videos++
			} else {
				pictures++
			}
		}
	}
	sequences := videos
	if f.sequence && pictures > 0 {
		sequences++
	}
	if f.live {
		sequences = 1
	}
	if sequences > 0 && !f.viewsGiven {
		f.views = oneView // to keep up with the video
	}
	switch {
	case f.sequence && videos > 0:
		return nil, errors.New("--sequence is for pictures; the input has a video")
	case f.tracksOnly() && (sequences != 1 || videos == 1 && pictures > 0):
		return nil, fmt.Errorf("--results-format %s needs one video, or pictures with --sequence; the input has %s and %s",
			f.resultFormat, english.Plural(videos, "video", ""), english.Plural(pictures, "picture", ""))
	case isFile(f.out) && !f.live && videos+pictures != 1 && !(f.sequence && isVideoFile(f.out)):
		return nil, fmt.Errorf("--out %s: a file is for one input; for %s name a folder", f.out, english.Plural(videos+pictures, "input", ""))
	case isFile(f.out) && videos == 0 && !f.live && !f.sequence && isVideoFile(f.out):
		return nil, fmt.Errorf("--out %s: a video of a picture; name a .png, or use --sequence", f.out)
	case isFile(f.out) && (videos > 0 || f.live) && !isVideoFile(f.out):
		return nil, fmt.Errorf("--out %s: a picture of a video; name a .mp4 or .gif, or a folder", f.out)
	}
	return groups, nil
}

// addGroup adds the files of an argument as a group. Files of one folder that are named one
// after another, as a shell expands a pattern, are one group, which has the name of the folder.
func addGroup(groups []inputGroup, argument string, files []capture.Input) []inputGroup {
	if len(files) == 1 && files[0].Path == argument {
		dir := filepath.Dir(argument)
		if n := len(groups); n > 0 && groups[n-1].argument == dir {
			groups[n-1].files = append(groups[n-1].files, files...)
			return groups
		}
		argument = dir
	} else if strings.ContainsAny(argument, "*?[") {
		argument = filepath.Dir(files[0].Path)
	}
	return append(groups, inputGroup{argument, files})
}

// isFile reports whether --out names a file rather than a folder.
func isFile(out string) bool {
	return slices.Contains(video.Extensions, strings.ToLower(filepath.Ext(out)))
}

func isVideoFile(out string) bool {
	return isFile(out) && !strings.EqualFold(filepath.Ext(out), ".png")
}

// titles returns the names of the groups' files or folders, with the folder that they are in
// if two have the same name.
func titles(groups []inputGroup) []string {
	paths, groupsOf := make([]string, len(groups)), make(map[string]int)
	for i, g := range groups {
		paths[i] = filepath.Clean(g.argument)
		if abs, err := filepath.Abs(paths[i]); err == nil {
			paths[i] = abs
		}
		groupsOf[filepath.Base(paths[i])]++
	}
	for i, path := range paths {
		paths[i] = filepath.Base(path)
		if groupsOf[paths[i]] > 1 {
			paths[i] = filepath.Join(filepath.Base(filepath.Dir(path)), paths[i])
		}
	}
	return paths
}

// open checks and opens the outputs.
func (f *detectFlags) open(groups []inputGroup, sum string, out io.Writer) (*detectSinks, error) {
	if isFile(f.out) {
		if err := video.CheckName(f.out); err != nil {
			return nil, named("--out", err)
		}
		if err := checkFiles(sideFile{"--out", f.out}); err != nil {
			return nil, err
		}
	} else if err := checkFolder("--out", f.out); err != nil {
		return nil, err
	}
	if f.mosaic != "" && !strings.EqualFold(filepath.Ext(f.mosaic), ".png") {
		return nil, fmt.Errorf("--mosaic %s: the name must end in .png", f.mosaic)
	}
	if err := checkFiles(sideFile{"--mosaic", f.mosaic}); err != nil {
		return nil, err
	}
	s := &detectSinks{
		flags: f, stdout: out, renderer: video.NewFoundRenderer(), names: make(map[string]bool),
	}
	if f.mosaic != "" {
		s.mosaic = s.renderer.NewMosaic(titles(groups), mosaicColumn)
	}
	if err := s.openResults(); err != nil {
		return nil, named("--results", err)
	}
	s.openJSON(sum)
	return s, nil
}

// missing returns the error for inputs that were skipped.
func missing(failed, all int) error {
	return fmt.Errorf("%d of %s could not be read", failed, english.Plural(all, "input", ""))
}
