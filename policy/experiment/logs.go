package experiment

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"roadloop/internal/tensorboard"
	"roadloop/policy"
	"roadloop/policy/learn"
)

// metricRows is the largest number of rows of metrics.csv.
const metricRows = 500

// logs are the files to which a training appends. After an interruption they continue as of
// the checkpoint.
type logs struct {
	metricsFile, episodesFile *csvFile
	events                    *tensorboard.Writer
	measures                  []string
}

func openLogs(dir string, spec *policy.Spec, j *journal, steps int64) (*logs, error) {
	l := &logs{measures: spec.Measures}
	var err error
	if l.metricsFile, err = openCSV(filepath.Join(dir, MetricsFile), j.Metrics); err != nil {
		return nil, err
	}
	if l.episodesFile, err = openCSV(filepath.Join(dir, EpisodesFile), j.EpisodesBytes); err != nil {
		return nil, errors.Join(err, l.close())
	}
	if l.events, err = tensorboard.Create(dir, steps); err != nil {
		return nil, errors.Join(err, l.close())
	}
	if j.EpisodesBytes == 0 {
		err = l.episodesFile.row("steps,environment,return,length,terminated," + strings.Join(spec.Measures, ","))
	}
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *logs) metrics(steps int64, ret float64, metrics []learn.Metric) error {
	err := l.events.Scalar("train/return", steps, ret)
	names, values := "steps,return", fmt.Sprintf("%d,%g", steps, ret)
	for _, m := range metrics {
		names += "," + m.Name
		values += fmt.Sprintf(",%g", m.Value)
		err = errors.Join(err, l.events.Scalar("train/"+m.Name, steps, m.Value))
	}
	if l.metricsFile.size == 0 {
		err = errors.Join(err, l.metricsFile.row(names))
	}
	return errors.Join(err, l.metricsFile.row(values))
}

func (l *logs) episode(steps int64, env int, ret float64, length int, terminated bool, measures []float64) error {
	row := fmt.Sprintf("%d,%d,%g,%d,%t", steps, env, ret, length, terminated)
	for _, v := range measures {
		row += fmt.Sprintf(",%g", v)
	}
	return l.episodesFile.row(row)
}

func (l *logs) validation(v *Validation) error {
	err := errors.Join(l.events.Scalar("validation/return", v.Steps, v.Return), l.events.Scalar("validation/terminated", v.Steps, v.Terminated))
	if o := v.Outcome; o != nil {
		err = errors.Join(err, l.events.Scalar("validation/"+o.Name, v.Steps, o.Share))
	}
	return err
}

// flush writes what is buffered and notes the sizes of the files.
func (l *logs) flush(j *journal) error {
	j.Metrics, j.EpisodesBytes = l.metricsFile.size, l.episodesFile.size
	return errors.Join(l.metricsFile.flush(), l.episodesFile.flush())
}

func (l *logs) close() error {
	var err error
	for _, f := range []*csvFile{l.metricsFile, l.episodesFile} {
		if f != nil {
			err = errors.Join(err, f.close())
		}
	}
	if l.events != nil {
		err = errors.Join(err, l.events.Close())
	}
	return err
}

// csvFile is a file to which rows are appended.
type csvFile struct {
	file *os.File
	w    *bufio.Writer
	size int64
}

// openCSV opens a file and cuts it to a size.
func openCSV(path string, size int64) (*csvFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	if err = f.Truncate(size); err == nil {
		_, err = f.Seek(size, 0)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return &csvFile{f, bufio.NewWriter(f), size}, nil
}

func (c *csvFile) row(text string) error {
	n, err := fmt.Fprintln(c.w, text)
	c.size += int64(n)
	return err
}

func (c *csvFile) flush() error { return c.w.Flush() }

func (c *csvFile) close() error { return errors.Join(c.w.Flush(), c.file.Close()) }
