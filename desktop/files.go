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

	"roadloop/desktop/ui"
)

// findFolders fills in the folders of the user.
func (w *Window) findFolders() error {
	if w.config.Folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("finding where to save drives: %w", err)
		}
		w.config.Folder = filepath.Join(home, "roadloop")
	}
	if w.config.Settings == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("finding where to remember the layout: %w", err)
		}
		w.config.Settings = filepath.Join(dir, "roadloop")
	}
	if w.config.Cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("finding where to keep pictures of scenarios: %w", err)
		}
		w.config.Cache = filepath.Join(dir, "roadloop")
	}
	return nil
}

// newPath returns the path of a new file in a folder below that of the user, named
// for the case and the time.
func (w *Window) newPath(folder, suffix string) string {
	name := "roadloop"
	if w.setup.Case != nil {
		name = w.setup.Case.Scenario.Slug() + "-" + w.setup.Case.Label()
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
	stamp := time.Now().Format("2006-01-02-150405.000")
	return filepath.Join(w.config.Folder, folder, name+"-"+stamp+suffix)
}

func (w *Window) newDrivePath() string { return w.newPath("drives", ".trace") }

// saveTrace writes the drive so far to a file of its own.
func (w *Window) saveTrace() {
	path := w.newPath("drives", ".trace")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.fail("The drive cannot be saved", err)
		return
	}
	if err := w.player.now().tape.Save(path); err != nil {
		w.fail("The drive cannot be saved", err)
		return
	}
	w.messages.Say(ui.Info, "Drive saved to "+path)
}

func writePNG(path string, m image.Image) error {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return fmt.Errorf("encoding a picture: %w", err)
	}
	return ui.WriteFile(path, b.Bytes())
}

// layoutPath is where the layout of panels is remembered.
func (w *Window) layoutPath() string { return filepath.Join(w.config.Settings, "layout.json") }

// rememberedLayout returns the layout of the last time, nil where there is none or
// something is wrong with it, which is said.
func (w *Window) rememberedLayout() *ui.Layout {
	l, err := ui.ReadLayout(w.layoutPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.messages.Say(ui.Caution, "Panels are as they were at first: "+err.Error())
	}
	return l
}

func (w *Window) rememberLayout() {
	if err := w.dock.Layout().Write(w.layoutPath()); err != nil {
		w.messages.Say(ui.Caution, "Where the panels are cannot be remembered: "+err.Error())
	}
}
