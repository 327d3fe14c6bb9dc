package report

import (
	"errors"
	"fmt"
	"io/fs"
)

// Program is what lets a page simulate recorded drives again: cmd/roadloop-replay, as
// built for browsers.
type Program struct {
	Wasm []byte // gzip of WebAssembly
	Glue []byte // wasm_exec.js of the Go that built it
}

// ErrNoProgram tells that this build carries no program for browsers. make build makes
// it and puts it beside the page's sources before it builds the commands; the sources
// alone build without.
var ErrNoProgram = errors.New("this build carries no program for browsers: build roadloop with make build")

// Bundled returns the program that this build carries. It fails with ErrNoProgram where
// there is none.
func Bundled() (*Program, error) {
	wasm, err := pageFiles.ReadFile("page/replay.wasm.gz")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoProgram
	}
	if err != nil {
		return nil, fmt.Errorf("the program for browsers: %w", err)
	}
	glue, err := pageFiles.ReadFile("page/wasm_exec.js")
	if err != nil {
		return nil, fmt.Errorf("the program for browsers: %w", err)
	}
	return &Program{Wasm: wasm, Glue: glue}, nil
}

// parcels returns the program as parts of the page: WebAssembly, and the script of the
// worker that runs it.
func (p *Program) parcels() ([]parcel, error) {
	worker, err := pageFiles.ReadFile("page/worker.js")
	if err != nil {
		return nil, fmt.Errorf("the program for browsers: %w", err)
	}
	script, err := pack(append(append([]byte(nil), p.Glue...), worker...))
	if err != nil {
		return nil, err
	}
	return []parcel{newParcel("program", encode(p.Wasm)), newParcel("worker", script)}, nil
}
