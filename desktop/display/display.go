//go:build linux || freebsd || netbsd || openbsd

// Package display ends the window's program where there is no display, with a message
// that says what to do, or with the help that was asked for.
//
// Ebitengine opens the display when it is imported, and panics where that fails.
// This package comes before it: Go initializes packages in the order of their
// paths as soon as all that they import is ready, and Ebitengine waits for package
// time, while this one waits for syscall alone. It must therefore import nothing
// else, and has to look itself for what package os would tell. A test holds it to that.
package display

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
	_, _ = syscall.Write(2, []byte("roadloop-desktop: "+problem+"\n"))
	syscall.Exit(2)
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

const advice = "\nThe window needs an X display (XWayland serves too). On a machine without a screen run it under Xvfb:\n" +
	"  xvfb-run -a roadloop-desktop\n" +
	"or drive without a window: roadloop run --html out/report.html"

// missing says what is wrong with the display, "" for nothing.
func missing() string {
	name, _ := syscall.Getenv("DISPLAY")
	if name == "" {
		return "there is no display: DISPLAY is not set." + advice
	}
	number, local := socket(name)
	if local && !answers("/tmp/.X11-unix/X"+number) && !answers("@/tmp/.X11-unix/X"+number) {
		return "the display " + name + " does not answer." + advice
	}
	return ""
}

// socket returns the number of a display, and whether it is one of this machine.
func socket(name string) (number string, local bool) {
	at := -1
	for i := range len(name) {
		if name[i] == ':' {
			at = i
		}
	}
	if at < 0 {
		return "", false
	}
	end := at + 1
	for end < len(name) && name[end] >= '0' && name[end] <= '9' {
		end++
	}
	return name[at+1 : end], (at == 0 || name[:at] == "unix") && end > at+1
}

// answers reports whether somebody listens on a socket; a path that begins with @ is
// one without a file.
func answers(path string) bool {
	s, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return true // nothing is known
	}
	defer syscall.Close(s)
	return syscall.Connect(s, &syscall.SockaddrUnix{Name: path}) == nil
}
