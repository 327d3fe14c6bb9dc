// Package fileio writes files atomically (temporary file, fsync, rename), and reads
// files and streams of unknown size, such as devices, with a limit on memory, and JSON
// without unknown fields.
package fileio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// temporaryPrefix begins the names of temporary files.
const temporaryPrefix = ".tmp-"

// Write replaces the content of a file atomically. It creates the folder if necessary. It
// returns after the data has been synced to disk. A device or a named pipe is written
// directly.
func Write(path string, data []byte) error {
	p, err := Create(path)
	if err != nil {
		return err
	}
	if err = fill(p.Name, data); err == nil {
		err = p.Commit()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, cause(err)), p.Remove())
	}
	return nil
}

// Check reports the errors of Write that can be predicted. It
// creates the folder of the file, but no file.
func Check(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("writing %s: it is a folder", path)
	}
	p, err := Create(path)
	if err != nil {
		return err
	}
	if err := p.Remove(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// CheckFolder reports the errors of Write for files in a folder that can be predicted. It
// creates nothing.
func CheckFolder(dir string) error {
	existing := filepath.Clean(dir)
	info, err := os.Stat(existing)
	for ; errors.Is(err, fs.ErrNotExist) && existing != filepath.Dir(existing); info, err = os.Stat(existing) {
		existing = filepath.Dir(existing)
	}
	switch {
	case errors.Is(err, syscall.ENOTDIR) || err == nil && !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	case err != nil:
		return fmt.Errorf("writing to the folder %s: %w", dir, cause(err))
	}
	f, err := os.CreateTemp(existing, temporaryPrefix+"*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return fmt.Errorf("writing to the folder %s: %w", dir, cause(err))
	}
	return nil
}

// cause removes the paths of an error of the operating system, because they are those of
// temporary files.
func cause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*os.LinkError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// Pending is a temporary file that will replace the file at a path. For a device or a named
// pipe, which a rename would replace, it is the device itself.
type Pending struct {
	// Name is the path of the temporary file. It has the extension of the file that it
	// will replace.
	Name string
	path string
}

// Create creates an empty temporary file for path, in the same folder. It creates the
// folder if necessary. The caller writes to the file by its name, and then calls Commit
// or Remove.
func Create(path string) (*Pending, error) {
	if isSpecial(path) {
		return &Pending{Name: path, path: path}, nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	f, err := os.CreateTemp(dir, temporaryPrefix+"*-"+filepath.Base(path))
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, cause(err))
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(f.Name()))
	}
	return &Pending{Name: f.Name(), path: path}, nil
}

// Commit syncs the file to disk and renames it to its path. After an error the temporary
// file may still exist.
func (p *Pending) Commit() error {
	if p.Name == p.path {
		return nil
	}
	f, err := os.OpenFile(p.Name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	// Some file systems report a full disk only when a file is synced.
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(p.Name, p.path)
}

// Remove removes the temporary file, if it still exists.
func (p *Pending) Remove() error {
	if p.Name == p.path {
		return nil
	}
	if err := os.Remove(p.Name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// RemoveTemporary removes the temporary files in a folder and its subfolders. They remain
// where a process was killed. No other process may be writing there.
func RemoveTemporary(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasPrefix(d.Name(), temporaryPrefix) {
			return err
		}
		return os.Remove(path)
	})
}

// isSpecial reports whether a path is neither a regular file nor a folder, but a device
// such as /dev/stdout or a named pipe. A rename would replace it.
func isSpecial(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// fill writes to an existing file.
func fill(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
