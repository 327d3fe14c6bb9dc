package desktop

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"roadloop/desktop/internal/ui"
	"roadloop/internal/fileio"
)

// findFolders fills in the user's default folders.
func (w *Window) findFolders() error {
	if w.config.Folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("finding the folder for drives: %w", err)
		}
		w.config.Folder = filepath.Join(home, "roadloop")
	}
	if w.config.Settings == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("finding the settings folder: %w", err)
		}
		w.config.Settings = filepath.Join(dir, "roadloop")
	}
	if w.config.Cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("finding the cache folder: %w", err)
		}
		w.config.Cache = filepath.Join(dir, "roadloop")
	}
	return nil
}

// caseName returns the name of the driven case for use in file names.
func (w *Window) caseName() string {
	if w.setup.Case == nil {
		return "roadloop"
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, w.setup.Case.Scenario.Slug()+"-"+w.setup.Case.Label())
}

// newPath returns the path of a new file in a subfolder of the user's folder.
func (w *Window) newPath(folder, suffix string) string {
	return timestampedPath(w.config.Folder, folder, w.caseName(), suffix)
}

// timestampedPath returns the path of a file with the time in its name.
func timestampedPath(root, folder, name, suffix string) string {
	return filepath.Join(root, folder, name+"-"+time.Now().Format("2006-01-02-150405.000")+suffix)
}

// saveTrace saves the drive so far to a new file.
func (w *Window) saveTrace() {
	if err := w.saveTraceTo(w.newPath("drives", ".trace")); err != nil {
		w.fail("Cannot save the drive", err)
	}
}

// saveTraceTo saves the drive so far to a file and shows a message.
func (w *Window) saveTraceTo(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("creating the folder for drives: %w", err)
	}
	if err := w.player.now().tape.Save(path); err != nil {
		return err
	}
	w.messages.Add(ui.Info, "Drive saved to "+path)
	return nil
}

func writePNG(path string, m image.Image) error {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return fmt.Errorf("encoding a screenshot: %w", err)
	}
	return fileio.Write(path, b.Bytes())
}

// layoutPath is the file with the panel layout.
func (w *Window) layoutPath() string { return filepath.Join(w.config.Settings, "layout.json") }

// rememberedLayout returns the saved layout. If there is none it returns nil. If it is
// damaged it returns nil and shows a message.
func (w *Window) rememberedLayout() *ui.Layout {
	l, err := ui.ReadLayout(w.layoutPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.messages.Add(ui.Warning, "Panel layout reset: "+err.Error())
	}
	return l
}

func (w *Window) rememberLayout() {
	if err := w.dock.Layout().Write(w.layoutPath()); err != nil {
		w.messages.Add(ui.Warning, "Cannot save the panel layout: "+err.Error())
	}
}
