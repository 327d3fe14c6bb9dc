// Package memory measures the memory of this process.
package memory

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Peak returns the peak memory of this process. If the system does not report
// it, it returns the memory of Go's runtime, which excludes the network's buffers.
func Peak() int64 {
	f, err := os.Open("/proc/self/status")
	if err == nil {
		defer f.Close()
		for in := bufio.NewScanner(f); in.Scan(); {
			var kB int64
			if text, ok := strings.CutPrefix(in.Text(), "VmHWM:"); ok {
				if _, err := fmt.Sscan(text, &kB); err == nil {
					return kB * 1024
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
