// Package refcase runs files of reference cases, which hold data, what is asked of it and
// what another program answers, and compares every number.
package refcase

import (
	"io"
	"io/fs"
)

// Failure is one number, or one case as a whole, that did not come out.
type Failure struct {
	Case     string `json:"case"`
	What     string `json:"what"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	// Err is why a case could not be run; its text is the catalogue's.
	Err error `json:"-"`
}

// Report says how a file went. A case counts once, however many of its numbers differ.
type Report struct {
	Passed, Failed int
	Failures       []Failure
}

// Add counts a case.
func (r *Report) Add(failures []Failure) {
	if len(failures) == 0 {
		r.Passed++
		return
	}
	r.Failed++
	r.Failures = append(r.Failures, failures...)
}

// Runner runs a file of cases; folder is where it lies, for the data beside it. tick is
// called after each case.
type Runner func(file io.Reader, folder fs.FS, tick func(done, total int)) (Report, error)

// Runners gives the runner of each kind of file.
func Runners() map[string]Runner {
	return map[string]Runner{"survey": Survey, "rds": RDS}
}
