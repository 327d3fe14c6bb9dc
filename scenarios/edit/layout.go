package edit

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// node is a value and its byte range in the text.
type node struct {
	start, end int
	kind       kind
	flow       bool    // in braces or brackets
	children   []child // of a mapping or a list, in order
}

type kind uint8

const (
	scalar kind = iota
	mapping
	list
)

// child is an entry of a mapping or an element of a list.
type child struct {
	key   string // of an entry
	start int    // of the key, of the dash of an element, or of the value in brackets
	value *node
}

// child returns the index of the child that p names, or -1.
func (n *node) child(p part) int {
	for i := range n.children {
		if p.index < 0 && n.kind == mapping && n.children[i].key == p.key || n.kind == list && i == p.index {
			return i
		}
	}
	return -1
}

// layout finds the byte ranges of all values in a text.
type layout struct {
	text  string
	lines []int // start of each line
}

// parseLayout returns the root node of a text. The YAML module may panic on broken text;
// parseLayout returns an error instead.
func parseLayout(text string) (n *node, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = nil, fmt.Errorf("is not YAML: %v", r)
		}
	}()
	f, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return nil, fmt.Errorf("is not YAML: %w", err)
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, fmt.Errorf("contains %d documents, want one", len(f.Docs))
	}
	l := &layout{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			l.lines = append(l.lines, i+1)
		}
	}
	return l.node(f.Docs[0].Body), nil
}

// offset returns the byte offset of a token. Columns of tokens count runes.
func (l *layout) offset(t *token.Token) int {
	at := l.lines[min(max(t.Position.Line-1, 0), len(l.lines)-1)]
	for range t.Position.Column - 1 {
		if at >= len(l.text) {
			return len(l.text)
		}
		_, size := utf8.DecodeRuneInString(l.text[at:])
		at += size
	}
	return at
}

// node returns the node of a value.
func (l *layout) node(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.MappingNode:
		return l.mapping(n)
	case *ast.SequenceNode:
		return l.list(n)
	case *ast.NullNode:
		// An empty value has no bytes. Its token is that of its key.
		at := l.offset(n.GetToken())
		if !strings.HasPrefix(l.text[at:], "null") && !strings.HasPrefix(l.text[at:], "~") {
			at = l.endBefore(n.GetToken().Next)
			return &node{start: at, end: at}
		}
	}
	first, last := n.GetToken(), n.GetToken()
	if lit, ok := n.(*ast.LiteralNode); ok {
		last = lit.Value.GetToken()
	}
	return &node{start: l.offset(first), end: l.endBefore(last.Next)}
}

// endBefore returns the end of the text before a token, without trailing white space.
func (l *layout) endBefore(next *token.Token) int {
	end := len(l.text)
	if next != nil {
		end = l.offset(next)
	}
	return len(strings.TrimRight(l.text[:end], " \t\r\n"))
}

func (l *layout) mapping(n *ast.MappingNode) *node {
	out := &node{kind: mapping, flow: n.IsFlowStyle}
	for _, v := range n.Values {
		key := v.Key.GetToken()
		out.children = append(out.children, child{key: key.Value, start: l.offset(key), value: l.node(v.Value)})
	}
	l.span(out, n.Start, n.End)
	return out
}

func (l *layout) list(n *ast.SequenceNode) *node {
	out := &node{kind: list, flow: n.IsFlowStyle}
	for i, v := range n.Values {
		c := child{value: l.node(v)}
		c.start = c.value.start
		if !n.IsFlowStyle && i < len(n.Entries) {
			c.start = l.offset(n.Entries[i].Start)
		}
		out.children = append(out.children, c)
	}
	l.span(out, n.Start, n.End)
	return out
}

// span sets the byte range of a mapping or list.
func (l *layout) span(n *node, start, end *token.Token) {
	if n.flow {
		n.start, n.end = l.offset(start), l.offset(end)+1
		return
	}
	n.start, n.end = n.children[0].start, n.children[len(n.children)-1].value.end
}
