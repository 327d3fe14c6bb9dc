package ui

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
)

// FileChooser selects a file to read, or a name for a file to write. It lists the
// folders and files of one folder. A file is selected by its row, or by a typed or
// pasted name or path. Call ShowToOpen or ShowToSave before Draw.
type FileChooser struct {
	// Newest sorts files by age instead of by name.
	Newest bool
	// Problem is the error of the last selection. The caller sets it; another selection
	// clears it.
	Problem string
	// Replace is the file that a save replaces without asking. It is reset by ShowToSave.
	Replace string

	dir     string
	kinds   []string // extensions
	saving  bool
	name    TextField
	list    List
	entries []fileEntry
	labels  []string // of entries
	fresh   bool     // focus the name field
}

// fileEntry is a row.
type fileEntry struct {
	name   string
	folder bool
	size   int64
	time   time.Time
}

// ShowToOpen starts selecting a file to read. It shows the folder of a path, or its
// nearest existing parent. kinds are extensions such as ".yaml".
func (f *FileChooser) ShowToOpen(path string, kinds ...string) { f.show(path, false, kinds) }

// ShowToSave starts naming a file to write. A name without extension gets the given
// one.
func (f *FileChooser) ShowToSave(path string, kind string) { f.show(path, true, []string{kind}) }

func (f *FileChooser) show(path string, saving bool, kinds []string) {
	*f = FileChooser{Newest: f.Newest, kinds: kinds, saving: saving, fresh: true}
	f.list.Row = f.row
	dir, name := path, ""
	if !isFolder(path) {
		dir, name = filepath.Split(path)
	}
	for dir = filepath.Clean(dir); !isFolder(dir) && dir != filepath.Dir(dir); {
		name = filepath.Join(filepath.Base(dir), name) // a folder that is created on writing
		dir = filepath.Dir(dir)
	}
	f.enter(dir)
	if saving {
		f.name.SetText(name)
	}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Dir returns the shown folder.
func (f *FileChooser) Dir() string { return f.dir }

// enter opens another folder.
func (f *FileChooser) enter(dir string) {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	from := f.dir
	f.dir, f.Problem = dir, ""
	f.list.Filter = ""
	f.read()
	f.list.Selected = slices.IndexFunc(f.entries, func(e fileEntry) bool { return filepath.Join(dir, e.name) == from })
	f.list.Reveal()
}

// read lists the folder: folders first, then files of the kinds. Names that begin with
// a dot are hidden.
func (f *FileChooser) read() {
	f.entries, f.labels = f.entries[:0], f.labels[:0]
	all, err := os.ReadDir(f.dir)
	if err != nil {
		f.Problem = err.Error()
	}
	for _, d := range all {
		info, err := os.Stat(filepath.Join(f.dir, d.Name())) // a link counts as its target
		if err != nil || strings.HasPrefix(d.Name(), ".") || !info.IsDir() && !f.ofKind(d.Name()) {
			continue
		}
		f.entries = append(f.entries, fileEntry{d.Name(), info.IsDir(), info.Size(), info.ModTime()})
	}
	f.sort()
}

func (f *FileChooser) ofKind(name string) bool {
	return slices.Contains(f.kinds, strings.ToLower(filepath.Ext(name)))
}

func (f *FileChooser) sort() {
	slices.SortFunc(f.entries, func(a, b fileEntry) int {
		switch {
		case a.folder != b.folder:
			if a.folder {
				return -1
			}
			return 1
		case f.Newest && !a.folder && !a.time.Equal(b.time):
			return b.time.Compare(a.time)
		}
		return cmp.Or(strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), strings.Compare(a.name, b.name))
	})
	f.labels = f.labels[:0]
	for i := range f.entries {
		f.labels = append(f.labels, f.entries[i].name)
	}
}

// Dialog shows the chooser in a dialog, with a verb for its button. It calls choose with a
// selected file, and leave when the dialog is to be closed.
func (f *FileChooser) Dialog(in *Input, title, verb string, choose func(path string), leave func()) {
	if in.Dialog(title, 700, 440, func(c *Canvas) {
		switch path, cancelled := f.Draw(c, in, verb); {
		case cancelled:
			leave()
		case path != "":
			choose(path)
		}
	}) {
		leave()
	}
}

// Draw shows the chooser on the whole canvas. verb is the label of the button. path is
// the selected file, if any; cancelled reports Cancel.
func (f *FileChooser) Draw(c *Canvas, in *Input, verb string) (path string, cancelled bool) {
	r := c.Bounds()
	if f.fresh {
		in.Focus(c, "name")
		f.fresh = false
	}
	up := f.drawHead(c, in, r.CutTop(ControlHeight))
	r.CutTop(8)
	foot := r.CutBottom(30)
	r.CutBottom(8)
	about := r.CutBottom(20)
	entered := f.drawName(c, in, r.CutBottom(30))
	r.CutBottom(8)
	changed, opened := f.list.Draw(c, in, r, "files", f.labels)
	if f.list.Filter == "" && f.list.focused(c, in, "files") && in.TakeRepeated(ebiten.KeyBackspace) {
		up = true
	}
	if changed {
		f.pick()
	}
	f.drawAbout(c, about)
	pushed := PrimaryButton(c, in, foot.CutRight(110), verb)
	foot.CutRight(8)
	cancelled = Button(c, in, foot.CutRight(90), "Cancel")
	switch {
	case cancelled:
	case up:
		f.enter(filepath.Dir(f.dir))
	case opened && f.list.Selected >= 0 && f.entries[f.list.Selected].folder:
		f.enter(filepath.Join(f.dir, f.entries[f.list.Selected].name))
	case opened && f.list.Selected >= 0:
		path = f.take(f.entries[f.list.Selected].name)
	case entered || pushed:
		path = f.take(f.name.Text())
	}
	return path, cancelled
}

