package cli

import (
	"bytes"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// isTerminal reports whether w is a terminal with control codes.
func isTerminal(w io.Writer) bool {
	f := underlyingFile(w)
	return f != nil && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// colored reports whether text for w may have colors: w is a terminal and NO_COLOR
// (https://no-color.org) is not set.
func colored(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

// widthOf returns the number of columns of a terminal, 0 for anything else.
func widthOf(w io.Writer) int {
	f := underlyingFile(w)
	if f == nil {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// screen formats text for a terminal: it wraps lines between words and colors failures
// red. Other outputs get the text unchanged. Flush writes an unfinished last line.
type screen struct {
	w     io.Writer
	width int // columns; 0 wraps nothing
	color bool
	line  []byte // unfinished line
}

// newScreen returns a screen for w.
func newScreen(w io.Writer) *screen {
	return &screen{w: w, width: widthOf(w), color: colored(w)}
}

func (s *screen) Write(p []byte) (int, error) {
	if s.width == 0 && !s.color {
		return s.w.Write(p)
	}
	s.line = append(s.line, p...)
	for {
		end := bytes.IndexByte(s.line, '\n')
		if end < 0 {
			return len(p), nil
		}
		if err := s.put(string(s.line[:end]) + "\n"); err != nil {
			return 0, err
		}
		s.line = s.line[end+1:]
	}
}

// Flush writes the unfinished line.
func (s *screen) Flush() error {
	left := string(s.line)
	s.line = nil
	return s.put(left)
}

func (s *screen) put(line string) error {
	line = wrap(line, s.width)
	if s.color {
		line = paint(line)
	}
	_, err := io.WriteString(s.w, line)
	return err
}

// red is the control code for failures.
const red, plain = "\x1b[31m", "\x1b[0m"

// marks are the words that mark a failure at the start of a line.
var marks = []string{"FAIL", "INVALID", "ALIVE"}

// paint colors the mark of a failure red.
func paint(line string) string {
	for _, mark := range marks {
		if rest, ok := strings.CutPrefix(line, mark); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\n') {
			return red + mark + plain + rest
		}
	}
	return line
}

// gap separates the columns of a table.
const gap = "  "

// wrap breaks a line that is longer than width between words. Continuation lines are
// indented to the last column of a table, or by four columns.
func wrap(line string, width int) string {
	if width == 0 || utf8.RuneCountInString(line) <= width {
		return line
	}
	lead := len(line) - len(strings.TrimLeft(line, " "))
	indent := lead + 4
	if at := strings.LastIndex(strings.TrimRight(line, " \n"), gap); at >= lead {
		indent = utf8.RuneCountInString(line[:at+len(gap)])
	}
	if indent > width*2/3 {
		indent = lead + 4
	}
	var b strings.Builder
	b.WriteString(line[:lead])
	column := lead
	for word := range strings.SplitAfterSeq(line[lead:], " ") {
		n := utf8.RuneCountInString(strings.TrimRight(word, " \n"))
		if column+n > width && column > indent {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		}
		b.WriteString(word)
		column += utf8.RuneCountInString(word)
	}
	return b.String()
}
