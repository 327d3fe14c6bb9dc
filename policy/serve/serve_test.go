package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"roadloop/policy"
	"roadloop/policy/highway"
)

// counter is an environment that counts its steps up to three, terminated if its seed is
// even. It has an image, and draws itself.
type counter struct {
	spec       policy.Spec
	seed, step int
}

func newCounter() (policy.Env, error) {
	return &counter{spec: policy.Spec{
		Task: "counter",
		Observation: []policy.Space{
			{Name: "step", Kind: policy.Box, Shape: []int{3}, Low: 0, High: 1000},
			{Name: "camera", Kind: policy.Image, Shape: []int{2, 2, 3}},
		},
		Action: policy.Space{Name: "number", Kind: policy.Box, Shape: []int{2}, Low: -1, High: 1},
		Rate:   20, Horizon: 3, Measures: []string{"steps"},
	}}, nil
}

func (c *counter) Spec() *policy.Spec { return &c.spec }
func (c *counter) Reset(seed uint64) error {
	c.seed, c.step = int(seed%1000), 0
	return nil
}
func (c *counter) Step(a []float32) (policy.Result, error) {
	c.step++
	end := c.step == 3
	return policy.Result{Reward: float64(a[0]), Terminated: end && c.seed%2 == 0, Truncated: end && c.seed%2 == 1}, nil
}
func (c *counter) Observe(dst []policy.Array) {
	copy(dst[0].Floats, []float32{float32(c.step), float32(c.seed), 0.5})
	for i := range dst[1].Bytes {
		dst[1].Bytes[i] = byte(c.step + i)
	}
}
func (c *counter) Measure(dst []float64) { dst[0] = float64(c.step) }
func (c *counter) Render() ([]byte, int, int) {
	return []byte{byte(c.step), 1, 2, 3, 4, 5}, 2, 1
}

func testTasks(task string) (func() (policy.Env, error), error) {
	switch task {
	case "counter":
		return newCounter, nil
	case "highway-fast-v0":
		return func() (policy.Env, error) { return highway.New(highway.FastV0()) }, nil
	case "broken":
		return func() (policy.Env, error) { return nil, errors.New("no such map") }, nil
	}
	return nil, fmt.Errorf("unknown task %q", task)
}

// follower is a policy that acts by the number of the step, or fails.
type follower struct{ fails, closed bool }

func (f *follower) Act(obs []policy.Array, n int, actions []float32) error {
	if f.fails {
		return errors.New("no thought")
	}
	for i := range n {
		actions[2*i], actions[2*i+1] = obs[0].Floats[3*i]/10, -1
	}
	return nil
}

func (f *follower) Close() { f.closed = true }

func testPolicies(data []byte, task *policy.Spec) (Policy, error) {
	if task.Task != "counter" {
		return nil, errors.New("the policy is for the task counter")
	}
	return &follower{fails: string(data) == "fails"}, nil
}

// site is a server with a Unix and a TCP listener.
type site struct {
	unix, tcp, folder string
	log               *lines
	stop              func() // stops the server and waits for its end
}

// lines is a log that can be read meanwhile.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{unix: filepath.Join(t.TempDir(), "socket"), folder: t.TempDir(), log: &lines{}}
	u, err := ListenUnix(s.unix)
	if err != nil {
		t.Fatal(err)
	}
	l, err := ListenTCP("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	s.tcp = l.Addr().String()
	server := &Server{Tasks: testTasks, Policies: testPolicies, Workers: 2, Folder: s.folder, Log: s.log}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, u, l) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(s.stop)
	return s
}

// peer is a client of a test.
type peer struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	welcome
}

func (s *site) dial(t *testing.T, network string) *peer {
	t.Helper()
	address := s.unix
	if network == "tcp" {
		address = s.tcp
	}
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &peer{t: t, conn: conn, in: bufio.NewReader(conn)}
}

func (p *peer) write(k kind, body []byte) {
	p.t.Helper()
	p.raw(appendMessage(nil, k, body))
}