// drawHead shows the folder and the Up button. It reports whether the button was
// pushed.
func (f *FileChooser) drawHead(c *Canvas, in *Input, r Rect) (up bool) {
	up = Button(c, in, r.CutLeft(60), "↑ Up")
	in.Tooltip(c, r, f.dir)
	r.CutLeft(10)
	if Toggle(c, in, r.CutRight(130), "newest first", &f.Newest) {
		f.sort()
	}
	c.Label(r, endOf(c, f.dir, c.Theme.Body, r.W-8), c.Theme.Body, Left)
	return up
}

// endOf returns the end of a text, shortened to a width.
func endOf(c *Canvas, s string, style Style, width float64) string {
	if c.Measure(s, style) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && c.Measure("…"+string(runes), style) > width {
		runes = runes[1:]
	}
	return "…" + string(runes)
}

// drawName shows the name field. While it has the focus, the arrow keys move through
// the list.
func (f *FileChooser) drawName(c *Canvas, in *Input, r Rect) (entered bool) {
	c.Label(r.CutLeft(44), "File", c.Theme.Body.In(c.Theme.Faint), Left)
	f.name.Hint = "name or path, *" + strings.Join(f.kinds, ", *")
	changed, entered := f.name.Draw(c, in, r, "name")
	if changed {
		f.Problem = ""
	}
	if in.focus == hash(c.scope, "name") && in.KeysAllowed() {
		before := f.list.Selected
		switch {
		case in.TakeRepeated(ebiten.KeyArrowDown):
			f.list.step(f.labels, 1)
		case in.TakeRepeated(ebiten.KeyArrowUp):
			f.list.step(f.labels, -1)
		}
		if f.list.Selected != before {
			f.pick()
		}
	}
	return entered
}

// pick copies the selected row to the name field.
func (f *FileChooser) pick() {
	if i := f.list.Selected; i >= 0 && i < len(f.entries) && !(f.saving && f.entries[i].folder) {
		f.name.SetText(f.entries[i].name)
		f.Problem = ""
	}
}

// drawAbout shows the error, or a hint.
func (f *FileChooser) drawAbout(c *Canvas, r Rect) {
	text, style := "Arrow keys select, Enter opens, Backspace goes up. You can paste a path.", c.Theme.Small
	if f.Problem != "" {
		text, style = f.Problem, c.Theme.Body.In(c.Theme.Bad)
	}
	c.Label(r, text, style, Left)
}

// take resolves a name or path. It opens folders, and returns the path of a file, ""
// for none. To replace a file, the user must confirm by saving again.
func (f *FileChooser) take(text string) (path string) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		if home, err := os.UserHomeDir(); err == nil {
			text = home + rest
		}
	}
	if text == "" {
		return ""
	}
	if !filepath.IsAbs(text) {
		text = filepath.Join(f.dir, text)
	}
	if isFolder(text) {
		f.enter(text)
		f.name.SetText("")
		return ""
	}
	if f.saving {
		if !f.ofKind(text) {
			text += f.kinds[0]
		}
		if _, err := os.Stat(text); err == nil && text != f.Replace {
			f.Problem, f.Replace = filepath.Base(text)+" already exists. Save again to replace it.", text
			return ""
		}
		return text
	}
	if _, err := os.Stat(text); err != nil {
		f.Problem = "Not found: " + text
		return ""
	}
	return text
}

// row draws a folder or a file.
func (f *FileChooser) row(c *Canvas, r Rect, i int) {
	e := &f.entries[i]
	r = r.Inset2(10, 0)
	icon := r.CutLeft(16).Centered(14, 11)
	r.CutLeft(8)
	if e.folder {
		c.RoundRect(Rect{icon.X, icon.Y - 2, 7, 5}, 1, c.Theme.Belief)
		c.RoundRect(icon, 2, c.Theme.Belief)
		c.Label(r, e.name, c.Theme.Body, Left)
		return
	}
	c.RoundFrame(icon.Centered(9, 12), 1, 1, c.Theme.Faint)
	c.Label(r.CutRight(124), e.time.Format("2006-01-02 15:04"), c.Theme.Small, Right)
	c.Label(r.CutRight(80), sizeText(e.size), c.Theme.Small, Right)
	c.Label(r, e.name, c.Theme.Body, Left)
}

// sizeText formats a number of bytes.
func sizeText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1e6:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
