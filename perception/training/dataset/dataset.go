// Package dataset writes frames of a stream with their labels to a folder, for
// people to look at and for other programs to train on: PNG pictures, one JSON
// document of labels for each, and all of these as lines of labels.jsonl.
//
// Files appear whole or not at all, and a folder whose writing was interrupted is
// completed by writing it again.
package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"

	"roadloop/perception/network"
	"roadloop/perception/training/stream"
	"roadloop/sim/raster"
)

// Schema names the format of the labels.
const Schema = "roadloop.dataset/1"

// manifest is dataset.json: what the folder holds. Frames may differ between
// interrupted attempts, the rest may not.
type manifest struct {
	Schema string       `json:"schema"`
	Seed   uint64       `json:"seed"`
	Split  stream.Split `json:"split"`
	Width  int          `json:"width"`
	Height int          `json:"height"`
}

// Write writes the first n frames of the stream to dir, which it makes if need be,
// and calls done after each with their number so far; done may be nil. Frames that
// are there already are kept. It fails if dir holds another stream, and stops with
// the context's error when ctx ends.
func Write(ctx context.Context, s stream.Stream, dir string, n int, done func(int)) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("data set: %w", err)
	}
	if err := claim(s, dir); err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	maker, err := stream.NewMaker(s)
	if err != nil {
		return err
	}
	target := make([]float32, s.Config.TargetSize())
	input := make([]float32, s.Config.ImageSize())
	for i := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !exists(labelPath(dir, i)) {
			f, err := maker.Frame(int64(i))
			if err != nil {
				return err
			}
			maker.Encode(f, input, target)
			if err := writeFrame(dir, i, f, drivable(target)); err != nil {
				return fmt.Errorf("data set: frame %d: %w", i, err)
			}
		}
		if done != nil {
			done(i + 1)
		}
	}
	return join(dir, n)
}

// claim writes the manifest, or checks the one that is there.
func claim(s stream.Stream, dir string) error {
	want := manifest{Schema, s.Seed, s.Split, s.Config.Width, s.Config.Height}
	path := filepath.Join(dir, "dataset.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return writeJSON(path, want)
	}
	if err != nil {
		return err
	}
	var have manifest
	if err := json.Unmarshal(data, &have); err != nil {
		return fmt.Errorf("dataset.json: %w", err)
	}
	if have != want {
		return fmt.Errorf("holds split %s with seed %d (%s), not split %s with seed %d (%s)",
			have.Split, have.Seed, have.Schema, want.Split, want.Seed, want.Schema)
	}
	return nil
}

func imageName(i int) string              { return fmt.Sprintf("%06d.png", i) }
func labelPath(dir string, i int) string  { return filepath.Join(dir, fmt.Sprintf("%06d.json", i)) }
func exists(path string) bool             { _, err := os.Stat(path); return err == nil }
func drivable(target []float32) []float32 { return channel(target, network.DrivableChannel) }

// channel returns one channel of a target.
func channel(target []float32, k int) []float32 {
	out := make([]float32, 0, len(target)/network.TargetChannels)
	for ; k < len(target); k += network.TargetChannels {
		out = append(out, target[k])
	}
	return out
}

// writeFrame writes a picture and then its labels, which mark the frame as done.
func writeFrame(dir string, i int, f *stream.Frame, drivable []float32) error {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(f.Image)); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, imageName(i)), b.Bytes()); err != nil {
		return err
	}
	return writeJSON(labelPath(dir, i), newRecord(i, f, drivable))
}

// picture copies a rendered frame.
func picture(im *raster.Image) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, im.Width, im.Height))
	for i := range im.Width * im.Height {
		copy(out.Pix[4*i:], im.RGB[3*i:3*i+3])
		out.Pix[4*i+3] = 255
	}
	return out
}

// join writes the labels of the first n frames as one file of lines.
func join(dir string, n int) error {
	var all []byte
	for i := range n {
		b, err := os.ReadFile(labelPath(dir, i))
		if err != nil {
			return fmt.Errorf("data set: joining labels: %w", err)
		}
		all = append(all, b...)
	}
	if err := writeFile(filepath.Join(dir, "labels.jsonl"), all); err != nil {
		return fmt.Errorf("data set: joining labels: %w", err)
	}
	return nil
}

// writeJSON writes v as one line.
func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFile(path, append(b, '\n'))
}

// writeFile replaces a file by one with the given content, or leaves all as it was.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