func (p *peer) raw(message []byte) {
	p.t.Helper()
	if _, err := p.conn.Write(message); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) read() (kind, []byte) {
	p.t.Helper()
	k, size, err := readHeader(p.in)
	if err != nil {
		p.t.Fatal(err)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(p.in, body); err != nil {
		p.t.Fatal(err)
	}
	return k, body
}

func (p *peer) expect(want kind) []byte {
	p.t.Helper()
	k, body := p.read()
	if k != want {
		p.t.Fatalf("answer %v %s, want %v", k, body, want)
	}
	return body
}

func (p *peer) expectError(code, text string) {
	p.t.Helper()
	var f failure
	if err := json.Unmarshal(p.expect(kindError), &f); err != nil {
		p.t.Fatal(err)
	}
	if f.Code != code || !strings.Contains(f.Message, text) {
		p.t.Errorf("error %s: %s; want %s: …%s…", f.Code, f.Message, code, text)
	}
}

func (p *peer) expectEnd() {
	p.t.Helper()
	if _, err := p.in.ReadByte(); err == nil {
		p.t.Error("the connection goes on")
	}
}

func greeting(task string, n int, mode string, shared bool) hello {
	return hello{Protocol: protocol, Version: version, Task: task, Environments: n, Autoreset: mode, Shared: shared}
}

func (p *peer) greet(h hello) {
	p.t.Helper()
	p.hello(h)
	if err := json.Unmarshal(p.expect(kindSpec), &p.welcome); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) hello(value any) {
	p.t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(kindHello, body)
}

// reset resets the environments with seeds 10, 11, ….
func (p *peer) reset() []byte {
	p.t.Helper()
	p.write(kindReset, resetBody(p.Environments))
	return p.expect(kindResult)
}

func resetBody(n int) []byte {
	body := bytes.Repeat([]byte{1}, n)
	for i := range n {
		body = binary.LittleEndian.AppendUint64(body, uint64(10+i))
	}
	return body
}

func floats(values ...float32) []byte {
	var body []byte
	for _, v := range values {
		body = binary.LittleEndian.AppendUint32(body, math.Float32bits(v))
	}
	return body
}

// value returns a number of an array.
func (p *peer) value(data []byte, name string, i int) float64 {
	p.t.Helper()
	for _, a := range p.Arrays {
		if a.Name != name {
			continue
		}
		switch at := data[a.Offset:]; a.Type {
		case "<f8":
			return math.Float64frombits(binary.LittleEndian.Uint64(at[8*i:]))
		case "<f4":
			return float64(math.Float32frombits(binary.LittleEndian.Uint32(at[4*i:])))
		default:
			return float64(at[i])
		}
	}
	p.t.Fatalf("no array %s in %v", name, p.Arrays)
	return 0
}

func (p *peer) wantValue(data []byte, name string, i int, want float64) {
	p.t.Helper()
	if got := p.value(data, name, i); got != want {
		p.t.Errorf("%s[%d] is %g, want %g", name, i, got, want)
	}
}

// An episode over TCP: all arrays arrive inline, and those of the end with the last one.
func TestEpisodeInline(t *testing.T) {
	p := newSite(t).dial(t, "tcp")
	p.greet(greeting("counter", 3, "same-step", false))
	if p.Spec.Task != "counter" || !p.Renders || p.Memory != "" {
		t.Errorf("welcome %+v", p.welcome)
	}
	first := p.reset()
	p.wantValue(first, "observation/step", 3*2+1, 12)
	p.wantValue(first, "observation/camera", 12*2+11, 11)
	actions := floats(.25, 0, .5, 0, .75, 0)
	for range 2 {
		p.write(kindStep, actions)
		if got := len(p.expect(kindResult)); got != len(first) {
			t.Errorf("%d bytes in the middle of an episode, want %d", got, len(first))
		}
	}
	p.write(kindStep, actions)
	last := p.expect(kindResult)
	if len(last) != p.Bytes {
		t.Errorf("%d bytes at the end of an episode, want %d", len(last), p.Bytes)
	}
	for i := range 3 {
		p.wantValue(last, "reward", i, .25*float64(i+1))
		p.wantValue(last, "measures", i, 3)
		p.wantValue(last, "terminated", i, float64(1-i%2))
		p.wantValue(last, "truncated", i, float64(i%2))
		p.wantValue(last, "observation/step", 3*i, 0)
		p.wantValue(last, "final/step", 3*i, 3)
		p.wantValue(last, "final/camera", 12*i, 3)
	}
	p.write(kindRender, []byte{2, 0, 0, 0})
	if got := p.expect(kindImage); !bytes.Equal(got, []byte{2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5}) {
		t.Errorf("image %v", got)
	}
	p.write(kindBye, nil)
	p.expectEnd()
}

// Shared memory has the bytes that arrive inline otherwise, its file is gone as soon as the
// client has it, and for this user alone before.
func TestSharedMemory(t *testing.T) {
	s := newSite(t)
	inline, shared := s.dial(t, "unix"), s.dial(t, "unix")
	inline.greet(greeting("highway-fast-v0", 5, "next-step", false))
	shared.greet(greeting("highway-fast-v0", 5, "next-step", true))
	if filepath.Dir(shared.Memory) != s.folder {
		t.Errorf("memory %s, want it in %s", shared.Memory, s.folder)
	}
	f, err := os.Open(shared.Memory)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 || info.Size() != int64(shared.Bytes) {
		t.Errorf("memory has mode %v and %d bytes", info.Mode(), info.Size())
	}
	memory := make([]byte, shared.Bytes)
	compare := func(want, body []byte) {
		t.Helper()
		if _, err := f.ReadAt(memory, 0); err != nil {
			t.Fatal(err)
		}
		if len(body) != 0 || !bytes.Equal(memory, want) {
			t.Error("shared memory differs from what arrives inline")
		}
	}
	compare(inline.reset(), shared.reset())
	if left, _ := os.ReadDir(s.folder); len(left) != 0 {
		t.Errorf("%v remains", left)
	}
	for range 40 {
		inline.write(kindStep, floats(0, 1, 2, 3, 4))
		shared.write(kindStep, floats(0, 1, 2, 3, 4))
		compare(inline.expect(kindResult), shared.expect(kindResult))
	}
}

// A client is refused with the reason, and the next one is served.
func TestRefusedHello(t *testing.T) {
	spec := func(change func(s *policy.Spec)) *policy.Spec {
		env, err := newCounter()
		if err != nil {
			t.Fatal(err)
		}
		s := env.Spec()
		change(s)
		return s
	}
	tests := []struct {
		name       string
		change     func(h *hello)
		code, text string
	}{
		{"protocol", func(h *hello) { h.Protocol = "http" }, codeProtocol, `"http"`},
		{"version", func(h *hello) { h.Version = 2 }, codeVersion, "the client speaks version 2 of the protocol, this server version 1"},
		{"task", func(h *hello) { h.Task = "moon" }, codeTask, `unknown task "moon"`},
		{"broken task", func(h *hello) { h.Task = "broken" }, codeTask, "making the task broken: no such map"},
		{"no environment", func(h *hello) { h.Environments = 0 }, codeLimit, "0 environments, not 1 to 4096"},
		{"many environments", func(h *hello) { h.Environments = 1 << 40 }, codeLimit, "not 1 to 4096"},
		{"mode", func(h *hello) { h.Autoreset = "never" }, codeProtocol, `autoreset "never"`},
		{"shared over TCP", func(h *hello) { h.Shared = true }, codeProtocol, "over a Unix socket alone"},
		{"other shape", func(h *hello) { h.Needs = spec(func(s *policy.Spec) { s.Observation[0].Shape = []int{4} }) }, codeNeeds,
			"needs the observation step box[4] 0..1000, counter gives step box[3] 0..1000"},
		{"other name", func(h *hello) { h.Needs = spec(func(s *policy.Spec) { s.Observation[1].Name = "lidar" }) }, codeNeeds, "lidar"},
		{"other action", func(h *hello) { h.Needs = spec(func(s *policy.Spec) { s.Action.High = 2 }) }, codeNeeds, "returns the action"},
		{"other rate", func(h *hello) { h.Needs = spec(func(s *policy.Spec) { s.Rate = 10 }) }, codeNeeds, "10 times a second"},
		{"other task", func(h *hello) { h.Needs = spec(func(s *policy.Spec) { s.Task = "counter-v2" }) }, codeNeeds, "counter-v2"},
	}
	s := newSite(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := s.dial(t, "tcp")
			h := greeting("counter", 1, "manual", false)
			tt.change(&h)
			p.hello(h)
			p.expectError(tt.code, tt.text)
			p.expectEnd()
		})
	}
	h := greeting("counter", 1, "manual", false)
	h.Needs = spec(func(*policy.Spec) {})
	s.dial(t, "tcp").greet(h)
}

