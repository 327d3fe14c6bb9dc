package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"roadloop/internal/imagefile"
)

// isJunk reports whether a file or folder was left by an operating system or
// archiver: .DS_Store, ._name, Thumbs.db, desktop.ini, __MACOSX.
func isJunk(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"thumbs.db", "desktop.ini", "__macosx"}, strings.ToLower(name))
}

// list returns the names of the files of a folder in order, without junk; none if the
// folder does not exist.
func list(dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if !e.IsDir() && !isJunk(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// folders returns the names of the folders in a folder in order, without junk.
func folders(dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if !isJunk(e.Name()) && isFolder(filepath.Join(dir, e.Name())) {
			names = append(names, e.Name())
		}
	}
	return names
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// pictureFolders returns the folders that may contain the pictures of a COCO label
// file, in search order: images or its subfolder of the split, COCO's folder of the
// split (train2017) next to annotations, images, the folder of the labels, and the
// root.
func pictureFolders(dir, labels string) (folders []string) {
	split := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(labels), filepath.Ext(labels)), "instances")
	split = strings.TrimPrefix(split, "_")
	if split != "" {
		for _, name := range []string{filepath.Join("images", split), split} {
			if path := filepath.Join(dir, name); isFolder(path) {
				folders = append(folders, path)
			}
		}
	}
	return append(folders, filepath.Join(dir, "images"), filepath.Dir(labels), dir)
}

// pictureFinder finds pictures by their names in labels.
type pictureFinder struct {
	folders []string
	names   map[string]map[string]string // files of a folder by lower-case name
}

func newPictureFinder(folders []string) *pictureFinder {
	return &pictureFinder{folders, make(map[string]map[string]string)}
}

// find returns the path of a picture. Names may have backslashes between folders, and
// may differ from the file in case. If there is no such file, it returns the path in
// the first folder.
func (f *pictureFinder) find(name string) (string, error) {
	slashed := strings.ReplaceAll(name, `\`, "/")
	if !filepath.IsLocal(filepath.FromSlash(slashed)) || len(slashed) > 1 && slashed[1] == ':' {
		return "", fmt.Errorf("%q is not a path within the folder of images", name)
	}
	for _, local := range []string{name, filepath.FromSlash(slashed)} {
		for _, dir := range f.folders {
			if path := filepath.Join(dir, local); exists(path) {
				return path, nil
			}
		}
	}
	for _, dir := range f.folders {
		path := filepath.Join(dir, filepath.FromSlash(slashed))
		if file, ok := f.files(filepath.Dir(path))[strings.ToLower(filepath.Base(path))]; ok {
			return filepath.Join(filepath.Dir(path), file), nil
		}
	}
	return filepath.Join(f.folders[0], filepath.FromSlash(slashed)), nil
}

// files returns the files of a folder by lower-case name.
func (f *pictureFinder) files(dir string) map[string]string {
	if known, ok := f.names[dir]; ok {
		return known
	}
	files := make(map[string]string)
	for _, name := range list(dir) {
		files[strings.ToLower(name)] = name
	}
	f.names[dir] = files
	return files
}

// picturesByName returns the pictures of a folder by their names without extension,
// and these names in order. It includes files that are not pictures.
func picturesByName(dir string) (paths map[string]string, names []string) {
	paths = make(map[string]string)
	types := imagefile.Extensions()
	rank := func(path string) int {
		if i := slices.Index(types, strings.ToLower(filepath.Ext(path))); i >= 0 {
			return i
		}
		return len(types)
	}
	for _, file := range list(dir) {
		name := strings.TrimSuffix(file, filepath.Ext(file))
		old, ok := paths[name]
		if !ok {
			names = append(names, name)
		}
		if path := filepath.Join(dir, file); !ok || rank(path) < rank(old) {
			paths[name] = path
		}
	}
	return paths, names
}
