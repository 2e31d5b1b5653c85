package surveydata_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quipu/internal/app/surveydata"
	"quipu/internal/i18n"
)

func described(t *testing.T, s *surveydata.Set, lang i18n.Lang) []byte {
	t.Helper()
	f, err := s.Export(surveydata.DDI, lang)
	if err != nil {
		t.Fatal(err)
	}
	return f.Content
}

// TestDDIAgainstItsSchema validates with xmllint, against the schema of 2.6 and against what of it
// was in 2.5. scripts/ddi.sh fetches it.
func TestDDIAgainstItsSchema(t *testing.T) {
	schema := os.Getenv("QUIPU_DDI_SCHEMA")
	if schema == "" {
		if os.Getenv("QUIPU_REQUIRE_DDI") == "1" {
			t.Fatal("QUIPU_DDI_SCHEMA is not set: scripts/ddi.sh fetches the schema and says where")
		}
		t.Skip("QUIPU_DDI_SCHEMA is not set: scripts/ddi.sh fetches the schema of DDI-Codebook and says where")
	}
	_, _, crowd := openedCrowd(t, map[string][3]int{"ESMAD": {12, 12, 12}, "USPAT": {12, 12, 2}, "CLSCL": {12, 12, 12}})
	for name, s := range map[string]*surveydata.Set{"sampled": open(t), "crowd": crowd} {
		for _, lang := range i18n.Langs {
			doc := described(t, s, lang)
			for version, text := range map[string][]byte{"2.5": doc,
				"2.6": bytes.Replace(bytes.Replace(doc, []byte("ddi:codebook:2_5"), []byte("ddi:codebook:2_6"), 1), []byte(`version="2.5"`), []byte(`version="2.6"`), 1)} {
				file := filepath.Join(t.TempDir(), "ddi.xml")
				if err := os.WriteFile(file, text, 0o600); err != nil {
					t.Fatal(err)
				}
				check := exec.Command("xmllint", "--nonet", "--noout", "--schema", filepath.Join(schema, version, "codebook.xsd"), file) //nolint:gosec // of the test
				if out, err := check.CombinedOutput(); err != nil {
					t.Errorf("%s in %s by %s: %v\n%s", name, lang, version, err, out)
				}
				broken := bytes.Replace(text, []byte("<titl>"), []byte("<wrong>x</wrong><titl>"), 1)
				if err := os.WriteFile(file, broken, 0o600); err != nil {
					t.Fatal(err)
				}
				if exec.Command("xmllint", "--nonet", "--noout", "--schema", filepath.Join(schema, version, "codebook.xsd"), file).Run() == nil { //nolint:gosec // of the test
					t.Fatalf("%s takes an element that there is not", version)
				}
			}
		}
	}
}

