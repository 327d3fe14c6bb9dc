package edit

import (
	"fmt"
	"slices"
	"strings"
)

// put returns the text with a value at a path. It replaces an existing value. It adds
// missing mappings on the path, with each key in schema order. An index equal to the
// length of a list appends to it.
func put(text string, path []part, value any) (string, error) {
	top, err := parseLayout(text)
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
	written, err := writeFlow(value)
	if err != nil {
		return "", err
	}
	if n.start == n.end { // an empty value
		written = " " + written
	}
	return text[:n.start] + written + text[n.end:], nil
}

// wrap returns a value inside the mappings and lists of a path.
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
		return "", fmt.Errorf("index %[2]d is beyond the end of the list with %[1]d elements", len(n.children), p.index)
	}
	if len(n.children) > 0 && !n.flow {
		return insertBlock(text, n, p, value)
	}
	written, err := writeFlow(value)
	if err != nil {
		return "", err
	}
	if p.index < 0 {
		key, err := writeFlow(p.key)
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

// String formats the part as in a path.
func (p part) String() string {
	if p.index < 0 {
		return Key(p.key)
	}
	return fmt.Sprintf("[%d]", p.index)
}

// insertIndex returns the index at which a new child is inserted: the end of a list; in a
// mapping, after the last key with a lower rank.
func (n *node) insertIndex(p part) int {
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
	i := n.insertIndex(p)
	if i == 0 {
		at := n.children[0].start
		return text[:at] + written + ", " + text[at:]
	}
	at := n.children[i-1].value.end
	return text[:at] + ", " + written + text[at:]
}

// writeChild formats a child of a block at a column: an entry, or an element in the style
// of the last element.
func writeChild(n *node, p part, value any, column int) (string, error) {
	if p.index < 0 {
		return writeEntry(p.key, value, column)
	}
	style := func() (string, error) { return writeBlock(value, column+2) }
	if last := n.children[len(n.children)-1].value; last.kind == scalar || last.flow {
		style = func() (string, error) { return writeFlow(value) }
	}
	written, err := style()
	return "- " + written, err
}

// insertBlock adds a child on new lines. A comment after the previous child stays on its
// line.
func insertBlock(text string, n *node, p part, value any) (string, error) {
	first := n.children[0].start
	written, err := writeChild(n, p, value, column(text, first))
	if err != nil {
		return "", err
	}
	return insertLines(text, n, n.insertIndex(p), written), nil
}

// insertLines inserts a formatted child before child i of a block.
func insertLines(text string, n *node, i int, written string) string {
	first := n.children[0].start
	if i == 0 && !startsLine(text, first) { // the first key of a list's element
		return text[:first] + written + "\n" + indent(column(text, first)) + text[first:]
	}
	if i == 0 {
		at := lineStart(text, first)
		return text[:at] + text[at:first] + written + "\n" + text[at:]
	}
	line := indent(column(text, first)) + written + "\n"
	at := lineEnd(text, n.children[i-1].value.end)
	if at == len(text) && !strings.HasSuffix(text, "\n") {
		return text + "\n" + line
	}
	return text[:at] + line + text[at:]
}

// lineStart returns the start of the line that contains a byte.
func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

// lineEnd returns the start of the next line.
func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(text)
}

// column returns the number of bytes before a byte on its line.
func column(text string, at int) int { return at - lineStart(text, at) }

func indent(n int) string { return strings.Repeat(" ", n) }

// startsLine reports whether only white space precedes a byte on its line.
func startsLine(text string, at int) bool {
	return strings.TrimSpace(text[lineStart(text, at):at]) == ""
}

// remove returns the text without the value at a path and its key. It also removes
// mappings and lists that become empty.
func remove(text string, path []part) (string, error) {
	top, err := parseLayout(text)
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
	case len(n.children) == 1: // the only child
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

// removeBlock removes the lines of a child, including the comment after it. It keeps the
// lines between the child and the next one.
func removeBlock(text string, n *node, i int) string {
	start, end := n.children[i].start, lineEnd(text, n.children[i].value.end)
	if startsLine(text, start) {
		return text[:lineStart(text, start)] + text[end:]
	}
	return text[:start] + text[n.children[i+1].start:] // the dash of the element is on the same line
}
