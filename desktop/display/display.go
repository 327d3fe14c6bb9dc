//go:build linux || freebsd || netbsd || openbsd

// Package display ends the window's program where there is no display, with a message
// that says what to do, or with the help that was asked for.
//
// Ebitengine opens the display when it is imported, and panics where that fails.
// This package comes before it: Go initializes packages in the order of their
// paths as soon as all that they import is ready, and Ebitengine waits for package
// time, while this one waits for syscall and C alone. It must therefore import nothing
// else, and has to look itself for what package os would tell. A test holds it to that.
package display

// #cgo linux LDFLAGS: -lX11
// #cgo !linux pkg-config: x11
// #include <X11/Xlib.h>
//
// // opens reports whether the display can be opened, and keeps it open: some displays
// // start anew when the last program leaves, which would be this one.
// static int opens(void) {
//	XInitThreads(); // comes before all else; Ebitengine has threads
//	return XOpenDisplay(0) != 0;
// }
import "C"

import "syscall"

func init() {
	problem := missing()
	if problem == "" {
		return
	}
	// Nothing can be done about errors of these.
	if helpWanted() {
		_, _ = syscall.Write(1, []byte(Help))
		syscall.Exit(0)
	}
	_, _ = syscall.Write(2, []byte("roadloop-desktop: "+problem+advice))
	syscall.Exit(2)
}

const advice = "\nThe window needs an X display (XWayland serves too). On a machine without a screen run it under Xvfb:\n" +
	"  xvfb-run -a roadloop-desktop\n" +
	"or drive without a window: roadloop run --html out/report.html\n"

// missing says what is wrong with the display, "" for nothing.
func missing() string {
	name, _ := syscall.Getenv("DISPLAY")
	if name == "" {
		return "there is no display: DISPLAY is not set."
	}
	if C.opens() == 0 {
		return "the display " + name + " does not let programs in, or there is none of that name."
	}
	return ""
}

// helpWanted reports whether an argument asks for help; where the system does not show
// them, none does.
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
