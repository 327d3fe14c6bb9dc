package video

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"runtime/debug"

	"roadloop/internal/fileio"
	"roadloop/scenarios"
)

// ThumbnailCache stores thumbnails in a directory, by the text of the scenario and the build of
// the program. It renders damaged files again, and ignores files that cannot be written.
type ThumbnailCache struct {
	dir   string
	build string
}

// NewThumbnailCache returns a cache in a directory, which need not exist yet.
func NewThumbnailCache(dir string) *ThumbnailCache { return &ThumbnailCache{dir: dir, build: build()} }

// build identifies the build of the program: its commit, or the size and time of the
// executable if it was built from modified files.
func build() string {
	revision, clean := "", false
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value
			case "vcs.modified":
				clean = s.Value == "false"
			}
		}
	}
	if revision != "" && clean {
		return revision
	}
	path, err := os.Executable()
	if err != nil {
		return revision
	}
	f, err := os.Stat(path)
	if err != nil {
		return revision
	}
	return fmt.Sprint(f.Size(), f.ModTime().UnixNano())
}

// Thumbnail returns the thumbnail of a scenario, from the cache or rendered now.
func (c *ThumbnailCache) Thumbnail(ctx context.Context, s *scenarios.Scenario) (*image.RGBA, error) {
	path := c.path(s)
	if kept, err := read(path); err == nil {
		return kept, nil
	}
	made, err := Thumbnail(ctx, s)
	if err != nil {
		return nil, err
	}
	return made, c.store(path, made)
}

// path returns the file of a scenario's thumbnail.
func (c *ThumbnailCache) path(s *scenarios.Scenario) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s", c.build, s.Slug(), s.Source)
	return filepath.Join(c.dir, fmt.Sprintf("%x.png", h.Sum(nil)[:16]))
}

func read(path string) (*image.RGBA, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if src.Bounds() != image.Rect(0, 0, ThumbnailWidth, Height) {
		return nil, errors.New("wrong size")
	}
	dst := image.NewRGBA(src.Bounds())
	draw.Draw(dst, dst.Bounds(), src, image.Point{}, draw.Src)
	return dst, nil
}

// store writes a thumbnail to the cache. It ignores write errors, because the caller has
// the image.
func (c *ThumbnailCache) store(path string, m *image.RGBA) error {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return fmt.Errorf("encoding the thumbnail: %w", err)
	}
	_ = fileio.Write(path, b.Bytes()) // it will be rendered again next time
	return nil
}
