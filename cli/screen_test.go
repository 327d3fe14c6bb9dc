package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, line string
		width      int
		want       string
	}{
		{"not a terminal", strings.Repeat("word ", 50), 0, strings.Repeat("word ", 50)},
		{"fits", "a few words", 11, "a few words"},
		{"table", "FAIL  cut-in  7  collision with cutter at 4.2 s, impact at 41 km/h", 40,
			"FAIL  cut-in  7  collision with cutter \n                 at 4.2 s, impact at 41 \n                 km/h"},
		{"indented", "    roadloop run cut-in/7 --perception oracle", 30, "    roadloop run cut-in/7 \n        --perception oracle"},
		{"a word that is too long", "a " + strings.Repeat("x", 20) + " b", 10, "a " + strings.Repeat("x", 20) + " \n    b"},
		{"end of line", "one two three\n", 8, "one two \n    three\n"},
	} {
		got := wrap(c.line, c.width)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if squeeze(got) != squeeze(c.line) {
			t.Errorf("%s: the words are others: %q", c.name, got)
		}
	}
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

// Table lines fit the terminal, and words are not broken.
func TestScreenWrapsTables(t *testing.T) {
	var b bytes.Buffer
	s := &screen{w: &b, width: 60, color: true}
	const text = "FAIL  pedestrian-group  12  collision with the first of four pedestrians at 6.25 s, impact at 18 km/h, at fault\nok    cut-in            3   \n"
	for _, part := range strings.SplitAfter(text, " ") { // in pieces
		if _, err := s.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if !strings.HasPrefix(got, "\x1b[31mFAIL\x1b[0m  ped") || strings.Count(got, "\x1b") != 2 {
		t.Errorf("only FAIL is red: %q", got)
	}
	got = strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(got)
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, " \n")); n > 60 {
			t.Errorf("a line of %d columns: %q", n, line)
		}
	}
	if squeeze(got) != squeeze(text) {
		t.Errorf("%q", got)
	}
}

func TestPaint(t *testing.T) {
	for line, want := range map[string]string{
		"FAIL cut-in/7": "\x1b[31mFAIL\x1b[0m cut-in/7", "FAILURE": "FAILURE", "ok FAIL": "ok FAIL", "INVALID\n": "\x1b[31mINVALID\x1b[0m\n",
	} {
		if got := paint(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// ticking returns a meter with a clock that advances by a step at every reading.
func ticking(b *bytes.Buffer, total int, step time.Duration) *meter {
	m := newMeter(b, total, "frame", false)
	now := time.Unix(0, 0)
	m.now = func() time.Time { now = now.Add(step); return now }
	m.start, m.shown = now, now
	return m
}

// Without a terminal the meter prints a line every 30 s, with the rate and the time left.
func TestMeterWithoutTerminal(t *testing.T) {
	var b bytes.Buffer
	m := ticking(&b, 100, 10*time.Second)
	for i := range 7 {
		m.at(i + 1)
	}
	m.clear()
	if want := "3/100 frames, 0.1/s, 16m10s left\n6/100 frames, 0.1/s, 15m40s left\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestMeterDrawsBarOnTerminal(t *testing.T) {
	var b bytes.Buffer
	m := ticking(&b, 4, time.Second)
	m.terminal, m.note = true, "1 failed"
	m.at(2)
	if want := "\r\033[K[##########..........] 2/4 frames, 1 failed, 2/s, 1s left"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	m.clear()
	if !strings.HasSuffix(b.String(), "\r\033[K") {
		t.Errorf("the bar stays: %q", b.String())
	}
}

func TestQuietMeterIsSilent(t *testing.T) {
	var b bytes.Buffer
	m := ticking(&b, 4, time.Hour)
	m.terminal, m.quiet = true, true
	m.at(2)
	m.clear()
	if b.Len() > 0 {
		t.Errorf("%q", b.String())
	}
}
