package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"roadloop/internal/fileio"
	"roadloop/perception/camera"
)

// DefaultCacheLimit is the usual maximum size of a cache, bytes: about 23,000 frames of
// 320×192 px.
const DefaultCacheLimit = 4 << 30

// cacheMagic begins a file of the cache; the pixels and their CRC-32 follow. Another way to
// fit pictures to a network needs another number.
const cacheMagic = "roadloop frame 1\n"

// cacheTag marks the folder as a cache, for programs that make backups
// (bford.info/cachedir).
const (
	cacheTagFile = "CACHEDIR.TAG"
	cacheTag     = "Signature: 8a477f597d28d172789f06886806bc55\n# Decoded pictures of data sets, written by roadloop. The folder can be deleted at any time.\n"
)

// cacheName matches the files of the cache: a SHA-256 with an extension. Only these are
// ever deleted.
var cacheName = regexp.MustCompile(`^[0-9a-f]{64}\.frame$`)

// Cache stores pictures that were decoded and fitted to a network, as files of a folder.
// Decoding takes most of the time of reading a frame. The key is the SHA-256 of the picture
// file and of the way it is fitted, so that changed pictures are not found. It has the size
// of a cache at most; the files that were not used for the longest time are deleted first,
// but none that this process has used. Several processes may use a folder at the same time.
// It is safe for concurrent use.
type Cache struct {
	dir   string
	limit int64

	mu      sync.Mutex
	size    int64           // of all files, bytes
	used    map[string]bool // names of the files that this process has read or written
	old     []cacheFile     // other files, least recently used first
	err     error           // of the first write that failed; ends writing
	hits    int64
	misses  int64
	started time.Time
}

type cacheFile struct {
	name string
	size int64
	used time.Time
}

// OpenCache opens or creates the cache in a folder, with a maximum size in bytes.
func OpenCache(dir string, limit int64) (*Cache, error) {
	c := &Cache{dir: dir, limit: limit, used: make(map[string]bool), started: time.Now()}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		err = os.MkdirAll(dir, 0o755)
	case err == nil && len(entries) > 0 && !exists(filepath.Join(dir, cacheTagFile)):
		err = errors.New("the folder is not empty and is not a cache of roadloop")
	}
	if err == nil {
		err = fileio.Write(filepath.Join(dir, cacheTagFile), []byte(cacheTag))
	}
	if err != nil {
		return nil, fmt.Errorf("cache %s: %w", dir, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !cacheName.MatchString(e.Name()) {
			continue
		}
		c.size += info.Size()
		c.old = append(c.old, cacheFile{e.Name(), info.Size(), info.ModTime()})
	}
	slices.SortFunc(c.old, func(a, b cacheFile) int { return cmp.Or(a.used.Compare(b.used), strings.Compare(a.name, b.name)) })
	return c, nil
}

// Counts returns the number of pictures that were found in the cache and that were not.
func (c *Cache) Counts() (hits, misses int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.misses
}

// Err returns the error that ended writing to the cache, for example of a full disk. Frames
// are then decoded again.
func (c *Cache) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// cacheKey returns the name of the file for the view of a picture.
func cacheKey(picture []byte, v *camera.View) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s%+v %+v\n", cacheMagic, v.From, v.To)
	h.Write(picture)
	return hex.EncodeToString(h.Sum(nil)) + ".frame"
}

// get fills dst with the pixels of a file. It reports false if there is none, or if it is
// damaged.
func (c *Cache) get(name string, dst []byte) bool {
	path := filepath.Join(c.dir, name)
	data, err := fileio.ReadRegular(path)
	if err == nil {
		data, err = fileio.Unseal(cacheMagic, data)
	}
	ok := err == nil && len(data) == len(dst)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok {
		c.misses++
		return false
	}
	c.hits++
	copy(dst, data)
	if !c.used[name] {
		c.used[name] = true
		_ = os.Chtimes(path, time.Time{}, c.started) // a file that looks older is only deleted sooner
	}
	return true
}

// put stores pixels, unless the cache is full of files that are in use.
func (c *Cache) put(name string, pixels []byte) {
	data := fileio.Seal(cacheMagic, pixels)
	if !c.reserve(name, int64(len(data))) {
		return
	}
	if err := writeUnsynced(filepath.Join(c.dir, name), data); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.size -= int64(len(data))
		if c.err == nil {
			c.err = fmt.Errorf("cache: %w", err)
		}
	}
}

// reserve makes room for a file and reports whether it may be written.
func (c *Cache) reserve(name string, size int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil || c.used[name] && c.size+size > c.limit {
		return false
	}
	for c.size+size > c.limit && len(c.old) > 0 {
		last := c.old[0]
		c.old = c.old[1:]
		if c.used[last.name] {
			continue
		}
		if err := os.Remove(filepath.Join(c.dir, last.name)); err == nil || errors.Is(err, os.ErrNotExist) {
			c.size -= last.size
		}
	}
	if c.size+size > c.limit {
		return false
	}
	c.size += size
	c.used[name] = true
	return true
}

// writeUnsynced writes a file atomically, but does not sync it to disk: a file that a crash
// damages fails its checksum.
func writeUnsynced(path string, data []byte) error {
	p, err := fileio.Create(path)
	if err != nil {
		return err
	}
	err = os.WriteFile(p.Name, data, 0o644)
	if err == nil {
		err = os.Rename(p.Name, path)
	}
	if err != nil {
		return errors.Join(err, p.Remove())
	}
	return nil
}