// Bytes that are no hello, or a message that is not allowed or lies about its size, end
// the connection with the reason.
func TestBadMessages(t *testing.T) {
	message := func(k kind, body string) []byte { return appendMessage(nil, k, []byte(body)) }
	tests := []struct {
		name   string
		greets bool
		bytes  []byte
		text   string
	}{
		{"web browser", false, []byte("GET / HTTP/1.1\r\n\r\n"), "the first message is a message of kind 47, not a hello"},
		{"no kind", false, make([]byte, 5), "message without a kind"},
		{"step first", false, message(kindStep, "1234"), "the first message is a step"},
		{"long hello", false, []byte{255, 255, 255, 255, byte(kindHello)}, "hello of 4294967294 bytes, at most 65536"},
		{"no JSON", false, message(kindHello, "hello"), "hello: invalid character"},
		{"unknown field", false, message(kindHello, `{"protocol": "roadloop-policy", "version": 1, "speed": 2}`), `unknown field "speed"`},
		{"other type", false, message(kindHello, `{"protocol": "roadloop-policy", "version": 1, "environments": "2"}`), "hello: json"},
		{"second hello", true, message(kindHello, "{}"), "a hello is not for a server after the hello"},
		{"answer", true, message(kindResult, ""), "a result is not for a server"},
		{"unknown kind", true, message(77, ""), "message of kind 77"},
		{"few actions", true, message(kindStep, "1234"), "step of 4 bytes, want 16 for 2 environments"},
		{"huge step", true, []byte{255, 255, 255, 127, byte(kindStep)}, "step of 2147483646 bytes, want 16"},
		{"short reset", true, message(kindReset, "1"), "reset of 1 bytes, want 18"},
		{"mask", true, message(kindReset, strings.Repeat("\x02", 18)), "byte 0 of the mask is 2"},
	}
	s := newSite(t)
	other := s.dial(t, "unix")
	other.greet(greeting("counter", 1, "manual", true))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := s.dial(t, "tcp")
			if tt.greets {
				p.greet(greeting("counter", 2, "next-step", false))
				p.reset()
			}
			p.raw(tt.bytes)
			p.expectError(codeProtocol, tt.text)
			p.expectEnd()
		})
	}
	other.reset() // another client is not affected
}

