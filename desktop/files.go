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
	"roadloop/scenarios/whole"
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

// caseName returns the name of what is driven, as part of the name of a file.
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

// newPath returns the path of a new file in a folder below that of the user.
func (w *Window) newPath(folder, suffix string) string {
	return stamped(w.config.Folder, folder, w.caseName(), suffix)
}

// stamped returns the path of a file with the time in its name.
func stamped(root, folder, name, suffix string) string {
	return filepath.Join(root, folder, name+"-"+time.Now().Format("2006-01-02-150405.000")+suffix)
}

// saveTrace writes the drive so far to a file of its own.
func (w *Window) saveTrace() {
	if err := w.saveTraceTo(w.newPath("drives", ".trace")); err != nil {
		w.fail("The drive cannot be saved", err)
	}
}

// saveTraceTo writes the drive so far to a file, and says so.
func (w *Window) saveTraceTo(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making the folder of drives: %w", err)
	}
	if err := w.player.now().tape.Save(path); err != nil {
		return err
	}
	w.messages.Say(ui.Info, "Drive saved to "+path)
	return nil
}

func writePNG(path string, m image.Image) error {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return fmt.Errorf("encoding a picture: %w", err)
	}
	return whole.Write(path, b.Bytes())
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
