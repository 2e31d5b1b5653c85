package xpath_test

import (
	"strings"
	"testing"
	"time"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/xpath"
)

// doc builds an instance: "name=text" and "name(children)" apart by spaces.
func doc(text string) *xpath.Node {
	root := &xpath.Node{}
	at := root
	for _, word := range strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)) {
		switch word {
		case "(":
			at = at.Children[len(at.Children)-1]
		case ")":
			at = at.Parent
		default:
			name, value, _ := strings.Cut(word, "=")
			at.Add(&xpath.Node{Name: name, Text: strings.ReplaceAll(value, "_", " ")})
		}
	}
	return root
}

func env() *xpath.Env {
	list := doc("root(item(name=a region=x) item(name=b region=y) item(name=c region=x))")
	return &xpath.Env{
		Now:        time.Date(2026, 11, 26, 10, 30, 15, 250e6, time.FixedZone("", -5*3600)),
		Instance:   func(id string) *xpath.Node { return map[string]*xpath.Node{"list": list}[id] },
		ChoiceName: func(v, q string, _ *xpath.Node) string { return "<" + v + " of " + strings.TrimSpace(q) + ">" },
	}
}

// TestValues reckons expressions at /data/kid[2]/here. The values are those of JavaRosa, worked
// out from its rules by hand.
func TestValues(t *testing.T) {
	d := doc("data(n=3 m=4.5 empty= langs=es_qu_ay born=1990-05-04 when=2020-02-29T23:30:00.000-05:00 kid(name=Ana age=10 here=) kid(name=Luz age=4 here=old) kid(name=Eva age= here=) gone(x=7))")
	data := d.Children[0]
	data.Child("gone").Off = true
	at := data.Children[7].Child("here")
	if at == nil || at.Path() != "/data/kid/here" || at.Parent.Position() != 2 {
		t.Fatal("the place is wrong")
	}
	for _, c := range []struct{ expr, want string }{
		{"1 + 2 * 3 - 4 div 2", "5"}, {"(1 + 2) * 3", "9"}, {"7 mod 4", "3"}, {"-7 mod 4", "-3"}, {"- 3 + 5", "2"}, {"--3", "3"}, {"1 div 3", "0.3333333333333333"},
		{"1 div 0", "Infinity"}, {"0 div 0", ""}, {"'a' = 'a'", "true"}, {"'5' = 5", "true"}, {"'5.0' = '5'", "false"}, {"5 = 5.0", "true"}, {"1 < 2 and 2 < 3", "true"},
		{"1 > 2 or 3 > 2", "true"}, {"true() = 'x'", "true"}, {"not(1 = 2)", "true"}, {"1 != 1", "false"},
		{"/data/n", "3"}, {"/data/n + /data/m", "7.5"}, {"/data/n = 3", "true"}, {"/data/empty = ''", "true"}, {"/data/empty != ''", "false"}, {"/data/missing = ''", "true"},
		{"/data/empty + 1", ""}, {"/data/empty < 1", "false"}, {"number(/data/empty) = 0", "false"}, {"/data/n > 2 and /data/n < 4", "true"},
		{".", "old"}, {"../name", "Luz"}, {"../../n", "3"}, {"current()/../name", "Luz"}, {"../missing", ""}, {"name(..)", "kid"},
		{"/data/kid/name", "Luz"}, {"/data/kid[1]/name", "Ana"}, {"/data/kid[position() = last()]/name", "Eva"}, {"/data/kid[age = 10]/name", "Ana"}, {"count(/data/kid)", "3"},
		{"count(../../kid)", "3"}, {"count(../../kid[age > 3])", "2"}, {"count-non-empty(../../kid/age)", "2"}, {"position(..)", "2"}, {"sum(../../kid[age != '']/age)", "14"},
		{"sum(../../kid/age)", ""}, {"max(../../kid[age != '']/age)", "10"}, {"min(../../kid[age != '']/age)", "4"}, {"max(3, 9, 4)", "9"}, {"min(/data/nothing)", ""},
		{"join(', ', ../../kid/name)", "Ana, Luz, Eva"}, {"concat(../../kid/name)", "AnaLuzEva"}, {"concat('a', 1, true())", "a1true"}, {"join('-', 1, 'b')", "1-b"},
		{"indexed-repeat(/data/kid/name, /data/kid, 1)", "Ana"}, {"indexed-repeat(/data/kid/name, /data/kid, position(..) - 1)", "Ana"}, {"indexed-repeat(/data/kid/name, /data/kid, 9)", ""},
		{"selected(/data/langs, 'qu')", "true"}, {"selected(/data/langs, 'q')", "false"}, {"selected('', '')", "false"}, {"count-selected(/data/langs)", "3"}, {"count-selected('')", "0"},
		{"selected-at(/data/langs, 2)", "ay"}, {"selected-at(/data/langs, 3)", ""}, {"jr:choice-name(../name, '/data/q')", "<Luz of /data/q>"},
		{"coalesce('', 'b')", "b"}, {"coalesce(/data/n, 'b')", "3"}, {"if(1 = 1, 'yes', 'no')", "yes"}, {"if('', 'yes', 'no')", "no"}, {"if(/data/empty, 1, 2)", "1"}, {"once('new')", "old"},
		{"boolean('x')", "true"}, {"boolean(0)", "false"}, {"boolean-from-string('1')", "true"}, {"boolean-from-string('yes')", "false"},
		{"string-length('ñandú')", "5"}, {"substr('quipu', 1, 3)", "ui"}, {"substr('quipu', 2)", "ipu"}, {"substr('quipu', -2)", "pu"}, {"substr('q', 5)", ""},
		{"substring-before('a-b', '-')", "a"}, {"substring-after('a-b', '-')", "b"}, {"substring-before('ab', '-')", ""}, {"contains('abc', 'b')", "true"}, {"starts-with('abc', 'ab')", "true"},
		{"ends-with('abc', 'bc')", "true"}, {"translate('abcabc', 'ab', 'x')", "xcxc"}, {"normalize-space('  a   b ')", "a b"}, {"string(5.50)", "5.5"}, {"string(1000000)", "1000000"}, {"string(true())", "true"},
		{"regex('AB12', '[A-Z]{2}[0-9]+')", "true"}, {"regex('xAB12', '[A-Z]{2}[0-9]+')", "false"}, {"regex('', '[0-9]*')", "true"},
		{"int(3.7)", "3"}, {"int(-3.7)", "-3"}, {"round(2.5)", "3"}, {"round(-2.5)", "-2"}, {"round(1.2345, 2)", "1.23"}, {"round(1234, -2)", "1200"}, {"floor(-1.5)", "-2"}, {"ceiling(1.2)", "2"},
		{"abs(-3)", "3"}, {"pow(2, 10)", "1024"}, {"sqrt(16)", "4"}, {"number('1e3')", "1000"}, {"number('0x10')", ""}, {"number('abc')", ""}, {"number(true())", "1"}, {"exp10(2)", "100"}, {"log10(1000)", "3"},
		{"today()", "2026-11-26"}, {"now()", "2026-11-26T10:30:15.250-05:00"}, {"today() > /data/born", "true"}, {"/data/born <= date('1990-05-04')", "true"}, {"today() - date('2026-11-20')", "6"},
		{"int((today() - /data/born) div 365.25)", "36"}, {"date('1970-01-02') + 1", "2"}, {"date(2)", "1970-01-03"}, {"date('2026-02-30')", ""}, {"date('2026-11-26T23:00:00.000-05:00')", "2026-11-26"},
		{"format-date(/data/born, '%e/%n/%Y')", "4/5/1990"}, {"format-date(/data/born, '%d.%m.%y')", "04.05.90"}, {"format-date-time(/data/when, '%H:%M')", "23:30"}, {"format-date('', '%Y')", ""},
		{"decimal-time('12:00:00.000-05:00')", "0.5"}, {"decimal-date-time('1970-01-02T00:00:00.000Z')", "1"},
		{"count(instance('list')/root/item[region = 'x'])", "2"}, {"instance('list')/root/item[name = 'b']/region", "y"},
		{"count(instance('list')/root/item[name = substr(current()/../name, 0, 0) or region = 'y'])", "1"},
		{"/data/gone/x", ""}, {"count(/data/gone)", "0"}, {"sum(/data/gone/x)", "0"}, {"/data/gone/x = ''", "true"},
		{"checklist(1, 2, 1 = 1, 1 = 2)", "true"}, {"checklist(2, -1, 1 = 1, 1 = 2)", "false"}, {"weighted-checklist(3, -1, 1 = 1, 2, 1 = 1, 1)", "true"},
		{"/data/n | /data/m", "3"}, {"count(/data/n | /data/m)", "2"}, {"../preceding-sibling::kid/name", "Ana"}, {"ancestor::data/n", "3"}, {"count(/data/*)", "9"}, {"count(/data/kid/node())", "3"},
	} {
		e, err := xpath.Parse(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		if got, err := e.String(env(), at); err != nil || got != c.want {
			t.Errorf("%s = %q, not %q (%v)", c.expr, got, c.want, err)
		}
	}
}

// TestFlawsSayTheCharacter: what is wrong, at which character from 1, in both languages.
func TestFlawsSayTheCharacter(t *testing.T) {
	for _, c := range []struct {
		expr, key string
		at        int
	}{
		{"", "empty", 1}, {"1 +", "ends", 4}, {"(1", "unclosed", 1}, {"a[1", "unclosed", 2}, {"if(1, 2", "unclosed", 3}, {"1 2", "unexpected", 3}, {"1 + ) 2", "unexpected", 5},
		{"'abc", "quote", 1}, {"ñ = 'abc", "quote", 5}, {"${a", "brace", 1}, {"${a b} = 1", "ref", 1}, {"${} = 1", "ref", 1}, {"a && b", "and_or", 3}, {"a || b", "and_or", 3}, {"a = ‘x’", "smart_quote", 5},
		{"a ? b", "sign", 3}, {"//a", "descend", 1}, {"/a//b", "descend", 3}, {"foo::a", "axis", 1}, {"selectd(a, 'b')", "function", 1}, {"1 + if(1, 2)", "arguments", 5}, {"concat(1,)", "unexpected", 10},
		{strings.Repeat("(", 300) + "1", "deep", 202}, {strings.Repeat("-", 300) + "1", "deep", 202}, {strings.Repeat("1+", 40000) + "1", "long", 65537},
	} {
		_, err := xpath.Parse(c.expr)
		f := fault.As(err)
		if f == nil || f.Key != "xpath."+c.key {
			t.Errorf("%.40s: %v, not %s", c.expr, err, c.key)
			continue
		}
		if len(f.Args) == 0 || f.Args[0].Name != "at" || f.Args[0].Value != c.at {
			t.Errorf("%.40s: %v, not at %d", c.expr, f.Args, c.at)
		}
		for _, lang := range i18n.Langs {
			if s := i18n.Fault(lang, err); strings.Contains(s, "⟦") {
				t.Error(s)
			}
		}
	}
}

// TestWhatTheServerCannot: such an expression is known before, and reckoning it is an error and
// no value.
func TestWhatTheServerCannot(t *testing.T) {
	for _, c := range []struct {
		expr            string
		supported, vary bool
	}{{"search('f')", false, false}, {"random()", false, true}, {"now()", true, true}, {"once(1)", true, true}, {"1 + 1", true, false}, {"concat(uuid(), 'x')", false, true}} {
		e, err := xpath.Parse(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := e.Supported(); ok != c.supported || e.Varying() != c.vary {
			t.Errorf("%s: supported %v, varying %v", c.expr, ok, e.Varying())
		}
		if _, err := e.String(env(), doc("a").Children[0]); (err == nil) != c.supported {
			t.Errorf("%s: %v", c.expr, err)
		}
	}
}

// FuzzParse: whatever is written, reading and reckoning it end, and what is said of its
// references is where they stand.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"${a} + 1", "if(selected(${a}, 'x'), /data/b[position() = 1], -3)", "instance('list')/root/item[name = current()/../a]/region",
		"indexed-repeat(${a}, ${b}, 2) | ../x", "jr:choice-name(${a}, '${a}')", "'", "a[", "regex(., '[')", "round(1, 400)", "date(1e300)", "substr('a', 0 div 0)"} {
		f.Add(s)
	}
	d := doc("data(a=1 b(c=2) b(c=3))")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := xpath.Parse(s)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		for _, r := range e.Refs() {
			if r.From < 0 || r.To > len(s) || !strings.HasPrefix(s[r.From:r.To], "${") || !strings.HasSuffix(s[r.From:r.To], "}") {
				t.Fatalf("%q: reference %+v", s, r)
			}
		}
		for _, p := range e.Places() {
			if p.From < 0 || p.To > len(s) || p.From > p.To {
				t.Fatalf("%q: path %+v", s, p)
			}
		}
		e.Names()
		e.SelfPlaces()
		en := env()
		en.Ref = func(r xpath.Ref, from *xpath.Node) []*xpath.Node { return []*xpath.Node{from} }
		if len(s) < 200 {
			e.String(en, d.Children[0].Children[0]) //nolint:errcheck // only that it ends
		}
	})
}

// TestFilesThatAreNotHere: nothing is reckoned from a file that is not here, and nothing from one
// that is without the row.
func TestFilesThatAreNotHere(t *testing.T) {
	for expr, want := range map[string]string{"pulldata('list', 'region', 'name', 'b')": "y", "pulldata('list', 'region', 'name', 'q')": "", "pulldata('list', 'nothing', 'name', 'b')": "",
		"pulldata('none', 'a', 'b', 1)": "!", "count(instance('none')/root/item)": "!"} {
		e, err := xpath.Parse(expr)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.String(env(), doc("a").Children[0])
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%s = %q (%v), want %q", expr, got, err, want)
		}
	}
}
