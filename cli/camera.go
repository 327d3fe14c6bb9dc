package cli

import (
	"fmt"
	"io"
	"math"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/perception/camera"
)

// cameraFlags say what is known of the camera of pictures.
type cameraFlags struct {
	calibration               string
	horizon                   camera.Row
	focal, fov, pitch, height float64
}

// cameraFlagNames are the names of the flags.
var cameraFlagNames = []string{"calib", "focal", "fov", "horizon", "pitch", "height"}

const degree = math.Pi / 180

func (f *cameraFlags) register(fl *pflag.FlagSet) {
	positive := func(most float64) func(float64) bool {
		return func(v float64) bool { return v > 0 && v < most }
	}
	fl.StringVar(&f.calibration, "calib", "", "calibration `file`: KITTI, OpenCV (YAML or JSON), a camera block of\nCOCO, or nuScenes' calibrated_sensor.json#TOKEN")
	floatVar(fl, &f.focal, "focal", 0, "a number above 0", positive(1e6), "focal length in the widest pictures, px; narrower ones count as reduced")
	floatVar(fl, &f.fov, "fov", 0, "a number above 0 and below 180", positive(180), "horizontal field of view, degrees")
	fl.Var(&checked[camera.Row]{&f.horizon, "row", camera.ParseRow, func(camera.Row) bool { return true }, "a share of the height such as 0.58 or 58%, or pixels such as 418px"},
		"horizon", "`row` of the horizon: a share of the height such as 0.58 or 58%, or\npixels such as 418px")
	floatVar(fl, &f.pitch, "pitch", 0, "a number above -90 and below 90", func(v float64) bool { return v > -90 && v < 90 }, "pitch of the camera, degrees, positive looking down")
	floatVar(fl, &f.height, "height", 0, "a number above 0", positive(200), "height of the camera above the road, m")
	for _, name := range cameraFlagNames {
		fl.Lookup(name).DefValue = "" // none to show
	}
}

// hints returns what the flags state.
func (f *cameraFlags) hints(cmd *cobra.Command) (camera.Hints, error) {
	h := camera.Hints{Focal: f.focal, FOV: f.fov * degree, Height: f.height}
	if err := exclusive(cmd, "focal", "fov"); err != nil {
		return h, err
	}
	if err := exclusive(cmd, "horizon", "pitch"); err != nil {
		return h, err
	}
	if cmd.Flags().Changed("pitch") {
		pitch := f.pitch * degree
		h.Pitch = &pitch
	}
	if cmd.Flags().Changed("horizon") {
		h.Horizon = &f.horizon
	}
	if f.calibration != "" {
		c, err := camera.ReadFile(f.calibration)
		if err != nil {
			return h, named("--calib", err)
		}
		h.Calibration = &c
	}
	return h, nil
}

// noteCamera prints what is estimated or assumed of the cameras of pictures.
func noteCamera(w io.Writer, k *camera.Known, unit string) {
	noteAssumptions(w, "camera of "+english.Plural(k.Frames, unit, ""), k)
}

// noteAssumptions prints what is estimated or assumed of a camera.
func noteAssumptions(w io.Writer, name string, k *camera.Known) {
	if k.Complete() {
		return
	}
	text := ""
	add := func(part string) {
		if text != "" {
			text += ", "
		}
		text += part
	}
	if k.Focal == camera.Assumed {
		add(fmt.Sprintf("field of view assumed as %.0f° (--focal, --fov or --calib state it; distances depend on it)", camera.AssumedFOV/degree))
	}
	switch k.Horizon {
	case camera.Estimated:
		add(fmt.Sprintf("horizon estimated at %.1f %% of the height (--horizon states it)", 100*k.HorizonShare))
	case camera.Assumed:
		add("horizon assumed in the middle, because no lines of the road show it (--horizon states it)")
	}
	if k.Height == camera.Assumed {
		add(fmt.Sprintf("camera height assumed as %g m (--height states it)", camera.AssumedHeight))
	}
	fmt.Fprintf(w, "%s: %s\n", name, text)
}

// Values of --views.
const (
	oneView   = "one"
	manyViews = "many"
)

// viewsVar declares the flag of the views of a picture that the network sees.
func viewsVar(fl *pflag.FlagSet, p *string) {
	choiceVar(fl, p, "views", manyViews, []string{oneView, manyViews}, "one view of each picture, or many: enlarged and mirrored ones, too,\nwhich find smaller road users and take up to 26 times as long")
}
