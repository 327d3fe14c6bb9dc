package cli

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"roadloop/assets"
	"roadloop/drivers"
	"roadloop/internal/fileio"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/policy/learn"
	"roadloop/sim/sensor"
)

// cameraModel is the name of the bundled network.
const cameraModel = "camera"

// bundledLicense is the license of the bundled networks.
const bundledLicense = "MIT"

type exportFlags struct {
	registry     *drivers.Registry
	out, license string
	raw          bool
}

func newExport(r *drivers.Registry) *cobra.Command {
	f := exportFlags{registry: r}
	cmd := &cobra.Command{
		Use:   "export MODEL",
		Short: "Write a model as ONNX",
		Long: `Write a model as ONNX for other programs. MODEL is ` + cameraModel + ` or ` + drivers.Small + `, the bundled networks, a
.rlm file, or a policy: a .rlp file or the name of a bundled one.

The input of a network is "image" [N, 3, height, width]: RGB, (v/255 - 0.5)/0.25, for any
number N of images. Its outputs:

  boxes     [N, K, 4]  x0, y0, x1, y1 in pixels, by falling score
  scores    [N, K]     0 to 1; 0 from the last object on
  classes   [N, K]     index into the property names; -1 from the last object on
  distance  [N, K]     m, for the camera in the property camera
  drivable  [N, 1, height/4, width/4]  probability
  lanes     [N, 4, height/4, width/4]  probability of a boundary, from far left to far right
  heads     [N, 20, height/4, width/4] the values that the others are decoded from

The properties of the model hold the class names, the normalization, the camera, the
training data and the license. OpenCV 4.6 has no TopK, Where and GatherElements: --raw
leaves out boxes, scores, classes and distance. Exported networks also run in roadloop,
with --model. A policy has a batch of one, and its own outputs.`,
		Example: `  roadloop export camera --out camera.onnx
  roadloop export out/train/model.rlm --out mine.onnx --license Apache-2.0
  roadloop export small --raw --out small.onnx     for OpenCV's DNN
  roadloop export state-ppo --out policy.onnx`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error { return f.export(cmd, args[0]) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.out, "out", "", "output `file`, .onnx")
	fl.BoolVar(&f.raw, "raw", false, "leave out the decoded objects, for OpenCV 4.6")
	fl.StringVar(&f.license, "license", "", "`license` of the weights, for the properties (default "+bundledLicense+" for bundled networks)")
	return cmd
}

func (f *exportFlags) export(cmd *cobra.Command, model string) error {
	switch {
	case f.out == "":
		return fmt.Errorf("--out is missing: name the .onnx file to write")
	case !strings.EqualFold(filepath.Ext(f.out), ".onnx"):
		return fmt.Errorf("--out %s: the name must end in .onnx", f.out)
	}
	if err := checkFiles(sideFile{"--out", f.out}); err != nil {
		return err
	}
	data, err := await(cmd.Context(), func() ([]byte, error) { return f.encode(cmd, model) })
	if err != nil {
		return err
	}
	if err := fileio.Write(f.out, data); err != nil {
		return named("--out", err)
	}
	fmt.Fprintln(cmd.OutOrStdout(), f.out)
	return nil
}

// encode returns the ONNX model.
func (f *exportFlags) encode(cmd *cobra.Command, model string) ([]byte, error) {
	if f.registry.IsPolicy(model) {
		if err := refuseFlags(cmd, "has no effect on a policy", "raw", "license"); err != nil {
			return nil, err
		}
		p, err := f.policy(model)
		if err != nil {
			return nil, err
		}
		return p.ONNX()
	}
	e := inference.Export{Raw: f.raw, License: f.license, Name: filepath.Base(model)}
	w, err := f.network(model, &e)
	if err != nil {
		return nil, err
	}
	e.Camera = cameraOf(&w.Config)
	data, err := e.ONNX(w)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", model, err)
	}
	return data, nil
}

// policy reads a policy: one of any task from a file, or a bundled one.
func (f *exportFlags) policy(model string) (*learn.Policy, error) {
	if !drivers.IsPolicyFile(model) {
		p, err := f.registry.Policy(model)
		if err != nil {
			return nil, err
		}
		return p.Learned(), nil
	}
	data, err := fileio.ReadFile(model, learn.MaxFile)
	if err != nil {
		return nil, err
	}
	p, err := learn.DecodePolicy(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", model, err)
	}
	return p, nil
}

// network reads a network and completes the export with its metadata.
func (f *exportFlags) network(model string, e *inference.Export) (w *network.Weights, err error) {
	switch model {
	case cameraModel:
		w, e.Meta, err = assets.ModelAndMeta()
	case drivers.Small:
		w, e.Meta, err = assets.SmallModelAndMeta()
	default:
		var data []byte
		if data, err = fileio.ReadFile(model, network.MaxFile); err != nil {
			return nil, err
		}
		if w, e.Meta, err = network.Read(bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("%s: %w", model, err)
		}
		return w, nil
	}
	if e.License == "" {
		e.License = bundledLicense
	}
	return w, err
}

// cameraOf returns the camera that the network was trained for: the front camera, scaled to
// the size of the image.
func cameraOf(c *network.Config) sensor.Camera {
	cal := sensor.FrontCamera()
	sx, sy := float64(c.Width)/float64(cal.Width), float64(c.Height)/float64(cal.Height)
	cal.Width, cal.Height = c.Width, c.Height
	cal.Fx, cal.Cx, cal.Fy, cal.Cy = cal.Fx*sx, cal.Cx*sx, cal.Fy*sy, cal.Cy*sy
	return cal
}
