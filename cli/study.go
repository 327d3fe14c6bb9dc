package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"roadloop/internal/fileio"
	"roadloop/perception"
	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/experiment"
)

func newStudy() *cobra.Command {
	size := experiment.DefaultStudySize()
	var out, class, from, data string
	var judge int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "study labels|few-shot|axes",
		Short: "Measure what data a network needs",
		Long: `Train many small networks and compare them on held-out frames.

labels: accuracy by number of labeled frames, starting from seeded weights or from
layers that were pretrained without labels.
few-shot: accuracy on a new class by number of examples.
axes: what each axis of variation of the frames brings: training without axes, with all,
and with all but one. --from starts with a model; --data evaluates on a data set too.

Every training run has its own folder. Repeat the command to continue an interrupted
study. The folder gets results.json and curves.svg.`,
		Example: `  roadloop study labels --out out/labels
  roadloop study few-shot --class cone --labels 10,50,200 --seeds 3
  roadloop study axes --from out/train/model.rlm --data frames --steps 1000 --seeds 2`,
		Args:      oneArg,
		ValidArgs: []string{"labels", "few-shot", "axes"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if i := slices.IndexFunc(size.Labels, func(n int64) bool { return n < 1 }); i >= 0 || len(size.Labels) == 0 {
				return fmt.Errorf("--labels %v: must be integers ≥ 1", size.Labels)
			}
			if !slices.Contains(cmd.ValidArgs, args[0]) {
				return misused(cmd, "unknown study %q", args[0])
			}
			if args[0] == "axes" {
				if err := refuseFlags(cmd, "has no effect on the study of axes", "labels", "pretrain", "class"); err != nil {
					return err
				}
			} else if err := refuseFlags(cmd, "needs the study axes", "from", "data"); err != nil {
				return err
			}
			arms, measure, err := studyArms(args[0], size, class)
			if err != nil {
				return err
			}
			s := experiment.Study{Dir: out, Arms: arms, EvalFrames: judge}
			if from != "" {
				if s.Initial, err = experiment.ReadInitial(from); err != nil {
					return named("--from", err)
				}
			}
			if data != "" {
				if s.Real, err = dataset.Open(data, dataset.Options{SkipUnknown: true}); err != nil {
					return named("--data", err)
				}
				noteSet(s.Real, cmd.ErrOrStderr())
				measure = experiment.RealAP50(perception.Car.String())
			}
			if err := checkFolder("--out", out); err != nil {
				return err
			}
			terminal := isTerminal(cmd.ErrOrStderr())
			s.Watch = func(i int, st *training.Step) {
				switch {
				case terminal:
					fmt.Fprintf(cmd.ErrOrStderr(), "\r\033[K%d of %d, %s: step %d/%d  %.0f frames/s", i+1, len(arms), arms[i].Name, st.Number, st.Total, st.FramesPerSec)
				case st.Number == st.Total:
					fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d, %s\n", i+1, len(arms), arms[i].Name)
				}
			}
			results, err := s.Run(cmd.Context())
			if err != nil {
				return err
			}
			if terminal {
				fmt.Fprint(cmd.ErrOrStderr(), "\r\033[K")
			}
			curves := experiment.Curves(results, measure)
			if asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(curves)
			} else {
				err = experiment.WriteCurves(cmd.OutOrStdout(), measure, curves)
			}
			return errors.Join(err, saveStudy(out, results, measure, curves))
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&out, "out", "out/study", "output `folder`")
	fl.Int64SliceVar(&size.Labels, "labels", size.Labels, "numbers of labeled frames")
	intVar(fl, &size.Seeds, "seeds", size.Seeds, 1, 1000, "training runs per configuration")
	int64Var(fl, &size.Steps, "steps", size.Steps, 1, maxInt, "steps per training run")
	int64Var(fl, &size.Pretrain, "pretrain", size.Pretrain, 1, maxInt, "steps of the pretraining")
	fl.StringVar(&class, "class", "cone", "new `class` of few-shot")
	fl.StringVar(&from, "from", "", "start from this model `file` (study axes)")
	fl.StringVar(&data, "data", "", "also evaluate on the data set in this `folder` (study axes)")
	intVar(fl, &judge, "judge", 300, 1, maxInt, "held-out frames to evaluate on")
	fl.BoolVar(&asJSON, "json", false, "print JSON instead of a table")
	return cmd
}

// studyArms returns the configurations of the study and the metric that compares them.
func studyArms(kind string, size experiment.StudySize, class string) ([]experiment.Arm, experiment.StudyMeasure, error) {
	if kind == "labels" {
		arms, err := experiment.LabelArms(size)
		return arms, experiment.MeanAP50(), err
	}
	if kind == "axes" {
		arms, err := experiment.AxisArms(size)
		return arms, experiment.AP50(perception.Car.String()), err
	}
	c, err := perception.ParseClass(class)
	if err != nil {
		return nil, experiment.StudyMeasure{}, fmt.Errorf("--class: %w", err)
	}
	arms, err := experiment.FewShotArms(size, c)
	return arms, experiment.AP50(class), err
}

func saveStudy(out string, results []experiment.ArmResult, m experiment.StudyMeasure, curves []experiment.Curve) error {
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if err := fileio.Write(filepath.Join(out, "results.json"), append(data, '\n')); err != nil {
		return err
	}
	svg, err := experiment.PlotCurves(m, curves)
	if err != nil {
		return err
	}
	return fileio.Write(filepath.Join(out, "curves.svg"), svg)
}
