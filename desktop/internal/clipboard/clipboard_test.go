package clipboard_test

import (
	"os"
	"strings"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"roadloop/desktop/internal/clipboard"
)

// TestMain keeps a connection to the display open, because Xvfb restarts when the last
// connection is closed and refuses connections meanwhile.
func TestMain(m *testing.M) {
	if conn, err := xgb.NewConn(); err == nil {
		defer conn.Close()
	}
	m.Run()
}

func open(t *testing.T) *clipboard.Clipboard {
	t.Helper()
	if os.Getenv("DISPLAY") == "" {
		t.Skip("there is no display")
	}
	c, err := clipboard.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// otherProgram connects as another program with a window.
func otherProgram(t *testing.T) (*xgb.Conn, xproto.Window) {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	if err := xproto.CreateWindowChecked(conn, 0, window, screen.Root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, screen.RootVisual, 0, nil).Check(); err != nil {
		t.Fatal(err)
	}
	return conn, window
}

// atom returns the atom of a name.
func atom(t *testing.T, conn *xgb.Conn, name string) xproto.Atom {
	t.Helper()
	reply, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		t.Fatal(err)
	}
	return reply.Atom
}

// Text that one program copies can be pasted in another. The last copy wins.
func TestProgramsShareTheClipboard(t *testing.T) {
	a, b := open(t), open(t)
	for _, text := range []string{"72 km/h", "", "déjà vu — 日本", strings.Repeat("long ", 2000)} {
		a.SetText(text)
		if got := b.Text(); got != text {
			t.Errorf("the other program pastes %q for %q", got, text)
		}
		if got := a.Text(); got != text {
			t.Errorf("the same program pastes %q for %q", got, text)
		}
	}
	b.SetText("theirs")
	if got := a.Text(); got != "theirs" {
		t.Errorf("after another program copied it pastes %q", got)
	}
	a.SetText("ours")
	if got := b.Text(); got != "ours" {
		t.Errorf("after it copied again the other pastes %q", got)
	}
}

// If the owner is gone or does not answer, the text that was copied here is pasted.
func TestUnresponsiveOwner(t *testing.T) {
	c, gone := open(t), open(t)
	c.SetText("mine")
	gone.SetText("theirs")
	gone.Close()
	if got := c.Text(); got != "mine" {
		t.Errorf("after the owner has left it pastes %q", got)
	}
	conn, window := otherProgram(t)
	if err := xproto.SetSelectionOwnerChecked(conn, window, atom(t, conn, "CLIPBOARD"), xproto.TimeCurrentTime).Check(); err != nil {
		t.Fatal(err)
	}
	if got := c.Text(); got != "mine" {
		t.Errorf("with an unresponsive owner it pastes %q", got)
	}
}

// Other programs can ask for the available targets.
func TestTargets(t *testing.T) {
	c := open(t)
	c.SetText("x")
	conn, window := otherProgram(t)
	atom := func(name string) xproto.Atom { return atom(t, conn, name) }
	asked := func(target string) *xproto.GetPropertyReply {
		xproto.ConvertSelection(conn, window, atom("CLIPBOARD"), atom(target), atom("TEST"), xproto.TimeCurrentTime)
		event, xerr := conn.WaitForEvent()
		if xerr != nil {
			t.Fatal(xerr)
		}
		if event.(xproto.SelectionNotifyEvent).Property == xproto.AtomNone {
			return nil
		}
		reply, err := xproto.GetProperty(conn, true, window, atom("TEST"), xproto.GetPropertyTypeAny, 0, 100).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	if got := asked("TARGETS"); got == nil || got.ValueLen != 3 || xgb.Get32(got.Value[4:]) != uint32(atom("UTF8_STRING")) {
		t.Errorf("targets are %+v", got)
	}
	if got := asked("STRING"); got == nil || string(got.Value) != "x" {
		t.Errorf("as a string it is %+v", got)
	}
	if got := asked("image/png"); got != nil {
		t.Errorf("as a picture it is %+v", got)
	}
}
