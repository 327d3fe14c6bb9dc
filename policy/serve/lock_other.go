//go:build !unix

package serve

// lock does nothing on systems without locks of folders.
func lock(string) (unlock func(), err error) { return func() {}, nil }
