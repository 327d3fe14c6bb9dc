package editor

import (
	"strings"
	"testing"
)

// Of several requests in a row, the last one gets a result, and no earlier one gets a
// result after it.
func TestWorkerReturnsLatestResult(t *testing.T) {
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
