package display

// Help is the help of the window's program. It is written here as it must be at hand
// before there is a window.
const Help = `Drive scenarios in a window

Usage:
  roadloop-desktop [SCENARIO | CASE | FILE.yaml | FILE.trace] [flags]

Examples:
  roadloop-desktop                      choose from the library
  roadloop-desktop cut-in/7             a case of it
  roadloop-desktop my.yaml              your own scenario
  roadloop-desktop out/cut-in-7.trace   a recorded drive, again

Flags:
      --at duration         time of the drive in the picture
      --driver string       who drives (default the stack)
  -h, --help                help for roadloop-desktop
      --perception string   cnn, small or oracle (default cnn)
      --screenshot file     save a picture of the window, as it is at first, to this file and leave
`