// After a bad action, the environments are as before, and go on.
func TestRecoverableErrors(t *testing.T) {
	s := newSite(t)
	p := s.dial(t, "unix")
	p.greet(greeting("counter", 2, "manual", false))
	fine := floats(0, 0, 0, 0)
	p.write(kindStep, fine)
	p.expectError(codeState, "environment 0 has not been reset")
	p.write(kindRender, []byte{1, 0, 0, 0})
	p.expectError(codeState, "environment 1 has not been reset")
	p.reset()
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), 1.5, -2} {
		p.write(kindStep, floats(0, 0, 0, bad))
		p.expectError(codeAction, "environment 1: value 1 of action number is")
	}
	p.write(kindRender, []byte{2, 0, 0, 255})
	p.expectError(codeRender, "there is no environment")
	var data []byte
	for range 3 {
		p.write(kindStep, fine)
		data = p.expect(kindResult)
	}
	p.wantValue(data, "measures", 0, 3)
	p.write(kindStep, fine)
	p.expectError(codeState, "environment 0 is done; reset it first")
	p.write(kindReset, append([]byte{1, 0}, resetBody(2)[2:]...))
	data = p.expect(kindResult)
	p.wantValue(data, "observation/step", 0, 0)
	p.wantValue(data, "observation/step", 3, 3) // not in the mask
	p.write(kindStep, fine)
	p.expectError(codeState, "environment 1 is done")

	h := s.dial(t, "unix")
	h.greet(greeting("highway-fast-v0", 1, "manual", false))
	h.reset()
	h.write(kindRender, make([]byte, 4))
	h.expectError(codeRender, "highway-fast-v0 has no images")
	for _, bad := range []float32{5, -1, .5, float32(math.NaN())} {
		h.write(kindStep, floats(bad))
		h.expectError(codeAction, "want an integer from 0 to 4")
	}
}

