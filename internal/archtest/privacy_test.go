package archtest

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// never are the words of what the register must not record: a person's standing with the
// immigration authority of the country of residence, measures of the body, religion,
// ethnicity. A name is cut at its underscores, so each word stands alone.
var never = regexp.MustCompile(`(?i)\b(visas?|migratory|migration status|immigration|undocumented|indocumentad[oa]s?|irregular|regularity|situacion migratoria|situación migratoria|legal status|residence permits?|permiso de residencia|deportable|height|weight|stature|estatura|eye colou?r|eyes|hair|skin|complexion|tez|blood|religion|religious|religi[oó]n|religios[oa]s?|faith|creed|confession|ethnic|ethnicity|etnia|étnic[oa]|etnic[oa]|race|racial|raza|tribe)\b`)

// records checks one name or label.
func records(text string) string { return never.FindString(strings.ReplaceAll(text, "_", " ")) }

// elsewhere are the lists whose labels speak of the world, not of a person's traits.
var elsewhere = map[string]string{
	"isco08":        "occupations: members of the clergy, visa officers",
	"country":       "names of countries",
	"ubigeo-inei":   "names of places",
	"ubigeo-reniec": "names of places",
}

// listRecords looks at the name of a code list and at every cell of it.
func listRecords(at, text string) (found []complaint) {
	name := strings.TrimSuffix(path.Base(at), ".csv")
	if w := records(name); w != "" {
		found = append(found, complaint{at, fmt.Sprintf("is a list of %q", w)})
	}
	if elsewhere[name] != "" {
		return found
	}
	rows := csv.NewReader(strings.NewReader(text))
	rows.FieldsPerRecord, rows.LazyQuotes, rows.Comment = -1, true, '#'
	all, err := rows.ReadAll()
	if err != nil {
		return append(found, complaint{at, err.Error()})
	}
	for i, row := range all {
		for _, cell := range row {
			if w := records(cell); w != "" {
				found = append(found, complaint{at, fmt.Sprintf("row %d has a code for %q", i+1, w)})
			}
		}
	}
	return found
}

// goRecords looks at every string of a Go file.
func goRecords(f file) (found []complaint) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, _ := strconv.Unquote(lit.Value)
			if w := records(s); w != "" {
				found = append(found, complaint{f.path, fmt.Sprintf("line %d records %q", f.line(lit.Pos()), w)})
			}
		}
		return true
	})
	return found
}

var catalogueKey = regexp.MustCompile(`(?m)^"([^"]+)"`)

// keyRecords looks at the keys of a catalogue. intake and registry speak of these columns
// in order to refuse them.
func keyRecords(at, text string) (found []complaint) {
	for _, m := range catalogueKey.FindAllStringSubmatch(text, -1) {
		key := strings.TrimPrefix(m[1], "fault.")
		if w := records(strings.NewReplacer(".", " ", "-", " ").Replace(key)); w != "" && !strings.HasPrefix(key, "intake.") && !strings.HasPrefix(key, "registry.refused") {
			found = append(found, complaint{at, fmt.Sprintf("key %q records %q", m[1], w)})
		}
	}
	return found
}

// refusals is the file of registry that names such columns in order to refuse them.
const refusals = "refused.go"

func TestNeverRecorded(t *testing.T) {
	var found []complaint
	for _, p := range repo(t) {
		if p.path != "internal/registry" {
			continue
		}
		for _, f := range p.files {
			if !f.test() && path.Base(f.path) != refusals {
				found = append(found, goRecords(f)...)
			}
		}
	}
	lists := texts(t, "internal/code/lists", ".csv")
	if len(lists) == 0 {
		t.Fatal("no code list was found")
	}
	for at, text := range lists {
		found = append(found, listRecords(at, text)...)
	}
	for at, text := range texts(t, "internal/store", ".sql") {
		if w := records(sqlComment.ReplaceAllString(text, "")); w != "" {
			found = append(found, complaint{at, fmt.Sprintf("has a column for %q", w)})
		}
	}
	for at, text := range texts(t, "internal/i18n/catalog", ".toml") {
		found = append(found, keyRecords(at, text)...)
	}
	obey(t, "privacy", found)
}
