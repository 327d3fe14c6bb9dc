// Package serve offers environments to other processes and languages, over a Unix socket
// with results in shared memory, or over TCP. docs/protocol.md describes the protocol.
package serve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"roadloop/policy"
)

// Tasks returns the function that makes environments of a task, an error if there is no
// such task.
type Tasks func(task string) (create func() (policy.Env, error), err error)

// Policy acts for a client.
type Policy interface {
	policy.Actor
	Close()
}

// Policies reads the bytes of a policy file. It returns an error for a policy that does not
// fit the task.
type Policies func(data []byte, task *policy.Spec) (Policy, error)

// Server serves clients. Each has environments of its own, and a client that fails does not
// affect the others.
type Server struct {
	Tasks    Tasks
	Policies Policies // nil: the server takes no policies
	Workers  int      // goroutines that step the environments of one client, at least 1
	// Folder has the files of shared memory; "" is /dev/shm where there is one.
	Folder string
	Log    io.Writer // lines about clients; nil for none
}

// Serve serves the clients of all listeners until the context ends, and closes the
// listeners. The error is nil then.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	r := &run{server: s, conns: map[net.Conn]bool{}}
	var accepting sync.WaitGroup
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		accepting.Go(func() { failed <- r.accept(l) })
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	for _, l := range listeners {
		l.Close()
	}
	accepting.Wait()
	r.stop()
	return err
}

// run is the state of Serve.
type run struct {
	server  *Server
	clients sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
	count int // of all clients so far
}

// accept accepts clients until the listener is closed.
func (r *run) accept(l net.Listener) error {
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ECONNABORTED):
			r.logf("accepting a client: %v", err)
			time.Sleep(100 * time.Millisecond)
		case err != nil:
			return fmt.Errorf("accepting a client: %w", err)
		default:
			number, busy := r.enter(conn) // before stop can look for it
			r.clients.Go(func() { r.serve(conn, number, busy) })
		}
	}
}

// enter counts a client, and reports whether there are too many.
func (r *run) enter(conn net.Conn) (number int, busy bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	busy = len(r.conns) >= maxClients
	r.conns[conn] = true
	r.count++
	return r.count, busy
}

func (r *run) leave(conn net.Conn) {
	conn.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, conn)
}

// serve serves one client.
func (r *run) serve(conn net.Conn, number int, busy bool) {
	defer r.leave(conn)
	c := &client{server: r.server, conn: conn, in: bufio.NewReaderSize(conn, 64<<10), refused: busy}
	err := c.talk()
	what := fmt.Sprintf("client %d", number)
	if c.hello != nil {
		what = fmt.Sprintf("client %d (%d × %s)", number, c.hello.Environments, c.hello.Task)
	}
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		r.logf("%s left", what)
	default:
		r.logf("%s: %v", what, err)
	}
}

// stop ends all connections, and waits for what they do.
func (r *run) stop() {
	r.mu.Lock()
	for conn := range r.conns {
		conn.Close()
	}
	r.mu.Unlock()
	r.clients.Wait()
}

func (r *run) logf(format string, args ...any) {
	if r.server.Log == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.server.Log, format+"\n", args...)
}

// ListenUnix listens on a Unix socket that only this user can connect to. A socket that a
// killed server left is replaced; one with a server is an error. The socket is removed when
// the listener is closed.
func ListenUnix(path string) (net.Listener, error) {
	// Of two servers that find an old socket, the second would remove that of the first.
	unlock, err := lock(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer unlock()
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s exists and is not a socket", path)
	default:
		conn, err := net.DialTimeout("unix", path, time.Second)
		if err == nil {
			conn.Close()
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return nil, fmt.Errorf("another server listens on %s", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("removing the socket of an ended server: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// ListenTCP listens on an address such as 127.0.0.1:7000; port 0 is a free one. Addresses
// that other machines can reach are an error unless remote is true: the protocol has no
// passwords.
func ListenTCP(address string, remote bool) (net.Listener, error) {
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	if !remote && !a.IP.IsLoopback() {
		return nil, fmt.Errorf("other machines could connect to %q; use an address such as 127.0.0.1:%d", address, a.Port)
	}
	return net.ListenTCP("tcp", a)
}
