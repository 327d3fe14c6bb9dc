package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/assets"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// A model that was pretrained on masked frames has no detection heads.
func TestPretrainedModelsAreRejected(t *testing.T) {
	c := network.DefaultConfig()
	c.Widths, c.Heads = [6]int{4, 4, 4, 4, 4, 8}, training.PixelHeads
	w, err := network.NewWeights(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	data, err := w.Encode(network.Meta{Heads: training.Masked.HeadNames()})
	if err != nil {
		t.Fatal(err)
	}
	dir := files(t, map[string]string{"short.yaml": short, "masked.rlm": string(data)})
	model := filepath.Join(dir, "masked.rlm")
	for _, args := range [][]string{
		{"run", filepath.Join(dir, "short.yaml"), "--model", model},
		{"test", filepath.Join(dir, "short.yaml"), "--model", model},
		{"eval", "--frames", "4", "--model", model},
	} {
		var out, stderr bytes.Buffer
		code := execute(args, &out, &stderr)
		if code != exitInput || !strings.Contains(stderr.String(), "masked.rlm") || !strings.Contains(stderr.String(), "its heads are for masked pixels") {
			t.Errorf("%v: exit code %d, %q", args, code, stderr.String())
		}
	}
}

// Endless files are rejected before they fill the memory.
func TestEndlessFiles(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("no /dev/zero")
	}
	for _, args := range [][]string{
		{"eval", "--model", "/dev/zero"}, {"verify", "/dev/zero"}, {"merge", "/dev/zero"},
		{"train", "--from", "/dev/zero", "--out", filepath.Join(t.TempDir(), "run")},
	} {
		var out, stderr bytes.Buffer
		code, says := execute(args, &out, &stderr), stderr.String()
		if code != exitInput || !strings.Contains(says, "/dev/zero: not a roadloop") && !strings.Contains(says, "/dev/zero: too large") {
			t.Errorf("%v: exit code %d, %q", args, code, says)
		}
	}
}

// A trace names the instruction set of its network. With another one it is rejected,
// not reported as different.
func TestTracesNameTheirInstructionSet(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	var out, stderr bytes.Buffer
	if code := execute([]string{"run", filepath.Join(dir, "short.yaml"), "--model", "small", "--trace", dir}, &out, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	path := filepath.Join(dir, "short-1.trace")
	trace, err := trace.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if trace.Header.ISA != network.ISA() || trace.Header.Perception != runner.CNN {
		t.Errorf("instruction set %q, want %q", trace.Header.ISA, network.ISA())
	}
	if code := execute([]string{"verify", path, "--model", "small"}, &out, &stderr); code != exitOK {
		t.Errorf("exit code %d: %s%s", code, out.String(), stderr.String())
	}
	for _, args := range [][]string{
		{"verify", "--model", "small"}, {"explain", "--model", "small"},
		{"film", "--model", "small", "--out", filepath.Join(dir, "a.png")}, {"data", "--model", "small", "--out", filepath.Join(dir, "lesson"), "--from"},
	} {
		other := filepath.Join(dir, "other.trace")
		writeTraceOf(t, other, trace, "avx1024")
		args = append(args, other)
		out.Reset()
		stderr.Reset()
		if code := execute(args, &out, &stderr); code != exitInput || !strings.Contains(stderr.String(), "other.trace: ") || !strings.Contains(stderr.String(), "--isa avx1024") {
			t.Errorf("%v: exit code %d, %q", args, code, stderr.String())
		}
	}
}

// writeTraceOf writes a trace with another instruction set in its header.
func writeTraceOf(t *testing.T, path string, trace *trace.Trace, isa string) {
	t.Helper()
	other := *trace
	other.Header.ISA = isa
	data, err := other.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// --model accepts an ONNX model. Its traces name it, and are verified with it.
func TestONNXModel(t *testing.T) {
	w, err := assets.SmallModel()
	if err != nil {
		t.Fatal(err)
	}
	data, err := w.ONNX()
	if err != nil {
		t.Fatal(err)
	}
	dir := files(t, map[string]string{"short.yaml": short, "mine.onnx": string(data), "text.onnx": "hello"})
	at := func(name string) string { return filepath.Join(dir, name) }
	out, _ := command(t, exitOK, "run", at("short.yaml"), "--model", at("mine.onnx"), "--trace", dir)
	if !strings.Contains(out, "stack, cnn-opencv: 1 of 1 passed") {
		t.Errorf("printed %q", out)
	}
	out, _ = command(t, exitOK, "verify", at("short-1.trace"), "--model", at("mine.onnx"))
	if !strings.Contains(out, "short-1.trace: equal") {
		t.Errorf("printed %q", out)
	}
	command(t, exitOK, "eval", "--frames", "2", "--model", at("mine.onnx"))
	for says, args := range map[string][]string{
		"is neither bundled nor loaded":    {"verify", at("short-1.trace")},
		"the trace needs model":            {"verify", at("short-1.trace"), "--model", "small"},
		"text.onnx: ONNX model":            {"run", at("short.yaml"), "--model", at("text.onnx")},
		"runs in float32 only":             {"eval", "--frames", "2", "--bf16", "--model", at("mine.onnx")},
		"--perception oracle uses no netw": {"explain", "cut-in/1", "--perception", "oracle", "--model", at("mine.onnx")},
	} {
		if _, got := command(t, exitInput, args...); !strings.Contains(got, says) {
			t.Errorf("%v: says %q, want %q", args, got, says)
		}
	}
}
