package cli

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// checked is a flag value with a check. pflag adds the flag and the value to its
// errors.
type checked[T any] struct {
	value *T
	kind  string // type in the help: int, float, duration
	parse func(string) (T, error)
	ok    func(T) bool
	want  string // such as "an integer from 1 to 1024"
}

func (c *checked[T]) Set(text string) error {
	v, err := c.parse(text)
	if err != nil || !c.ok(v) {
		return errors.New("must be " + c.want)
	}
	*c.value = v
	return nil
}

func (c *checked[T]) String() string {
	if c.value == nil {
		return ""
	}
	return fmt.Sprint(*c.value)
}

func (c *checked[T]) Type() string { return c.kind }

// maxInt means that an integer has no upper bound.
const maxInt = math.MaxInt64

// between returns the description and the check of an integer within bounds.
func between[T cmp.Ordered](least, most T, unbounded bool) (want string, ok func(T) bool) {
	want = fmt.Sprintf("an integer from %v to %v", least, most)
	if unbounded {
		want = fmt.Sprintf("an integer ≥ %v", least)
	}
	return want, func(v T) bool { return v >= least && v <= most }
}

// intVar declares a flag for an integer between least and most.
func intVar(fl *pflag.FlagSet, p *int, name string, value, least, most int, usage string) {
	*p = value
	want, ok := between(least, most, most == maxInt)
	fl.Var(&checked[int]{p, "int", strconv.Atoi, ok, want}, name, usage)
}

// int64Var declares a flag for an integer between least and most.
func int64Var(fl *pflag.FlagSet, p *int64, name string, value, least, most int64, usage string) {
	*p = value
	want, ok := between(least, most, most == maxInt)
	parse := func(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }
	fl.Var(&checked[int64]{p, "int", parse, ok, want}, name, usage)
}

// floatVar declares a flag for a number that satisfies ok. want describes the
// condition.
func floatVar(fl *pflag.FlagSet, p *float64, name string, value float64, want string, ok func(float64) bool, usage string) {
	*p = value
	parse := func(text string) (float64, error) { return strconv.ParseFloat(text, 64) }
	fl.Var(&checked[float64]{p, "float", parse, ok, want}, name, usage)
}

// choiceVar declares a flag for one of several names. The default may be another one.
func choiceVar(fl *pflag.FlagSet, p *string, name, value string, names []string, usage string) {
	*p = value
	parse := func(text string) (string, error) { return text, nil }
	ok := func(text string) bool { return text == value || slices.Contains(names, text) }
	fl.Var(&checked[string]{p, "string", parse, ok, "one of " + strings.Join(names, ", ")}, name, usage)
}

// durationVar declares a flag for a duration ≥ 0.
func durationVar(fl *pflag.FlagSet, p *time.Duration, name string, value time.Duration, usage string) {
	*p = value
	fl.Var(&checked[time.Duration]{p, "duration", time.ParseDuration, func(d time.Duration) bool { return d >= 0 }, "a duration ≥ 0 such as 2.5s"}, name, usage)
	if value == 0 {
		fl.Lookup(name).DefValue = "" // none to show
	}
}

// maxJobs is the upper bound of --jobs and --workers.
const maxJobs = 1024
