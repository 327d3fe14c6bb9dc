package serve

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"slices"
	"time"

	"roadloop/policy"
)

// patience is the longest time for a hello, the rest of a message, or the reading of an
// answer. Between messages a client takes as long as it wants, since it learns there.
const patience = 30 * time.Second

// client is a connection and its environments.
type client struct {
	server *Server
	conn   net.Conn
	in     *bufio.Reader
	out    []byte // buffer of an answer

	refused bool // there are too many clients

	hello   *hello
	vector  *policy.Vector
	spec    *policy.Spec
	memory  *os.File // nil if arrays are inline
	named   bool     // the memory still has its path
	begun   []bool   // environments that have been reset
	body    []byte   // of the message being read
	seeds   []uint64
	mask    []bool
	actions []float32
	policy  Policy // nil for none
}

// talk serves a client until it leaves. The error is nil if it said goodbye.
func (c *client) talk() (err error) {
	defer func() {
		if f := new(failure); errors.As(err, &f) {
			err = errors.Join(err, c.sendJSON(kindError, f))
			c.linger()
		}
	}()
	defer c.release()
	if c.refused {
		return fail(codeLimit, "the server has %d clients already", maxClients)
	}
	if err := c.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	h, err := readHello(c.in)
	if err != nil {
		return err
	}
	if err := c.conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	if err := c.begin(h); err != nil {
		return err
	}
	for {
		done, err := c.message()
		if f := new(failure); errors.As(err, &f) && f.recoverable() {
			err = c.sendJSON(kindError, f)
		}
		if done || err != nil {
			return err
		}
	}
}

// begin makes the environments that a hello asks for.
func (c *client) begin(h *hello) error {
	create, err := c.server.Tasks(h.Task)
	if err != nil {
		return fail(codeTask, "%v", err)
	}
	first, err := create()
	if err != nil {
		return fail(codeTask, "making the task %s: %v", h.Task, err)
	}
	c.hello, c.spec = h, first.Spec()
	if h.Needs != nil {
		if err := h.Needs.Fits(c.spec); err != nil {
			return fail(codeNeeds, "%v", err)
		}
	}
	if _, isUnix := c.conn.(*net.UnixConn); h.Shared && !isUnix {
		return fail(codeProtocol, "memory is shared over a Unix socket alone")
	}
	n := h.Environments
	arrays, size := layout(c.spec, n, modes[h.Autoreset] == policy.SameStep)
	if size > maxArrays {
		return fail(codeLimit, "the arrays of %d environments of %s take %d bytes, at most %d are given", n, h.Task, size, maxArrays)
	}
	c.vector, err = policy.NewVector(n, max(c.server.Workers, 1), modes[h.Autoreset], func() (policy.Env, error) {
		if env := first; env != nil {
			first = nil
			return env, nil
		}
		return create()
	})
	if err != nil {
		return fail(codeTask, "making the task %s: %v", h.Task, err)
	}
	_, renders := c.vector.Env(0).(policy.Renderer)
	w := welcome{protocol, version, c.spec, n, h.Autoreset, renders, arrays, size, ""}
	if h.Shared {
		if c.memory, err = newMemory(c.server.Folder, size); err != nil {
			return fail(codeLimit, "%v", err)
		}
		w.Memory, c.named = c.memory.Name(), true
	}
	c.begun, c.mask, c.seeds = make([]bool, n), make([]bool, n), make([]uint64, n)
	c.actions = make([]float32, n*c.spec.Action.Size())
	return c.sendJSON(kindSpec, &w)
}

// release frees what the client has.
func (c *client) release() {
	if c.policy != nil {
		c.policy.Close()
	}
	if c.vector != nil {
		c.vector.Close()
	}
	if c.memory != nil {
		c.memory.Close()
		c.unlink()
	}
}

// unlink removes the path of the memory. A client that has mapped it keeps it, and nothing
// remains even if the server is killed.
func (c *client) unlink() {
	if c.named {
		os.Remove(c.memory.Name())
		c.named = false
	}
}

// message answers one message. It returns true after the last one.
func (c *client) message() (done bool, err error) {
	k, size, err := readHeader(c.in)
	if err != nil {
		return false, err
	}
	if k == kindPolicy {
		return false, c.load(size)
	}
	n := c.vector.Len()
	want := 0
	switch k {
	case kindReset:
		want = 9 * n
	case kindStep:
		want = 4 * len(c.actions)
	case kindRender:
		want = 4
	case kindBye, kindAct:
	default:
		return false, fail(codeProtocol, "a %v is not for a server after the hello", k)
	}
	if size != want {
		return false, fail(codeProtocol, "%v of %d bytes, want %d for %d environments", k, size, want, n)
	}
	if err := c.read(size); err != nil {
		return false, fmt.Errorf("reading a %v: %w", k, err)
	}
	c.unlink()
	switch k {
	case kindReset:
		err = c.reset()
	case kindStep:
		err = c.step()
	case kindRender:
		err = c.render(int(binary.LittleEndian.Uint32(c.body)))
	case kindAct:
		err = c.act()
	}
	return k == kindBye, err
}

// read reads the body of a message into c.body.
func (c *client) read(size int) error {
	if cap(c.body) < size {
		c.body = make([]byte, size)
	}
	c.body = c.body[:size]
	if c.in.Buffered() >= size {
		_, err := io.ReadFull(c.in, c.body)
		return err
	}
	if err := c.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return err
	}
	return c.conn.SetReadDeadline(time.Time{})
}

