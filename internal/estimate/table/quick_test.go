package table

import (
	"slices"
	"strings"
	"testing"
)

// FuzzQuick: what is read quickly is what any reader of XML finds there.
func FuzzQuick(f *testing.F) {
	for _, s := range []string{
		`<?xml version='1.0' ?><data id="p" xmlns:jr="http://openrosa.org/javarosa"><a>1</a><g><b>x &lt; y &amp; z</b><b/></g></data>`,
		`<data><a>1</a><a>2<b>3</b>4</a></data>`, `<d><g><b >  x </b></g></d>`, `<d><a><![CDATA[x]]></a></d>`, `<d><!-- <a>1</a> --><a>2</a></d>`,
		"<d><a>1\r\n2</a></d>", `<d><a>&#49;</a></d>`, `<d><a>1</b></d>`, `<d a="<"><a>1</a></d>`, `<d a='>'><h:a>1</h:a></d>`, `<d><a>1`, `<a:b:c/>`, `<d></d><d><a>1</a></d>`,
		`<d><a>x]]></a></d>`, `x<d/>`, `<d/>x`, `<d><?xml 1?><a>1</a></d>`, `<d><a k=v>1</a></d>`, `<d><a k="v"l="w">1</a></d>`, "<d><a>\x00</a></d>", "<d><a>\xff</a></d>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range s {
			if c < ' ' && c != '\n' && c != '\t' || c >= 0xfffd {
				return // what comes in was read whole before: there are no such characters
			}
		}
		tab := &Table{at: map[string]int{"a": 0, "g": 1, "g/b": 2, "a/b": 3}}
		if !tab.quick(s) {
			return
		}
		got := slices.Clone(tab.read)
		tab.read = nil
		if err := tab.slow(s); err != nil {
			t.Fatalf("%q is no XML: %v", s, err)
		}
		if !slices.Equal(got, tab.read) {
			t.Errorf("%q: %v, want %v", s, got, tab.read)
		}
	})
}

// TestQuickIsUsed: what ODK Collect sends is read quickly.
func TestQuickIsUsed(t *testing.T) {
	tab := &Table{at: map[string]int{"sexo": 0}}
	if !tab.quick(`<?xml version='1.0' ?><data id="perfil" version="1" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><sexo>F</sexo><orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>`) ||
		!slices.Equal(tab.read, []answer{{0, "F"}}) {
		t.Error("it is not")
	}
	if strings.Contains(plainOf(t, "a &amp;lt; b"), "<") {
		t.Error("a name is read twice")
	}
}

func plainOf(t *testing.T, s string) string {
	t.Helper()
	got, ok := plainText(s)
	if !ok {
		t.Fatalf("%q is not read", s)
	}
	return got
}
