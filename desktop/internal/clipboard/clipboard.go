//go:build linux || freebsd || netbsd || openbsd

package clipboard

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

const (
	// ownerTimeout is the time limit for the owner of the clipboard to deliver it. The
	// window freezes meanwhile.
	ownerTimeout = 300 * time.Millisecond
	// maxTextBytes is the longest accepted text, bytes. Longer texts come in several parts
	// and are not useful in a text field.
	maxTextBytes = 256 << 10
)

// Clipboard is the clipboard of an X display (ICCCM 2.0, chapter 2). It has an
// invisible window and answers requests until it is closed. It is safe for concurrent
// use.
type Clipboard struct {
	conn      *xgb.Conn
	window    xproto.Window
	atoms     map[string]xproto.Atom
	delivered chan bool // whether the owner delivered the text
	done      chan struct{}

	requesting sync.Mutex // held during a request to the owner

	mu   sync.Mutex
	text string // copied here last
}

// The X client logs that a display without an authority file has none, which is not a
// problem. Other problems are returned as errors. Ebitengine uses the same client already
// while it is initialized, and packages are initialized as soon as their imports are: this one
// is separate so that it needs nothing of Ebitengine, and comes first.
func init() { xgb.Logger.SetOutput(io.Discard) }

// Open connects to the clipboard of the display that DISPLAY names.
func Open() (*Clipboard, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("opening the clipboard: %w", err)
	}
	c := &Clipboard{conn: conn, atoms: make(map[string]xproto.Atom), delivered: make(chan bool, 1), done: make(chan struct{})}
	if err := c.createWindow(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("opening the clipboard: %w", err)
	}
	go c.serve()
	return c, nil
}

// createWindow creates the window and resolves the protocol's atoms.
func (c *Clipboard) createWindow() (err error) {
	for _, name := range []string{"CLIPBOARD", "UTF8_STRING", "TARGETS", "ROADLOOP_PASTE"} {
		reply, err := xproto.InternAtom(c.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return err
		}
		c.atoms[name] = reply.Atom
	}
	if c.window, err = xproto.NewWindowId(c.conn); err != nil {
		return err
	}
	screen := xproto.Setup(c.conn).DefaultScreen(c.conn)
	return xproto.CreateWindowChecked(c.conn, 0, c.window, screen.Root, 0, 0, 1, 1, 0,
		xproto.WindowClassInputOnly, screen.RootVisual, 0, nil).Check()
}

// Close releases the clipboard.
func (c *Clipboard) Close() {
	c.conn.Close()
	<-c.done
}

// SetText copies text.
func (c *Clipboard) SetText(s string) {
	c.mu.Lock()
	c.text = s
	c.mu.Unlock()
	// If the display rejects the owner, the text stays in the program.
	_ = xproto.SetSelectionOwnerChecked(c.conn, c.window, c.atoms["CLIPBOARD"], xproto.TimeCurrentTime).Check()
}

// Text returns the text that any program copied last. If another owner does not answer,
// it returns the text that was copied here last.
func (c *Clipboard) Text() string {
	owner, err := xproto.GetSelectionOwner(c.conn, c.atoms["CLIPBOARD"]).Reply()
	if err == nil && owner.Owner != c.window && owner.Owner != xproto.WindowNone {
		if theirs, ok := c.ask(); ok {
			return theirs
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text
}

// ask requests the owner's text.
func (c *Clipboard) ask() (text string, ok bool) {
	c.requesting.Lock()
	defer c.requesting.Unlock()
	select {
	case <-c.delivered: // an answer that came too late
	default:
	}
	property := c.atoms["ROADLOOP_PASTE"]
	xproto.ConvertSelection(c.conn, c.window, c.atoms["CLIPBOARD"], c.atoms["UTF8_STRING"], property, xproto.TimeCurrentTime)
	select {
	case ok = <-c.delivered:
	case <-c.done:
	case <-time.After(ownerTimeout):
	}
	if !ok {
		return "", false
	}
	got, err := xproto.GetProperty(c.conn, true, c.window, property, xproto.GetPropertyTypeAny, 0, maxTextBytes/4).Reply()
	if err != nil || got.Type != c.atoms["UTF8_STRING"] || got.BytesAfter > 0 {
		return "", false
	}
	return string(got.Value), true
}

// serve answers requests of other programs until the connection ends.
func (c *Clipboard) serve() {
	defer close(c.done)
	for {
		event, err := c.conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		switch e := event.(type) {
		case xproto.SelectionNotifyEvent:
			select {
			case c.delivered <- e.Property != xproto.AtomNone:
			default:
			}
		case xproto.SelectionRequestEvent:
			c.answer(&e)
		}
	}
}

// answer replies to a selection request, or refuses its target.
func (c *Clipboard) answer(e *xproto.SelectionRequestEvent) {
	property := e.Property
	if property == xproto.AtomNone { // from clients older than 1989
		property = e.Target
	}
	var err error
	switch e.Target {
	case c.atoms["UTF8_STRING"], xproto.AtomString:
		c.mu.Lock()
		text := c.text
		c.mu.Unlock()
		err = xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, e.Requestor, property, e.Target, 8, uint32(len(text)), []byte(text)).Check()
	case c.atoms["TARGETS"]:
		list := make([]byte, 12)
		for i, a := range []xproto.Atom{c.atoms["TARGETS"], c.atoms["UTF8_STRING"], xproto.AtomString} {
			xgb.Put32(list[4*i:], uint32(a))
		}
		err = xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, e.Requestor, property, xproto.AtomAtom, 32, 3, list).Check()
	default:
		property = xproto.AtomNone
	}
	if err != nil {
		property = xproto.AtomNone
	}
	notify := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: property}
	xproto.SendEvent(c.conn, false, e.Requestor, 0, string(notify.Bytes()))
}
