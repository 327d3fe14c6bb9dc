package report

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

// browser is a headless Chromium, controlled with the DevTools protocol over a pipe: JSON
// objects that end with a zero byte. Closing the pipe ends it.
type browser struct {
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

// findBrowser returns the path of a Chromium, or skips the test.
func findBrowser(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "google-chrome", "google-chrome-stable", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium or Chrome in PATH: the page is not opened in a browser")
	return ""
}

// startBrowser starts a Chromium that ends with the test, with an empty profile.
func startBrowser(t testing.TB) *browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	cmd := exec.CommandContext(ctx, findBrowser(t), "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-quic",
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
	b := &browser{t: t, send: send, waiting: make(map[int]chan message)}
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
func (b *browser) receive(r io.Reader) {
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

// call sends a command and decodes its answer into result, unless that is nil.
func (b *browser) call(method string, params map[string]any, result any) {
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

// open opens a file in a tab of the given size.
func (b *browser) open(path string, width, height int) {
	b.t.Helper()
	b.openAt(path, "", width, height)
}

// openAt opens a file with a fragment in its address.
func (b *browser) openAt(path, fragment string, width, height int) {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	b.size(width, height)
	b.call("Page.navigate", map[string]any{"url": (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), Fragment: fragment}).String()}, nil)
	b.until(`document.readyState === "complete"`)
}

// size gives the tab a size in pixels.
func (b *browser) size(width, height int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
}

// scheme makes the tab's system prefer light or dark colors.
func (b *browser) scheme(name string) {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": name}}}, nil)
}

// eval evaluates JavaScript in the page and decodes its value into result, unless
// that is nil.
func (b *browser) eval(js string, result any) {
	b.t.Helper()
	var r struct {
		Result    struct{ Value json.RawMessage }
		Exception *struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": js, "returnByValue": true, "awaitPromise": true, "userGesture": true}, &r)
	if r.Exception != nil {
		b.t.Fatalf("%s: %s %s", js, r.Exception.Text, r.Exception.Exception.Description)
	}
	if result != nil {
		if err := json.Unmarshal(r.Result.Value, result); err != nil {
			b.t.Fatalf("%s is %s: %v", js, r.Result.Value, err)
		}
	}
}

// until waits for a condition of the page.
func (b *browser) until(js string) {
	b.t.Helper()
	for range 200 {
		var ok bool
		if b.eval("Boolean("+js+")", &ok); ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("never came true: %s", js)
}

// text returns the text of the first element of a selector.
func (b *browser) text(selector string) string {
	b.t.Helper()
	var s string
	b.eval(fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector), &s)
	return s
}

// click presses the mouse in the middle of the first element of a selector.
func (b *browser) click(selector string) {
	b.t.Helper()
	var p struct{ X, Y float64 }
	b.eval(fmt.Sprintf("(() => { const e = document.querySelector(%q); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2}; })()", selector), &p)
	b.mouse(p.X, p.Y)
}

// mouse presses the mouse at a place of the tab.
func (b *browser) mouse(x, y float64) {
	b.t.Helper()
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
	}
}

// press presses a key. Its name is that of KeyboardEvent.key.
func (b *browser) press(key string) {
	b.t.Helper()
	down := map[string]any{"type": "keyDown", "key": key}
	if len(key) == 1 {
		down["text"] = key
	}
	b.call("Input.dispatchKeyEvent", down, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
}

// picture writes what the tab shows into a file.
func (b *browser) picture(path string) {
	b.t.Helper()
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// complaints returns errors on the console, exceptions, and requests to other addresses.
func (b *browser) complaints() []string {
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

// requests returns the number of requests, including the page.
func (b *browser) requests() int {
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
