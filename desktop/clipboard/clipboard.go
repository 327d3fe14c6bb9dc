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
	// patience is how long the owner of the clipboard may take to hand it over: the
	// window stands still meanwhile.
	patience = 300 * time.Millisecond
	// longest is the longest text that is taken, bytes. Longer ones come in pieces, which
	// nobody pastes into a line of text.
	longest = 256 << 10
)

// Clipboard is the clipboard of a display (ICCCM 2.0, chapter 2). It owns a window that
// nobody sees, and answers for it until it is closed. It is safe for concurrent use.
type Clipboard struct {
	conn   *xgb.Conn
	window xproto.Window
	atoms  map[string]xproto.Atom
	handed chan bool // whether the owner handed over what was asked for
	done   chan struct{}

	asking sync.Mutex // held while the owner is asked

	mu   sync.Mutex
	text string // copied here last
}

// The X client says on standard error that a display without keys has none: that is no
// problem, and others are errors that it returns. Ebitengine opens displays with it too.
func init() { xgb.Logger.SetOutput(io.Discard) }

// Open connects to the clipboard of the display that DISPLAY names.
func Open() (*Clipboard, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("opening the clipboard: %w", err)
	}
	c := &Clipboard{conn: conn, atoms: make(map[string]xproto.Atom), handed: make(chan bool, 1), done: make(chan struct{})}
	if err := c.settle(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("opening the clipboard: %w", err)
	}
	go c.serve()
	return c, nil
}

// settle makes the window and learns the names of the protocol.
func (c *Clipboard) settle() (err error) {
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

// Close gives the clipboard up.
func (c *Clipboard) Close() {
	c.conn.Close()
	<-c.done
}

// SetText copies text.
func (c *Clipboard) SetText(s string) {
	c.mu.Lock()
	c.text = s
	c.mu.Unlock()
	// Where the display takes no owner the text stays in the program.
	_ = xproto.SetSelectionOwnerChecked(c.conn, c.window, c.atoms["CLIPBOARD"], xproto.TimeCurrentTime).Check()
}

// Text returns what was copied last, by whatever program; what was copied here where the
// other does not answer.
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

// ask asks the owner for its text.
func (c *Clipboard) ask() (text string, ok bool) {
	c.asking.Lock()
	defer c.asking.Unlock()
	select {
	case <-c.handed: // an answer that came too late
	default:
	}
	property := c.atoms["ROADLOOP_PASTE"]
	xproto.ConvertSelection(c.conn, c.window, c.atoms["CLIPBOARD"], c.atoms["UTF8_STRING"], property, xproto.TimeCurrentTime)
	select {
	case ok = <-c.handed:
	case <-c.done:
	case <-time.After(patience):
	}
	if !ok {
		return "", false
	}
	got, err := xproto.GetProperty(c.conn, true, c.window, property, xproto.GetPropertyTypeAny, 0, longest/4).Reply()
	if err != nil || got.Type != c.atoms["UTF8_STRING"] || got.BytesAfter > 0 {
		return "", false
	}
	return string(got.Value), true
}

// serve does what other programs ask for, until the connection ends.
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
			case c.handed <- e.Property != xproto.AtomNone:
			default:
			}
		case xproto.SelectionRequestEvent:
			c.answer(&e)
		}
	}
}

// answer hands the text over to who asks, or says that it is not to be had as asked for.
func (c *Clipboard) answer(e *xproto.SelectionRequestEvent) {
	property := e.Property
	if property == xproto.AtomNone { // of clients from before 1989
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
