package cli

import (
	"runtime/debug"
	"testing"
)

func TestCommit(t *testing.T) {
	vcs := func(revision, modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified}}
	}
	for _, c := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{Settings: vcs("abc123", "false")}, "abc123"},
		{debug.BuildInfo{Settings: vcs("abc123", "true")}, "abc123+changes"},
		{debug.BuildInfo{Main: debug.Module{Version: "v1.2.0"}}, "v1.2.0"},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "development build"},
		{debug.BuildInfo{}, "development build"},
	} {
		if got := commitOf(&c.info); got != c.want {
			t.Errorf("%v: %q, want %q", c.info, got, c.want)
		}
	}
}
