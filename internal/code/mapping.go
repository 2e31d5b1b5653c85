package code

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"sync"
)

// mapping is one correspondence between two lists, read both ways.
type mapping struct {
	forward, back map[string][]string
}

var (
	mappings  = map[string]*mapping{}
	mappingMu sync.Mutex
)

// Map returns the codes of list `to` that correspond to a code of list `from`, in the
// order of the file lists/map_FROM_TO.csv (or, read backwards, lists/map_TO_FROM.csv).
// No correspondence gives nil; so do two lists that nothing connects.
func Map(from, to, code string) []string {
	if m := correspondence(from, to); m != nil {
		return m.forward[code]
	}
	if m := correspondence(to, from); m != nil {
		return m.back[code]
	}
	return nil
}

// correspondence loads a mapping once; nil means that there is no such file.
func correspondence(from, to string) *mapping {
	file := mapPrefix + from + "_" + to
	mappingMu.Lock()
	defer mappingMu.Unlock()
	if m, ok := mappings[file]; ok {
		return m
	}
	var m *mapping
	if raw, err := files.ReadFile("lists/" + file + ".csv"); err == nil {
		if m, err = parseMapping(raw); err != nil {
			panic("code: " + file + ": " + err.Error())
		}
	}
	mappings[file] = m
	return m
}

func parseMapping(raw []byte) (*mapping, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = 2
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0][0] != "from" || rows[0][1] != "to" {
		return nil, fmt.Errorf("the header must be from,to")
	}
	m := &mapping{forward: map[string][]string{}, back: map[string][]string{}}
	for _, row := range rows[1:] {
		m.forward[row[0]] = append(m.forward[row[0]], row[1])
		m.back[row[1]] = append(m.back[row[1]], row[0])
	}
	return m, nil
}
