package editor

import (
	"strings"
	"testing"
)

// Of texts that are asked in a row the last one is answered, and none that was asked
// before it after that.
func TestWorkerAnswersTheLast(t *testing.T) {
	var w worker
	for _, name := range []string{"one", "two", "three"} {
		w.ask("x.yaml", strings.Replace(empty, "Someone ahead", name, 1))
	}
	w.running.Wait()
	r := w.take()
	if r == nil || !strings.Contains(r.findings.Text, "name: three") || r.preview == nil {
		t.Fatalf("the answer is %+v", r)
	}
	if w.take() != nil {
		t.Error("an answer comes twice")
	}
	w.ask("x.yaml", empty)
	w.close()
	if w.busy || w.next != nil {
		t.Error("closed, it goes on")
	}
}
