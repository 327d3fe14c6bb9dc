//go:build unix

package serve

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lock waits until no other process is within lock and unlock for the same folder. The lock
// is on the folder itself, so that no file remains.
func lock(folder string) (unlock func(), err error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	const patience, pause = 5 * time.Second, 10 * time.Millisecond
	for range patience / pause {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		time.Sleep(pause)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking the folder %s: %w", folder, err)
	}
	return func() { f.Close() }, nil
}
