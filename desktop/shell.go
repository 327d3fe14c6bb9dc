package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
	"roadloop/trace"
)

// shell is what the parts of a window share.
type shell struct {
	in       *ui.Input
	messages ui.Messages
	size     ui.Point // of the window, points
	folders  folders

	registry *drivers.Registry
	pool     *drivers.Pool  // of the drives of this window
	wanted   trace.DriverID // of the opened cases, as requested; see drivers.Registry.Resolve
	policies []string       // files of trained policies that can be the driver

	// changed requests the next frame. It may be called from any goroutine.
	changed    func()
	lasting    context.Context // ends when the window closes
	background sync.WaitGroup  // ends after it
}

// fail shows an error in the window.
func (s *shell) fail(what string, err error) { s.messages.Add(ui.Failure, what+": "+err.Error()) }

// folders are the folders for the user's files, for settings, and for files that can be
// regenerated.
type folders struct{ user, settings, cache string }

// withDefaults fills in the user's default folders.
func (f folders) withDefaults() (folders, error) {
	for _, d := range [...]struct {
		path   *string
		what   string
		folder func() (string, error)
	}{{&f.user, "drives", os.UserHomeDir}, {&f.settings, "settings", os.UserConfigDir}, {&f.cache, "the cache", os.UserCacheDir}} {
		if *d.path != "" {
			continue
		}
		dir, err := d.folder()
		if err != nil {
			return f, fmt.Errorf("finding the folder for %s: %w", d.what, err)
		}
		*d.path = filepath.Join(dir, "roadloop")
	}
	return f, nil
}

// timestamped returns the path of a new file in a subfolder of the user's folder.
func (f *folders) timestamped(folder, name, suffix string) string {
	return filepath.Join(f.user, folder, name+"-"+time.Now().Format("2006-01-02-150405.000")+suffix)
}
