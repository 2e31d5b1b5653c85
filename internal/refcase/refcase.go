// Package refcase runs files of reference cases, which hold data, what is asked of it and
// what another program answers, and compares every number.
package refcase

import (
	"encoding/json"
	"io"
	"io/fs"
	"strconv"

	"quipu/internal/fault"
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

// unreadable is the failure of a case that cannot be read; i is its place, from 0.
func unreadable(raw json.RawMessage, i int, err error) []Failure {
	var named struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &named) != nil || named.ID == "" {
		named.ID = strconv.Itoa(i + 1)
	}
	return []Failure{{Case: named.ID, Err: fault.New(fault.Invalid, "refcase.bad_case", "number", i+1).Because(err)}}
}

// each runs the cases of a file one after another.
func each[C any](file io.Reader, tick func(done, total int), run func(*C) []Failure) (Report, error) {
	var all struct {
		Cases []json.RawMessage `json:"cases"`
	}
	if err := json.NewDecoder(file).Decode(&all); err != nil {
		return Report{}, fault.New(fault.Invalid, "refcase.no_json").Because(err)
	}
	if len(all.Cases) == 0 {
		return Report{}, fault.New(fault.Invalid, "refcase.no_cases")
	}
	var report Report
	for i, raw := range all.Cases {
		var c C
		if err := json.Unmarshal(raw, &c); err != nil {
			report.Add(unreadable(raw, i, err))
		} else {
			report.Add(run(&c))
		}
		if tick != nil {
			tick(i+1, len(all.Cases))
		}
	}
	return report, nil
}

// Runners gives the runner of each kind of file.
func Runners() map[string]Runner {
	return map[string]Runner{"survey": Survey, "rds": RDS}
}
