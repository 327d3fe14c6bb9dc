package edit

import (
	"fmt"
	"slices"
	"strings"
)

// put returns the text with a value at a path, in the place of the one that is there.
// Mappings that are missing on the way are added, each key among the others of its
// mapping in the order of the schema. An index one beyond a list appends to it.
func put(text string, path []part, value any) (string, error) {
	top, err := lay(text)
	if err != nil {
		return "", err
	}
	n, at := top, -1
	var above *node
	for i, p := range path {
		above, at = n, n.child(p)
		if at < 0 {
			return insert(text, above, p, wrap(path[i+1:], value))
		}
		n = n.children[at].value
	}
	written, err := write(value)
	if err != nil {
		return "", err
	}
	if n.start == n.end { // nothing stood there
		written = " " + written
	}
	return text[:n.start] + written + text[n.end:], nil
}

// wrap returns a value inside the mappings and lists that a path leads through.
func wrap(path []part, value any) any {
	for _, p := range slices.Backward(path) {
		if p.index >= 0 {
			value = []any{value}
		} else {
			value = map[string]any{p.key: value}
		}
	}
	return value
}

// insert adds a child to a mapping or list.
func insert(text string, n *node, p part, value any) (string, error) {
	switch {
	case n.kind == mapping && p.index >= 0, n.kind == list && p.index < 0, n.kind == scalar && n.start < n.end:
		return "", fmt.Errorf("there is no %s", p)
	case n.kind == list && p.index > len(n.children):
		return "", fmt.Errorf("the list has %d elements, none can be number %d", len(n.children), p.index)
	}
	if len(n.children) > 0 && !n.flow {
		return insertBlock(text, n, p, value)
	}
	written, err := write(value)
	if err != nil {
		return "", err
	}
	if p.index < 0 {
		key, err := write(p.key)
		if err != nil {
			return "", err
		}
		written = key + ": " + written
	}
	switch {
	case n.kind == scalar: // an empty value
		return text[:n.start] + " " + brackets(p, written) + text[n.end:], nil
	case len(n.children) == 0:
		return text[:n.start] + brackets(p, written) + text[n.end:], nil
	}
	return insertFlow(text, n, p, written), nil
}

func brackets(p part, written string) string {
	if p.index < 0 {
		return "{" + written + "}"
	}
	return "[" + written + "]"
}

// String returns the part as a path writes it.
func (p part) String() string {
	if p.index < 0 {
		return Key(p.key)
	}
	return fmt.Sprintf("[%d]", p.index)
}

// slot returns before which child a new one belongs: the end of a list; in a mapping
// behind the last key that ranks before it.
func (n *node) slot(p part) int {
	if p.index >= 0 {
		return len(n.children)
	}
	for i := range slices.Backward(n.children) {
		if byOrder(n.children[i].key, p.key) < 0 {
			return i + 1
		}
	}
	return 0
}

func insertFlow(text string, n *node, p part, written string) string {
	i := n.slot(p)
	if i == 0 {
		at := n.children[0].start
		return text[:at] + written + ", " + text[at:]
	}
	at := n.children[i-1].value.end
	return text[:at] + ", " + written + text[at:]
}

// writeChild returns a child of a block in a column: an entry, or an element in the style
// of the one before it.
func writeChild(n *node, p part, value any, column int) (string, error) {
	if p.index < 0 {
		return writeEntry(p.key, value, column)
	}
	style := func() (string, error) { return writeBlock(value, column+2) }
	if last := n.children[len(n.children)-1].value; last.kind == scalar || last.flow {
		style = func() (string, error) { return write(value) }
	}
	written, err := style()
	return "- " + written, err
}

// insertBlock adds lines of its own. What follows the child before it in its line, a
// comment, stays there.
func insertBlock(text string, n *node, p part, value any) (string, error) {
	first := n.children[0].start
	written, err := writeChild(n, p, value, column(text, first))
	if err != nil {
		return "", err
	}
	return insertLines(text, n, n.slot(p), written), nil
}

// insertLines puts a child that was written before the child number i of a block.
func insertLines(text string, n *node, i int, written string) string {
	first := n.children[0].start
	if i == 0 && !lineIndented(text, first) { // the first key of a list's element
		return text[:first] + written + "\n" + blank(column(text, first)) + text[first:]
	}
	if i == 0 {
		at := lineStart(text, first)
		return text[:at] + text[at:first] + written + "\n" + text[at:]
	}
	line := blank(column(text, first)) + written + "\n"
	at := lineEnd(text, n.children[i-1].value.end)
	if at == len(text) && !strings.HasSuffix(text, "\n") {
		return text + "\n" + line
	}
	return text[:at] + line + text[at:]
}

// lineStart and lineEnd return where the line of a byte starts, and where the next one
// does.
func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(text)
}

// column returns how many bytes stand before a byte in its line.
func column(text string, at int) int { return at - lineStart(text, at) }

func blank(n int) string { return strings.Repeat(" ", n) }

// lineIndented tells that nothing but blanks stands before a byte in its line.
func lineIndented(text string, at int) bool {
	return strings.TrimSpace(text[lineStart(text, at):at]) == ""
}

// remove returns the text without the value at a path and its key. A mapping or list
// that is empty then goes as well.
func remove(text string, path []part) (string, error) {
	top, err := lay(text)
	if err != nil {
		return "", err
	}
	nodes := []*node{top}
	for _, p := range path {
		n := nodes[len(nodes)-1]
		at := n.child(p)
		if at < 0 {
			return "", fmt.Errorf("there is no %s", p)
		}
		nodes = append(nodes, n.children[at].value)
	}
	last := len(path) - 1
	for last > 0 && len(nodes[last].children) == 1 {
		last--
	}
	n := nodes[last]
	i := n.child(path[last])
	switch {
	case len(n.children) == 1: // all that there is
		return text[:n.start] + "{}" + text[n.end:], nil
	case n.flow:
		return removeFlow(text, n, i), nil
	}
	return removeBlock(text, n, i), nil
}

func removeFlow(text string, n *node, i int) string {
	if i == 0 {
		return text[:n.children[0].start] + text[n.children[1].start:]
	}
	return text[:n.children[i-1].value.end] + text[n.children[i].value.end:]
}

// removeBlock takes out the lines of a child, with the comment behind it, and leaves
// those between it and the next.
func removeBlock(text string, n *node, i int) string {
	start, end := n.children[i].start, lineEnd(text, n.children[i].value.end)
	if lineIndented(text, start) {
		return text[:lineStart(text, start)] + text[end:]
	}
	return text[:start] + text[n.children[i+1].start:] // it shares its line with a dash
}
