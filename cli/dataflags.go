package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/pflag"

	"roadloop/perception/training/dataset"
)

// onlyWithData are the flags that have no effect without --data.
var onlyWithData = []string{"skip-unknown", "skip-bad", "annotations", "channel"}

// registerDataFlags declares the flags about the labels and pictures of --data.
func registerDataFlags(fl *pflag.FlagSet, skipUnknown, skipBad *bool, annotations, channel *string) {
	fl.BoolVar(skipUnknown, "skip-unknown", false, "skip labels of unknown classes in --data")
	fl.BoolVar(skipBad, "skip-bad", false, "leave out and count invalid labels and pictures in --data; reads all pictures first")
	fl.StringVar(annotations, "annotations", "", "COCO label `file` in --data, or version of nuScenes, if there are several")
	fl.StringVar(channel, "channel", "", "`camera` of a nuScenes data set (default CAM_FRONT)")
}

// cacheFlags are the flags of the cache of decoded pictures.
type cacheFlags struct {
	dir   string
	limit float64 // GiB
}

// register declares the flags.
func (f *cacheFlags) register(fl *pflag.FlagSet) {
	fl.StringVar(&f.dir, "cache", "", "`folder` for decoded pictures of --data, or off (default the user's cache folder)")
	floatVar(fl, &f.limit, "cache-limit", dataset.DefaultCacheLimit>>30, "a number ≥ 0", func(v float64) bool { return v >= 0 && v <= 1<<20 }, "maximum size of the cache, GiB")
}

// open opens the cache; it returns nil for none. The default folder is optional.
func (f *cacheFlags) open() (*dataset.Cache, error) {
	dir := f.dir
	if dir == "off" || f.limit == 0 {
		return nil, nil
	}
	if dir == "" {
		home, err := os.UserCacheDir()
		if err != nil {
			return nil, nil // no home folder, as in containers
		}
		dir = filepath.Join(home, "roadloop", "frames")
	}
	c, err := dataset.OpenCache(dir, int64(f.limit*(1<<30)))
	if err != nil && f.dir == "" {
		return nil, nil
	}
	return c, err
}

// noteCache prints why a cache ended writing, if it did.
func noteCache(c *dataset.Cache, stderr io.Writer) {
	if c != nil && c.Err() != nil {
		fmt.Fprintf(stderr, "warning: decoded pictures were not stored: %v\n", c.Err())
	}
}

// noteSet prints what was skipped or changed in a data set.
func noteSet(set *dataset.Set, stderr io.Writer) {
	noteBad(set, stderr)
	for _, c := range set.Skipped() {
		fmt.Fprintf(stderr, "skipped %s of class %q\n", english.Plural(c.Labels, "label", ""), c.Class)
	}
	if n := set.Clipped(); n > 0 {
		fmt.Fprintf(stderr, "clipped %s at the border of the image, by at most 3 px\n", english.Plural(n, "box", ""))
	}
	if n := set.Background(); n > 0 {
		fmt.Fprintf(stderr, "%s without a label file: %s as without objects\n", english.Plural(n, "picture", ""), map[bool]string{true: "it counts", false: "they count"}[n == 1])
	}
	if set.Unlabelled() {
		fmt.Fprintln(stderr, "warning: the frames have no labels; every detection counts as a false positive")
	}
}

// noteBad prints the first labels and pictures that were left out, and their number.
func noteBad(set *dataset.Set, stderr io.Writer) {
	n, first := set.Bad()
	if n == 0 {
		return
	}
	for _, err := range first {
		fmt.Fprintf(stderr, "left out: %v\n", err)
	}
	fmt.Fprintf(stderr, "left out %s\n", english.Plural(n, "invalid label or picture", "invalid labels and pictures"))
}