// element is a document as a tree.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Kids    []element  `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (e *element) find(path string) (out []element) {
	name, rest, more := strings.Cut(path, "/")
	for _, k := range e.Kids {
		if k.XMLName.Local != name {
			continue
		}
		if more {
			out = append(out, k.find(rest)...)
		} else {
			out = append(out, k)
		}
	}
	return out
}

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// TestDDISays: what the description has of the survey, of a question, of its answers.
func TestDDISays(t *testing.T) {
	s := open(t)
	doc := described(t, s, i18n.English)
	var root element
	if err := xml.Unmarshal(doc, &root); err != nil {
		t.Fatal(err)
	}
	if again := described(t, s, i18n.English); !bytes.Equal(doc, again) {
		t.Error("the same survey is described in other bytes")
	}
	for _, path := range []string{"docDscr/citation/titlStmt/titl", "stdyDscr/citation/rspStmt/AuthEnty", "stdyDscr/stdyInfo/sumDscr/universe", "stdyDscr/method/dataColl/sampProc", "stdyDscr/method/dataColl/weight",
		"stdyDscr/method/anlyInfo/respRate", "stdyDscr/method/anlyInfo/EstSmpErr", "stdyDscr/dataAccs/useStmt/confDec", "fileDscr/fileTxt/dimensns/caseQnty"} {
		if got := root.find(path); len(got) != 1 || got[0].Text == "" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := root.find("stdyDscr/stdyInfo/sumDscr/nation"); len(got) != 1 || got[0].attr("abbr") != "ES" || got[0].Text != "Spain" {
		t.Errorf("%+v", got)
	}
	ids := map[string]string{}
	for _, v := range root.find("dataDscr/var") {
		ids[v.attr("ID")] = v.attr("name")
		switch v.attr("name") {
		case "sends":
			q := v.find("qstn")
			if len(q) != 2 || q[0].attr("lang") != "en" || q[0].find("qstnLit")[0].Text != `Do you send "money" home?` {
				t.Errorf("%+v", q)
			}
			if c := v.find("catgry"); len(c) != 2 || c[0].find("catValu")[0].Text != "1" || len(c[0].find("labl")) != 2 || len(c[0].find("catStat")) != 2 {
				t.Errorf("%+v", c)
			}
		case "amount":
			if u := v.find("universe"); len(u) != 2 || u[0].Text != "sends = Yes" || u[1].Text != "sends = Sí" {
				t.Errorf("%+v", u)
			}
			if len(v.find("sumStat")) != 4 || len(v.find("catgry")) != 0 || v.attr("intrvl") != "contin" {
				t.Errorf("%+v", v)
			}
		case "weight":
			if v.attr("wgt") != "wgt" {
				t.Errorf("%+v", v)
			}
		}
	}
	several := false
	for _, g := range root.find("dataDscr/varGrp") {
		for _, ref := range strings.Fields(g.attr("var")) {
			several = several || g.attr("type") == "multipleResp" && ids[ref] == "ways.bank"
			if ids[ref] == "" {
				t.Errorf("%s is in a group and nowhere else", ref)
			}
		}
	}
	if !several {
		t.Error("the answers of a question that takes several are in no group")
	}
}

// TestDDIOfFew: no count of a cell of fewer than five, nor one from which it would follow, and of
// withheld questions only that they were asked.
func TestDDIOfFew(t *testing.T) {
	_, _, s := openedCrowd(t, map[string][3]int{"ESMAD": {12, 12, 12}, "USPAT": {2, 1, 0}, "CLSCL": {12, 12, 12}})
	var root element
	if err := xml.Unmarshal(described(t, s, i18n.Spanish), &root); err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, v := range root.find("dataDscr/var") {
		for _, c := range v.find("catgry") {
			if v.attr("name") == "office" && len(c.find("catStat")) > 0 {
				told[c.find("catValu")[0].Text]++
			}
		}
		if slices.Contains([]string{"papers", "told", "fine", "years", "had.zqnone"}, v.attr("name")) {
			t.Errorf("%+v is described", v)
		}
	}
	if len(told) != 1 { // of three offices, the one of three people and another are not told
		t.Errorf("told are %v", told)
	}
	notes := root.find("dataDscr/notes")
	if len(notes) != 10 || !slices.ContainsFunc(notes, func(n element) bool { return strings.Contains(n.Text, "papers: Documentos") }) {
		t.Errorf("%+v", notes)
	}
}

// TestDDIHasEachElementOnce looks at order and number without the schema: what is once in 2.5
// is once, and its order is that of the schema.
func TestDDIHasEachElementOnce(t *testing.T) {
	order := map[string]string{"codeBook": "docDscr stdyDscr fileDscr dataDscr", "stdyDscr": "citation stdyInfo method dataAccs", "citation": "titlStmt rspStmt prodStmt verStmt",
		"sumDscr": "timePrd collDate nation anlyUnit universe dataKind", "dataColl": "sampProc weight", "anlyInfo": "respRate EstSmpErr", "useStmt": "confDec restrctn", "fileTxt": "fileName dimensns fileType",
		"dataDscr": "varGrp var notes", "var": "labl qstn valrng universe sumStat catgry concept derivation varFormat", "catgry": "catValu labl catStat", "qstn": "qstnLit ivuInstr"}
	repeated := strings.Fields("timePrd collDate nation varGrp var notes labl qstn universe sumStat catgry catStat")
	d := xml.NewDecoder(bytes.NewReader(described(t, open(t), i18n.Spanish)))
	type level struct{ name, last string }
	open := []level{{}}
	looked := 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			in := &open[len(open)-1]
			if names := strings.Fields(order[in.name]); len(names) > 0 {
				at, before := slices.Index(names, e.Name.Local), slices.Index(names, in.last)
				if at < 0 || at < before || at == before && !(slices.Contains(repeated, e.Name.Local) && !(in.name == "sumDscr" && e.Name.Local == "universe")) {
					t.Fatalf("%s after %q in %s", e.Name.Local, in.last, in.name)
				}
				looked++
			}
			in.last = e.Name.Local
			open = append(open, level{name: e.Name.Local})
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
	if looked < 100 {
		t.Errorf("%d elements were looked at", looked)
	}
}
