package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop"
	"roadloop/scenarios/export"
	"roadloop/scenarios/runner"
)

// registerExport declares the flags of the files about what a drive's sensors and layers
// saw.
func registerExport(fl *pflag.FlagSet, o *export.Options) {
	fl.StringVar(&o.Detections, "detections", "", "write detections and true objects of every camera to this `folder`")
	choiceVar(fl, &o.DetectionFormat, "detections-format", export.COCO, []string{export.COCO, export.KITTI, export.NuScenes}, "format of --detections: coco, kitti or nuscenes")
	fl.StringVar(&o.Tracks, "tracks", "", "write tracks and true tracks in the image of every camera to this `folder`, as TrackEval\nreads it")
	choiceVar(fl, &o.TrackFormat, "tracks-format", export.MOT, []string{export.MOT, export.KITTI}, "format of --tracks: mot or kitti")
	fl.StringVar(&o.States, "states", "", "write the states of all road users as CSV to this `folder`")
	fl.StringVar(&o.MCAP, "mcap", "", "write an MCAP file of every case, for Foxglove and Rerun, to this `folder`")
}

// checkExport returns an error if a folder cannot be written.
func checkExport(o *export.Options) error {
	return errors.Join(
		checkFolder("--detections", o.Detections), checkFolder("--tracks", o.Tracks),
		checkFolder("--states", o.States), checkFolder("--mcap", o.MCAP))
}

// checkExportFormats rejects formats of files that are not written.
func checkExportFormats(cmd *cobra.Command, o *export.Options) error {
	var errs []error
	if o.Detections == "" {
		errs = append(errs, refuseFlags(cmd, "has no effect without --detections", "detections-format"))
	}
	if o.Tracks == "" {
		errs = append(errs, refuseFlags(cmd, "has no effect without --tracks", "tracks-format"))
	}
	return errors.Join(errs...)
}

// watcher makes the watcher of a case; see runner.Options.
type watcher func(*runner.Spec) func(*roadloop.Step)

// bothWatch returns a watcher that calls both; the first may be nil.
func bothWatch(first, second watcher) watcher {
	if first == nil {
		return second
	}
	return func(spec *runner.Spec) func(*roadloop.Step) {
		a, b := first(spec), second(spec)
		return func(s *roadloop.Step) {
			a(s)
			b(s)
		}
	}
}
