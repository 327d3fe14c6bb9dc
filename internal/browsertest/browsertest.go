// Package browsertest controls a headless web browser in tests of HTML pages.
package browsertest

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Browser is a headless Chromium, controlled with the DevTools protocol over a pipe: JSON
// objects that end with a zero byte. Closing the pipe ends it.
type Browser struct {
	t       testing.TB
	send    io.WriteCloser
	mu      sync.Mutex
	last    int
	session string
	waiting map[int]chan message
	log     []message // events
}

// message is a command, its answer or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// Find returns the path of a Chromium, or skips the test.
func Find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "google-chrome", "google-chrome-stable", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium or Chrome in PATH: the page is not opened in a browser")
	return ""
}

// Start starts a Chromium that ends with the test, with an empty profile.
func Start(t testing.TB) *Browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	cmd := exec.CommandContext(ctx, Find(t), "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.WaitDelay = 5 * time.Second
	in, send, err1 := os.Pipe()
	receive, out, err2 := os.Pipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	cmd.ExtraFiles = []*os.File{in, out} // file descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	out.Close()
	b := &Browser{t: t, send: send, waiting: make(map[int]chan message)}
	done := make(chan struct{})
	go func() { defer close(done); b.receive(receive) }()
	t.Cleanup(func() {
		send.Close()
		cmd.Wait() // however it ends
		cancel()
		<-done
		receive.Close()
	})
	return b
}

// receive delivers answers and stores events until the browser ends.
func (b *Browser) receive(r io.Reader) {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		text, err := in.ReadBytes(0)
		b.mu.Lock()
		if err != nil {
			for _, c := range b.waiting {
				close(c)
			}
			b.waiting = nil
			b.mu.Unlock()
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) == nil {
			if c := b.waiting[m.ID]; m.ID > 0 && c != nil {
				delete(b.waiting, m.ID)
				c <- m
			} else {
				b.log = append(b.log, m)
			}
		}
		b.mu.Unlock()
	}
}

// Call sends a command and decodes its answer into result, unless that is nil.
func (b *Browser) Call(method string, params map[string]any, result any) {
	b.t.Helper()
	raw, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	answer := make(chan message, 1)
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		b.t.Fatalf("%s: the browser has ended", method)
	}
	b.last++
	m := message{ID: b.last, Method: method, Params: raw, Session: b.session}
	b.waiting[m.ID] = answer
	b.mu.Unlock()
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.send.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	select {
	case m, ok := <-answer:
		if !ok || m.Error != nil {
			b.t.Fatalf("%s: the browser says %s", method, m.Error)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(30 * time.Second):
		b.t.Fatalf("%s: no answer within 30 s", method)
	}
}

// Open opens a file in a tab of the given size.
func (b *Browser) Open(path string, width, height int) {
	b.t.Helper()
	b.OpenAt(path, "", width, height)
}

// OpenAt opens a file with a fragment in its address.
func (b *Browser) OpenAt(path, fragment string, width, height int) {
	b.t.Helper()
	var target struct{ TargetID string }
	b.Call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.Call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		b.Call(domain+".enable", nil, nil)
	}
	b.Size(width, height)
	b.Call("Page.navigate", map[string]any{"url": (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), Fragment: fragment}).String()}, nil)
	b.Until(`document.readyState === "complete"`)
}

// Size gives the tab a size in pixels.
func (b *Browser) Size(width, height int) {
	b.t.Helper()
	b.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
}

// Scheme makes the tab's system prefer light or dark colors.
func (b *Browser) Scheme(name string) {
	b.t.Helper()
	b.Call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": name}}}, nil)
}

// Eval evaluates JavaScript in the page and decodes its value into result, unless
// that is nil.
func (b *Browser) Eval(js string, result any) {
	b.t.Helper()
	var r struct {
		Result    struct{ Value json.RawMessage }
		Exception *struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": js, "returnByValue": true, "awaitPromise": true, "userGesture": true}, &r)
	if r.Exception != nil {
		b.t.Fatalf("%s: %s %s", js, r.Exception.Text, r.Exception.Exception.Description)
	}
	if result != nil {
		if err := json.Unmarshal(r.Result.Value, result); err != nil {
			b.t.Fatalf("%s is %s: %v", js, r.Result.Value, err)
		}
	}
}

// Until waits for a condition of the page.
func (b *Browser) Until(js string) {
	b.t.Helper()
	for range 200 {
		var ok bool
		if b.Eval("Boolean("+js+")", &ok); ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("never came true: %s", js)
}

// Text returns the text of the first element of a selector.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	var s string
	b.Eval(fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector), &s)
	return s
}

// Click presses the mouse in the middle of the first element of a selector.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	var p struct{ X, Y float64 }
	b.Eval(fmt.Sprintf("(() => { const e = document.querySelector(%q); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2}; })()", selector), &p)
	b.Mouse(p.X, p.Y)
}

// Mouse presses the mouse at a place of the tab.
func (b *Browser) Mouse(x, y float64) {
	b.t.Helper()
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.Call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
	}
}

// Press presses a key. Its name is that of KeyboardEvent.key.
func (b *Browser) Press(key string) {
	b.t.Helper()
	down := map[string]any{"type": "keyDown", "key": key}
	if len(key) == 1 {
		down["text"] = key
	}
	b.Call("Input.dispatchKeyEvent", down, nil)
	b.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
}

// Picture writes what the tab shows into a file.
func (b *Browser) Picture(path string) {
	b.t.Helper()
	var shot struct{ Data string }
	b.Call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// Complaints returns errors on the console, exceptions, and requests to other addresses.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, m := range b.log {
		var p struct {
			Type    string
			Entry   struct{ Level, Text string }
			Request struct{ URL string }
		}
		if err := json.Unmarshal(m.Params, &p); err != nil && m.Params != nil {
			out = append(out, err.Error())
		}
		local := strings.HasPrefix(p.Request.URL, "file:") || strings.HasPrefix(p.Request.URL, "blob:") || strings.HasPrefix(p.Request.URL, "data:")
		switch {
		case m.Method == "Runtime.exceptionThrown",
			m.Method == "Runtime.consoleAPICalled" && (p.Type == "error" || p.Type == "warning"),
			m.Method == "Log.entryAdded" && p.Entry.Level == "error",
			m.Method == "Network.requestWillBeSent" && !local:
			out = append(out, m.Method+" "+string(m.Params))
		}
	}
	return out
}

// Requests returns the number of requests, including the page.
func (b *Browser) Requests() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, m := range b.log {
		if m.Method == "Network.requestWillBeSent" {
			n++
		}
	}
	return n
}