// Clients that leave at any point, or make the memory shorter, cost nothing but themselves.
// A policy that the client sends acts on the present observations.
func TestPolicy(t *testing.T) {
	site := newSite(t)
	p := site.dial(t, "unix")
	p.greet(greeting("counter", 2, "manual", true))
	p.write(kindAct, nil)
	p.expectError(codePolicy, "there is no policy")
	p.write(kindPolicy, []byte("follows"))
	if body := p.expect(kindActions); len(body) != 0 {
		t.Errorf("%d bytes after a policy", len(body))
	}
	p.write(kindAct, nil)
	p.expectError(codeState, "environment 0 has not been reset")
	p.reset()
	p.write(kindStep, floats(0, 0, 0, 0))
	p.expect(kindResult)
	p.write(kindAct, nil)
	if body := p.expect(kindActions); !bytes.Equal(body, floats(.1, -1, .1, -1)) {
		t.Errorf("actions %v", body)
	}
	p.write(kindPolicy, []byte("fails"))
	p.expect(kindActions)
	p.write(kindAct, nil)
	p.expectError(codeInternal, "no thought")
	p.expectEnd()
	p = site.dial(t, "tcp")
	p.greet(greeting("highway-fast-v0", 1, "manual", false))
	p.write(kindPolicy, []byte("follows"))
	p.expectError(codePolicy, "the policy is for the task counter")
	p.reset() // it goes on
	p.raw(appendHeader(nil, kindPolicy, maxPolicy+1))
	p.expectError(codeProtocol, "policy of 67108865 bytes, at most 67108864 are allowed")
	p.expectEnd()
}

func TestClientsThatLeave(t *testing.T) {
	s := newSite(t)
	s.dial(t, "tcp").conn.Close()
	within := s.dial(t, "tcp")
	within.raw([]byte{9, 0})
	within.conn.Close()
	early := s.dial(t, "unix")
	early.greet(greeting("counter", 2, "manual", true))
	early.conn.Close()
	cut := s.dial(t, "unix")
	cut.greet(greeting("counter", 2, "manual", true))
	if err := os.Truncate(cut.Memory, 0); err != nil {
		t.Fatal(err)
	}
	cut.reset()
	step := s.dial(t, "unix")
	step.greet(greeting("counter", 2, "manual", true))
	step.raw(appendMessage(nil, kindStep, make([]byte, 16))[:12])
	step.conn.Close()

	last := s.dial(t, "tcp")
	last.greet(greeting("counter", 2, "manual", false))
	last.reset()
	s.stop() // it waits for the clients that left, and ends those that did not
	last.expectEnd()
	if left, _ := os.ReadDir(s.folder); len(left) != 0 {
		t.Errorf("%v remains", left)
	}
	if _, err := os.Lstat(s.unix); err == nil {
		t.Error("the socket remains")
	}
	if log := s.log.String(); strings.Count(log, "\n") != 6 || !strings.Contains(log, "the client left within a message") {
		t.Errorf("log %q", log)
	}
}

func TestTooManyClients(t *testing.T) {
	s := newSite(t)
	for range maxClients {
		s.dial(t, "unix").greet(greeting("counter", 1, "manual", false))
	}
	s.dial(t, "tcp").expectError(codeLimit, "the server has 256 clients already")
}

func TestListenUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket %v, %v", info.Mode(), err)
	}
	if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "another server listens on") {
		t.Errorf("two servers on one socket: %v", err)
	}
	// A killed server leaves its socket.
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	again, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "is not a socket") {
		t.Errorf("a file: %v", err)
	}
	if _, err := ListenUnix(filepath.Join(path, "none")); err == nil {
		t.Error("no error for a socket below a file")
	}
}

// Of several servers that find the socket of a killed one at once, one gets it, and clients
// reach it.
func TestListenUnixAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for range 50 {
		dead, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		dead.(*net.UnixListener).SetUnlinkOnClose(false)
		dead.Close()
		listeners, errs := make([]net.Listener, 4), make([]error, 4)
		var wg sync.WaitGroup
		for i := range listeners {
			wg.Go(func() { listeners[i], errs[i] = ListenUnix(path) })
		}
		wg.Wait()
		count := 0
		for i, l := range listeners {
			if errs[i] == nil {
				count++
				defer l.Close()
			} else if !strings.Contains(errs[i].Error(), "another server listens on") {
				t.Error(errs[i])
			}
		}
		conn, err := net.Dial("unix", path)
		if count != 1 || err != nil {
			t.Fatalf("%d servers listen, dialing one: %v", count, err)
		}
		conn.Close()
		for _, l := range listeners {
			if l != nil {
				l.Close()
			}
		}
	}
}

func TestListenTCP(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:7000"} {
		if _, err := ListenTCP(address, false); err == nil || !strings.Contains(err.Error(), "other machines could connect") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := ListenTCP("127.0.0.1:many", false); err == nil {
		t.Error("no error for a bad port")
	}
	l, err := ListenTCP("0.0.0.0:0", true)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
