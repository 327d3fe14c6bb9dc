package serve

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"roadloop/internal/fileio"
	"roadloop/policy"
)

// protocol and version name the protocol. The frame of messages, the hello and the error are
// the same in all versions, so that a mismatch gives a clear error.
const (
	protocol = "roadloop-policy"
	version  = 1
)

// kind is the kind of a message, its fifth byte.
type kind uint8

// Kinds of messages. Hello, reset, step, render, bye, policy and act are of the client.
const (
	kindHello   kind = 1  // JSON
	kindSpec    kind = 2  // JSON
	kindReset   kind = 3  // a mask of one byte and a seed of eight bytes per environment
	kindStep    kind = 4  // float32 values of actions
	kindRender  kind = 5  // uint32, the number of an environment
	kindBye     kind = 6  // nothing
	kindResult  kind = 7  // the arrays, or nothing if they are shared
	kindImage   kind = 8  // uint32 width and height, RGB bytes
	kindError   kind = 9  // JSON
	kindPolicy  kind = 10 // the bytes of a policy file
	kindAct     kind = 11 // nothing
	kindActions kind = 12 // float32 values of actions; nothing after a policy
)

func (k kind) String() string {
	names := [...]string{kindHello: "hello", kindSpec: "spec", kindReset: "reset", kindStep: "step", kindRender: "render",
		kindBye: "bye", kindResult: "result", kindImage: "image", kindError: "error", kindPolicy: "policy", kindAct: "act", kindActions: "actions"}
	if int(k) < len(names) && names[k] != "" {
		return names[k]
	}
	return fmt.Sprintf("message of kind %d", uint8(k))
}

// Limits of what a client can ask for.
const (
	maxHello        = 64 << 10  // bytes
	maxEnvironments = 4096      // of one client
	maxArrays       = 256 << 20 // bytes of all arrays of one client
	maxClients      = 256
	maxPolicy       = 64 << 20 // bytes
)

// headerSize is the size of the length and the kind of a message.
const headerSize = 5

// Codes of errors.
const (
	codeProtocol = "protocol" // a message that is not allowed here, or with a wrong size
	codeVersion  = "version"  // another version of the protocol
	codeTask     = "task"     // an unknown task, or one that cannot be made
	codeNeeds    = "needs"    // the task is not what the client needs
	codeLimit    = "limit"    // more than the server gives
	codeInternal = "internal" // the environment failed
	// After these, the connection goes on as if the message had not been sent.
	codeAction = "action" // an action outside of its space
	codeState  = "state"  // a step of an environment that has not been reset, or is done
	codeRender = "render" // an image of a task without images, or of no environment
	codePolicy = "policy" // a policy that is damaged or for another task, or none
)

// failure is the JSON of an error message.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *failure) Error() string { return f.Message }

// recoverable reports whether the connection goes on.
func (f *failure) recoverable() bool {
	return f.Code == codeAction || f.Code == codeState || f.Code == codeRender || f.Code == codePolicy
}

// fail returns an error that is sent to the client.
func fail(code, format string, args ...any) error {
	return &failure{code, fmt.Sprintf(format, args...)}
}

// hello is the JSON of the first message of a client.
type hello struct {
	Protocol     string       `json:"protocol"`
	Version      int          `json:"version"`
	Task         string       `json:"task"`
	Environments int          `json:"environments"`
	Autoreset    string       `json:"autoreset"`
	Shared       bool         `json:"shared"`          // arrays in shared memory
	Needs        *policy.Spec `json:"needs,omitempty"` // what the client was made for
}

// welcome is the JSON of the answer to a hello.
type welcome struct {
	Protocol     string       `json:"protocol"`
	Version      int          `json:"version"`
	Spec         *policy.Spec `json:"spec"`
	Environments int          `json:"environments"`
	Autoreset    string       `json:"autoreset"`
	Renders      bool         `json:"renders"`
	Arrays       []array      `json:"arrays"`
	Bytes        int          `json:"bytes"`            // of all arrays
	Memory       string       `json:"memory,omitempty"` // path of the file of shared memory
}

// modes are the names of autoreset modes.
var modes = map[string]policy.Autoreset{"next-step": policy.NextStep, "same-step": policy.SameStep, "manual": policy.Manual}

// readHeader reads the length of the rest of a message, and its kind. The error is io.EOF
// if there is no further message.
func readHeader(r io.Reader) (kind, int, error) {
	var h [headerSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("the client left within a message: %w", err)
		}
		return 0, 0, err
	}
	length := binary.LittleEndian.Uint32(h[:])
	if length == 0 {
		return 0, 0, fail(codeProtocol, "message without a kind")
	}
	return kind(h[4]), int(length - 1), nil
}

// readHello reads the first message, and checks what does not depend on the task.
func readHello(r *bufio.Reader) (*hello, error) {
	k, size, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	if k != kindHello {
		return nil, fail(codeProtocol, "the first message is a %v, not a hello", k)
	}
	if size > maxHello {
		return nil, fail(codeProtocol, "hello of %d bytes, at most %d are allowed", size, maxHello)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("reading the hello: %w", err)
	}
	var h hello
	// A hello of another version may have other fields.
	var named struct {
		Protocol string `json:"protocol"`
		Version  int    `json:"version"`
	}
	if err := json.Unmarshal(body, &named); err != nil {
		return nil, fail(codeProtocol, "hello: %v", err)
	}
	if named.Protocol != protocol {
		return nil, fail(codeProtocol, "the hello is of the protocol %q, not of %q", named.Protocol, protocol)
	}
	if named.Version != version {
		return nil, fail(codeVersion, "the client speaks version %d of the protocol, this server version %d", named.Version, version)
	}
	if err := fileio.DecodeJSON(body, &h); err != nil {
		return nil, fail(codeProtocol, "hello: %v", err)
	}
	if h.Environments < 1 || h.Environments > maxEnvironments {
		return nil, fail(codeLimit, "%d environments, not 1 to %d", h.Environments, maxEnvironments)
	}
	if _, ok := modes[h.Autoreset]; !ok {
		return nil, fail(codeProtocol, "autoreset %q is not next-step, same-step or manual", h.Autoreset)
	}
	return &h, nil
}

// appendMessage appends a message to buf.
func appendMessage(buf []byte, k kind, body []byte) []byte {
	return append(appendHeader(buf, k, len(body)), body...)
}

// appendHeader appends the header of a message with a body of the given size to buf.
func appendHeader(buf []byte, k kind, size int) []byte {
	return append(binary.LittleEndian.AppendUint32(buf, uint32(size+1)), byte(k))
}
