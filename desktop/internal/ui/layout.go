package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"roadloop/internal/fileio"
)

// LayoutVersion is the version of saved layouts that this program reads.
const LayoutVersion = 1

// Layout is the arrangement of the panels. It is saved as JSON.
type Layout struct {
	Version int   `json:"version"`
	Root    *Node `json:"root"`
	// Hidden are panels that keep their place but are not shown.
	Hidden []string `json:"hidden,omitempty"`
	// Maximized is the maximized panel, "" for none.
	Maximized string `json:"maximized,omitempty"`
}

// Node is a node of a layout: a split with two parts, or a stack of panels.
type Node struct {
	// Split is "row" for A to the left of B, "column" for A above B, and "" for a stack.
	Split string  `json:"split,omitempty"`
	At    float64 `json:"at,omitempty"` // share of A, 0 to 1
	A     *Node   `json:"a,omitempty"`
	B     *Node   `json:"b,omitempty"`

	Panels []string `json:"panels,omitempty"`
	Active string   `json:"active,omitempty"` // the front panel

	area Rect // in the dock, of the last frame
}

// Row returns a to the left of b.
func Row(at float64, a, b *Node) *Node { return &Node{Split: "row", At: at, A: a, B: b} }

// Column returns a above b.
func Column(at float64, a, b *Node) *Node { return &Node{Split: "column", At: at, A: a, B: b} }

// Stack returns a stack of panels with the first one in front.
func Stack(panels ...string) *Node { return &Node{Panels: panels, Active: panels[0]} }

// check returns an error if a layout that was read is invalid.
func (l *Layout) check() error {
	if l.Version != LayoutVersion {
		return fmt.Errorf("unsupported layout version %d, want %d", l.Version, LayoutVersion)
	}
	return l.Root.check(map[string]bool{})
}

func (n *Node) check(seen map[string]bool) error {
	switch {
	case n == nil:
		return errors.New("missing node")
	case n.Split == "row" || n.Split == "column":
		if !(n.At > 0 && n.At < 1) {
			return fmt.Errorf("split at %v must be between 0 and 1", n.At)
		}
		return errors.Join(n.A.check(seen), n.B.check(seen))
	case n.Split != "":
		return fmt.Errorf("split %q must be row or column", n.Split)
	case len(n.Panels) == 0:
		return errors.New("stack without panels")
	}
	for _, p := range n.Panels {
		if seen[p] {
			return fmt.Errorf("duplicate panel %q", p)
		}
		seen[p] = true
	}
	return nil
}

// find returns the stack of a panel, nil if there is none.
func (n *Node) find(panel string) *Node {
	if n == nil || n.Split == "" && !slices.Contains(n.Panels, panel) {
		return nil
	}
	if n.Split == "" {
		return n
	}
	if s := n.A.find(panel); s != nil {
		return s
	}
	return n.B.find(panel)
}

// without returns the tree without a panel, nil if nothing is left.
func (n *Node) without(panel string) *Node {
	if n.Split == "" {
		n.Panels = slices.DeleteFunc(n.Panels, func(p string) bool { return p == panel })
		if len(n.Panels) == 0 {
			return nil
		}
		if n.Active == panel {
			n.Active = n.Panels[0]
		}
		return n
	}
	n.A, n.B = n.A.without(panel), n.B.without(panel)
	switch {
	case n.A == nil:
		return n.B
	case n.B == nil:
		return n.A
	}
	return n
}

// stacks appends the stacks of the tree, from the upper left.
func (n *Node) stacks(to []*Node) []*Node {
	if n == nil {
		return to
	}
	if n.Split == "" {
		return append(to, n)
	}
	return n.B.stacks(n.A.stacks(to))
}

// ReadLayout reads a layout from a file. If the file does not exist, the error is
// fs.ErrNotExist.
func ReadLayout(path string) (*Layout, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the layout: %w", err)
	}
	l := new(Layout)
	if err := json.Unmarshal(data, l); err != nil {
		return nil, fmt.Errorf("layout %s is damaged: %w", path, err)
	}
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("layout %s is damaged: %w", path, err)
	}
	return l, nil
}

// Write writes the layout to a file atomically.
func (l *Layout) Write(path string) error {
	data, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the layout: %w", err)
	}
	if err := fileio.Write(path, append(data, '\n')); err != nil {
		return fmt.Errorf("writing the layout: %w", err)
	}
	return nil
}
