package doc

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"
)

//go:embed rules.csv
var rulesCSV string

// rule is one row of rules.csv.
type rule struct {
	alphabet, check, optional string
	min, max                  int
}

// rules reads the embedded table once. Its errors are a build's mistake, which a test finds.
var rules = sync.OnceValue(func() map[[2]string]rule {
	rows, err := csv.NewReader(strings.NewReader(rulesCSV)).ReadAll()
	if err != nil {
		panic("doc: rules.csv: " + err.Error())
	}
	out := make(map[[2]string]rule, len(rows))
	for _, r := range rows[1:] {
		lo, err1 := strconv.Atoi(r[3])
		hi, err2 := strconv.Atoi(r[4])
		if err1 != nil || err2 != nil || lo > hi {
			panic("doc: rules.csv: bad length in row " + strings.Join(r, ","))
		}
		out[[2]string{r[0], r[1]}] = rule{alphabet: r[2], min: lo, max: hi, check: r[5], optional: r[6]}
	}
	return out
})

// ruleFor returns the most particular rule for the issuing State and type.
func ruleFor(issuer, typ string) rule {
	all := rules()
	for _, k := range [][2]string{{issuer, typ}, {"*", typ}} {
		if r, ok := all[k]; ok {
			return r
		}
	}
	return all[[2]string{"*", "*"}]
}

// hasRule reports whether the issuing State has a row of its own for the type.
func hasRule(issuer, typ string) bool {
	_, ok := rules()[[2]string{issuer, typ}]
	return ok
}
