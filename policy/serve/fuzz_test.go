package serve

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"testing"
	"time"
)

// script is a connection that sends given bytes and keeps the answers.
type script struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer
}

func (s *script) Read(p []byte) (int, error)       { return s.in.Read(p) }
func (s *script) Write(p []byte) (int, error)      { return s.out.Write(p) }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// Whatever a client sends, the server answers with messages of the protocol and comes to
// an end; memory stays in proportion.
func FuzzProtocol(f *testing.F) {
	start := func(mode string, n int) []byte {
		body, err := json.Marshal(greeting("counter", n, mode, false))
		if err != nil {
			f.Fatal(err)
		}
		return appendMessage(nil, kindHello, body)
	}
	step := appendMessage(nil, kindStep, floats(0, 0, 1, -1))
	f.Add(start("manual", 2))
	f.Add(bytes.Join([][]byte{start("same-step", 2), appendMessage(nil, kindReset, resetBody(2)), step, step, step, step,
		appendMessage(nil, kindRender, make([]byte, 4)), appendMessage(nil, kindBye, nil)}, nil))
	f.Add(append(start("next-step", 1), step...))
	f.Add(bytes.Join([][]byte{start("manual", 2), appendMessage(nil, kindReset, resetBody(2)), appendMessage(nil, kindPolicy, []byte("follows")),
		appendMessage(nil, kindAct, nil)}, nil))
	f.Add([]byte{255, 255, 255, 255, 1, '{'})
	f.Fuzz(func(t *testing.T, data []byte) {
		conn := &script{in: bytes.NewReader(data)}
		c := &client{server: &Server{Tasks: testTasks, Policies: testPolicies, Workers: 1, Folder: t.TempDir()}, conn: conn, in: bufio.NewReader(conn)}
		if err := c.talk(); err == nil && !bytes.Contains(data, appendMessage(nil, kindBye, nil)) {
			t.Error("a connection without a goodbye ends without an error")
		}
		for {
			k, size, err := readHeader(&conn.out)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if k < kindSpec || k > kindActions {
				t.Fatalf("answer %v", k)
			}
			if body := conn.out.Next(size); len(body) != size {
				t.Fatalf("%v of %d bytes, announced as %d", k, len(body), size)
			}
		}
	})
}