func (c *client) reset() error {
	n := c.vector.Len()
	for i := range n {
		switch c.body[i] {
		case 0, 1:
			c.mask[i] = c.body[i] == 1
		default:
			return fail(codeProtocol, "byte %d of the mask is %d, not 0 or 1", i, c.body[i])
		}
		c.seeds[i] = binary.LittleEndian.Uint64(c.body[n+8*i:])
	}
	if err := c.vector.ResetSome(c.mask, c.seeds); err != nil {
		return fail(codeInternal, "reset: %v", err)
	}
	for i, m := range c.mask {
		c.begun[i] = c.begun[i] || m
	}
	return c.sendResults()
}

func (c *client) step() error {
	for i := range c.actions {
		c.actions[i] = math.Float32frombits(binary.LittleEndian.Uint32(c.body[4*i:]))
	}
	// Errors of the client are found before any environment is stepped.
	size, manual := c.spec.Action.Size(), c.hello.Autoreset == "manual"
	for i, begun := range c.begun {
		if !begun {
			return fail(codeState, "environment %d has not been reset", i)
		}
		if manual && c.vector.Results[i].Done() {
			return fail(codeState, "environment %d is done; reset it first", i)
		}
		if err := c.spec.Action.Check(c.actions[i*size : (i+1)*size]); err != nil {
			return fail(codeAction, "environment %d: %v", i, err)
		}
	}
	if err := c.vector.Step(c.actions); err != nil {
		return fail(codeInternal, "step: %v", err)
	}
	return c.sendResults()
}

func (c *client) render(i int) error {
	if i >= c.vector.Len() {
		return fail(codeRender, "there is no environment %d of %d", i, c.vector.Len())
	}
	r, ok := c.vector.Env(i).(policy.Renderer)
	switch {
	case !ok:
		return fail(codeRender, "%s has no images", c.spec.Task)
	case !c.begun[i]:
		return fail(codeState, "environment %d has not been reset", i)
	}
	rgb, width, height := r.Render()
	body := make([]byte, 0, 8+len(rgb))
	body = binary.LittleEndian.AppendUint32(body, uint32(width))
	body = binary.LittleEndian.AppendUint32(body, uint32(height))
	return c.send(appendMessage(c.out[:0], kindImage, append(body, rgb...)))
}

// load reads a policy, which replaces the one before.
func (c *client) load(size int) error {
	if size > maxPolicy {
		return fail(codeProtocol, "policy of %d bytes, at most %d are allowed", size, maxPolicy)
	}
	if err := c.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	var data bytes.Buffer // grows with what arrives
	if _, err := io.CopyN(&data, c.in, int64(size)); err != nil {
		return fmt.Errorf("reading a policy: %w", err)
	}
	if err := c.conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	if c.server.Policies == nil {
		return fail(codePolicy, "this server takes no policies")
	}
	p, err := c.server.Policies(data.Bytes(), c.spec)
	if err != nil {
		return fail(codePolicy, "%v", err)
	}
	if c.policy != nil {
		c.policy.Close()
	}
	c.policy = p
	return c.send(appendMessage(c.out[:0], kindActions, nil))
}

// act sends the policy's actions for the present observations.
func (c *client) act() error {
	if c.policy == nil {
		return fail(codePolicy, "there is no policy")
	}
	if i := slices.Index(c.begun, false); i >= 0 {
		return fail(codeState, "environment %d has not been reset", i)
	}
	if err := c.policy.Act(c.vector.Obs, c.vector.Len(), c.actions); err != nil {
		return fail(codeInternal, "act: %v", err)
	}
	c.out = appendHeader(c.out[:0], kindActions, 4*len(c.actions))
	for _, a := range c.actions {
		c.out = binary.LittleEndian.AppendUint32(c.out, math.Float32bits(a))
	}
	return c.send(c.out)
}

// sendResults sends the results of a reset or a step, through the memory if it is shared.
func (c *client) sendResults() error {
	c.out = append(c.out[:0], make([]byte, headerSize)...)
	c.out = appendResults(c.out, c.vector)
	body := c.out[headerSize:]
	if c.memory != nil {
		// The server does not map the file: a client that truncates it would crash the server.
		if _, err := c.memory.WriteAt(body, 0); err != nil {
			return fail(codeInternal, "shared memory: %v", err)
		}
		body = nil
	}
	binary.LittleEndian.PutUint32(c.out, uint32(len(body)+1))
	c.out[4] = byte(kindResult)
	return c.send(c.out[:headerSize+len(body)])
}

func (c *client) sendJSON(k kind, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("writing a %v: %w", k, err)
	}
	return c.send(appendMessage(nil, k, body))
}

func (c *client) send(message []byte) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := c.conn.Write(message)
	return err
}

// linger reads what the client still sends for a moment: a connection that is closed with
// unread bytes can lose the error message.
func (c *client) linger() {
	if w, ok := c.conn.(interface{ CloseWrite() error }); ok && w.CloseWrite() == nil {
		if c.conn.SetReadDeadline(time.Now().Add(time.Second)) == nil {
			_, _ = io.CopyN(io.Discard, c.in, 1<<20)
		}
	}
}
