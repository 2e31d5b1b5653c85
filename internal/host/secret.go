package host

import (
	"io"
	"os"
)

// Terminal reports whether a person sits at the other end of a file.
func Terminal(f *os.File) bool {
	restore, err := quiet(f)
	if err != nil {
		return false
	}
	restore()
	return true
}

// ReadSecret reads one line from a terminal without showing what is typed. At the end of the
// input it is io.EOF.
func ReadSecret(f *os.File) (string, error) {
	restore, err := quiet(f)
	if err != nil {
		return "", err
	}
	defer restore()
	const most = 1024
	var line []byte
	for b := make([]byte, 1); len(line) < most; {
		n, err := f.Read(b)
		switch {
		case n == 1 && b[0] == '\n':
			return string(line), nil
		case n == 1 && b[0] != '\r':
			line = append(line, b[0])
		case err != nil && len(line) == 0:
			return "", err
		case err != nil:
			return string(line), nil
		}
	}
	return "", io.ErrShortBuffer
}
