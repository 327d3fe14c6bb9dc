package report

import (
	"errors"
	"fmt"
	"io/fs"

	"roadloop/scenarios/playback"
)

// Program is cmd/roadloop-replay as WebAssembly, with which a page re-simulates recorded
// drives.
type Program struct {
	Wasm []byte // gzip of WebAssembly
	Glue []byte // wasm_exec.js of the Go that built it
}

// ErrNoProgram is the error of a build without the WebAssembly program. make build builds
// it and copies it to the page's sources before it builds the commands; go build alone
// does not.
var ErrNoProgram = errors.New("this build has no WebAssembly program: build roadloop with make build")

// BundledProgram returns the embedded program, or ErrNoProgram if there is none.
func BundledProgram() (*Program, error) {
	wasm, err := pageFiles.ReadFile("page/replay.wasm.gz")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoProgram
	}
	if err != nil {
		return nil, fmt.Errorf("reading the WebAssembly program: %w", err)
	}
	glue, err := pageFiles.ReadFile("page/wasm_exec.js")
	if err != nil {
		return nil, fmt.Errorf("reading the WebAssembly program: %w", err)
	}
	return &Program{Wasm: wasm, Glue: glue}, nil
}

// blobs returns the program as blobs of the page: the WebAssembly, and the script of the
// worker that runs it.
func (p *Program) blobs() ([]blob, error) {
	worker, err := pageFiles.ReadFile("page/worker.js")
	if err != nil {
		return nil, fmt.Errorf("reading the WebAssembly program: %w", err)
	}
	script, err := playback.Pack(append(append([]byte(nil), p.Glue...), worker...))
	if err != nil {
		return nil, err
	}
	return []blob{newBlob("program", toBase64(p.Wasm)), newBlob("worker", script)}, nil
}
