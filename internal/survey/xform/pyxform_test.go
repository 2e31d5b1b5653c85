package xform

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/survey"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xlsform"
)

// canonical writes a document so that two with the same meaning are the same text: attributes,
// texts, binds and instances in order, spaces of expressions taken out.
func canonical(t testing.TB, doc []byte) string {
	t.Helper()
	e, err := parse(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	sorted(e)
	var b strings.Builder
	e.write(&b, "")
	return b.String()
}

func sorted(e *element) {
	e.attrs = slices.DeleteFunc(e.attrs, func(a attr) bool { return strings.HasPrefix(a.name, ownPrefix) || a == ownSpace }) // pyxform does not know it
	for i := range e.attrs {
		e.attrs[i].value = tight(e.attrs[i].value)
	}
	slices.SortFunc(e.attrs, func(a, b attr) int { return strings.Compare(a.name, b.name) })
	for _, k := range e.kids {
		sorted(k)
		k.text = strings.Join(strings.Fields(k.text), " ")
	}
	e.kids = slices.DeleteFunc(e.kids, func(k *element) bool { return k.name == "" && k.text == "" })
	if slices.Contains([]string{"model", "itext", "translation", "text"}, e.name) {
		slices.SortStableFunc(e.kids, func(a, b *element) int { return strings.Compare(key(a), key(b)) })
	}
}

func key(e *element) string {
	return strings.Join([]string{e.name, e.get("id"), e.get("nodeset"), e.get("ref"), e.get("lang"), e.get("form"), e.get("event")}, "\x00")
}

// tight takes the spaces out of an expression that do not part two words, outside of texts.
func tight(s string) string {
	var b strings.Builder
	quote := rune(0)
	letter := func(r rune) bool {
		return r == '_' || r == '-' || r == '.' || r == '}' || r == '$' || r == '/' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 127
	}
	last := rune(0)
	space := false
	for _, r := range strings.TrimSpace(s) {
		if quote == 0 && (r == ' ' || r == '\n') {
			space = true
			continue
		}
		if space && letter(last) && letter(r) {
			b.WriteRune(' ')
		}
		space = false
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

func forms(t testing.TB) map[string][]xlsform.Sheet {
	t.Helper()
	files, err := filepath.Glob("testdata/forms/*.md")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d forms: %v", len(files), err)
	}
	out := map[string][]xlsform.Sheet{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(f, ".md")] = surveytest.Sheets(string(text))
	}
	peru, err := pack.Sheets("peru")
	if err != nil {
		t.Fatal(err)
	}
	out["testdata/forms/peru"] = peru
	return out
}

func read(t testing.TB, sheets []xlsform.Sheet) *survey.Form {
	t.Helper()
	f, problems := xlsform.Read(sheets, xlsform.Options{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSameAsPyxform compares with what pyxform makes of the same forms: the same binds, texts,
// instances and controls. Its answers are kept beside the forms (NAME.xml, pyxform 4.5.0);
// TestPyxformStillSaysSo makes them anew.
func TestSameAsPyxform(t *testing.T) {
	for name, sheets := range forms(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			want, err := os.ReadFile(name + ".xml")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(canonical(t, want), "\n"), strings.Split(canonical(t, Write(read(t, sheets))), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPyxformStillSaysSo runs pyxform itself, on these forms and on others made at random.
// QUIPU_PYXFORM is the Python that has it.
func TestPyxformStillSaysSo(t *testing.T) {
	python := pyxform(t)
	dir := t.TempDir()
	var files []string
	for name := range forms(t) {
		ending := ".md"
		text, err := os.ReadFile(name + ending)
		if filepath.Base(name) == "peru" { // of the pack: its workbook
			ending = ".xlsx"
			text, err = pack.Workbook("peru")
		}
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, filepath.Base(name)+ending)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	random := map[string][]byte{} // our XForms of forms made at random
	for seed := range 40 {
		sheets := rapid.Custom(anyForm).Example(seed)
		file := filepath.Join(dir, "random"+strconv.Itoa(seed)+".md")
		if err := os.WriteFile(file, []byte(table(sheets)), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		random[file] = Write(read(t, sheets))
	}
	out, err := exec.Command(python, append([]string{"testdata/convert.py"}, files...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, f := range files {
		f = strings.TrimSuffix(f, filepath.Ext(f))
		got, err := os.ReadFile(f + ".xml")
		if err != nil {
			t.Fatal(err)
		}
		want := random[f+".md"]
		if want == nil {
			if want, err = os.ReadFile("testdata/forms/" + filepath.Base(f) + ".xml"); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(strings.Split(canonical(t, want), "\n"), strings.Split(canonical(t, got), "\n")); diff != "" {
			t.Errorf("%s: pyxform says something else:\n%s", f, diff)
		}
	}
}

// pyxform is the Python that has pyxform.
func pyxform(t *testing.T) string {
	t.Helper()
	python := os.Getenv("QUIPU_PYXFORM")
	if python == "" {
		if os.Getenv("QUIPU_REQUIRE_PYXFORM") != "" {
			t.Fatal("QUIPU_PYXFORM is not set: run scripts/pyxform.sh, which installs pyxform and says where")
		}
		t.Skip("QUIPU_PYXFORM is not set: scripts/pyxform.sh installs pyxform and says where")
	}
	return python
}

// TestODKValidateTakesOurs: the engine of ODK Collect reads what we write. It needs Java.
func TestODKValidateTakesOurs(t *testing.T) {
	python := pyxform(t)
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("java is not installed: ODK Validate cannot run")
	}
	dir := t.TempDir()
	all := []string{"testdata/validate.py"}
	put := func(name string, sheets []xlsform.Sheet) {
		file := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(file, Write(read(t, sheets)), 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, file)
	}
	for name, sheets := range forms(t) {
		put(filepath.Base(name), sheets)
	}
	for seed := range 5 {
		put("random"+strconv.Itoa(seed), rapid.Custom(anyForm).Example(100+seed))
	}
	if out, err := exec.Command(python, all...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
