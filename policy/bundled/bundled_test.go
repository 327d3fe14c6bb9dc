package bundled_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/policy/bundled"
	"roadloop/policy/learn"
	"roadloop/policy/tasks"
)

// Every bundled policy fits its task in this program, and has a model card about it.
func TestPoliciesFitTheirTasks(t *testing.T) {
	all := tasks.All()
	for _, b := range bundled.All() {
		p, err := learn.DecodePolicy(b.Data)
		if err != nil {
			t.Errorf("%s: %v", b.Name, err)
			continue
		}
		task, err := all.Find(b.Task)
		if err != nil {
			t.Errorf("%s: %v", b.Name, err)
			continue
		}
		env, err := task.New()
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Spec.Fits(env.Spec()); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
		card, err := os.ReadFile(filepath.Join("files", b.Name+".md"))
		if err != nil || !strings.Contains(string(card), p.Spec.Task) {
			t.Errorf("%s: card without the task %s (%v)", b.Name, p.Spec.Task, err)
		}
	}
}

func TestFind(t *testing.T) {
	for _, name := range bundled.Names() {
		if p, found := bundled.Find(name); !found || p.Name != name || len(p.Data) == 0 {
			t.Errorf("%s: %v, %d bytes", name, found, len(p.Data))
		}
	}
	if p, found := bundled.Find("highway"); found {
		t.Errorf("found %s", p.Name)
	}
}
