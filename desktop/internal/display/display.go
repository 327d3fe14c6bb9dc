//go:build linux || freebsd || netbsd || openbsd

// Package display ends the window's program if there is no display. It prints advice,
// or the help if it was asked for.
//
// Ebitengine opens the display when it is imported, and panics if that fails. This
// package must therefore be initialized before Ebitengine. Go initializes packages in
// path order as soon as their imports are ready. Ebitengine waits for package time, and
// this package only for syscall and C. It must not import anything else, not even os; a
// test checks that.
package display

// #cgo linux LDFLAGS: -lX11
// #cgo !linux pkg-config: x11
// #include <X11/Xlib.h>
//
// // opens reports whether the display can be opened, and keeps it open. Some displays
// // restart when the last program disconnects, which would be this one.
// static int opens(void) {
//	XInitThreads(); // must come first; Ebitengine uses threads
//	return XOpenDisplay(0) != 0;
// }
import "C"

import "syscall"

func init() {
	problem := missing()
	if problem == "" {
		return
	}
	// Errors of these calls cannot be handled.
	if helpWanted() {
		_, _ = syscall.Write(1, []byte(Help))
		syscall.Exit(0)
	}
	_, _ = syscall.Write(2, []byte("roadloop-desktop: "+problem+advice))
	syscall.Exit(2)
}

const advice = "\nThe window needs an X display (XWayland also works). On a machine without a screen use Xvfb:\n" +
	"  xvfb-run -a roadloop-desktop\n" +
	"or drive without the window: roadloop run --html out/report.html\n"

// missing returns what is wrong with the display, "" if it works.
func missing() string {
	name, _ := syscall.Getenv("DISPLAY")
	if name == "" {
		return "no display: DISPLAY is not set."
	}
	if C.opens() == 0 {
		return "cannot open display \"" + name + "\"."
	}
	return ""
}

// helpWanted reports whether an argument asks for help. It is false if the system does
// not expose the arguments.
func helpWanted() bool {
	f, err := syscall.Open("/proc/self/cmdline", syscall.O_RDONLY, 0)
	if err != nil {
		return false
	}
	defer syscall.Close(f)
	var all [4096]byte
	n, err := syscall.Read(f, all[:])
	if err != nil {
		return false
	}
	first := 0
	for i, b := range all[:n] {
		if b != 0 { // which ends an argument
			continue
		}
		switch string(all[first:i]) {
		case "-h", "--help":
			return true
		case "--":
			return false
		}
		first = i + 1
	}
	return false
}
