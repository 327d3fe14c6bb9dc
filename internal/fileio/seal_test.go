package fileio

import (
	"errors"
	"testing"
)

func TestSealDetectsEveryChangedByte(t *testing.T) {
	const line = "kind 1\n"
	data := Seal(line, []byte("body"))
	if body, err := Unseal(line, data); err != nil || string(body) != "body" {
		t.Fatalf("body %q, error %v", body, err)
	}
	for i := range data {
		changed := append([]byte(nil), data...)
		changed[i] ^= 1
		want := ErrDamaged
		if i < len(line) {
			want = ErrNotSealed
		}
		if _, err := Unseal(line, changed); !errors.Is(err, want) {
			t.Errorf("byte %d changed: %v, want %v", i, err, want)
		}
		if _, err := Unseal(line, data[:i]); err == nil {
			t.Errorf("no error for %d bytes", i)
		}
	}
}
