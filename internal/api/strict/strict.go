// Package strict reads JSON bodies more strictly than encoding/json does: a program that misspells
// a member, or sends what no engine keeps, is told so and where.
package strict

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deep a body may nest; none of ours needs more than four.
const maxDepth = 16

// object is a JSON object as it was written.
type object map[string]any

// Error says what is wrong with a body: a text of the catalogue, and where, as a JSON pointer ("" for
// the body as a whole).
type Error struct {
	Key  string
	Args []any // alternating name and value
	At   string
}

func (e *Error) Error() string { return e.Key + " " + e.At }

func refuse(key, at string, args ...any) error { return &Error{key, args, at} }

// Decode reads a body into a struct, more strictly than encoding/json does: no unknown,
// repeated or differently spelled member, no null, no text with letters that were lost, and
// the limits of the struct's tags hold:
//
//	must:"yes"      the member must be there
//	most:"200"      at most so many characters, elements or members
//	range:"1-500"   a whole number from the first to the last
func Decode(body []byte, into any) error {
	if !utf8.Valid(body) {
		return refuse("api.json_text", "")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	tree, err := read(d, "", 0)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errSyntax
		}
	}
	var bad *Error
	if errors.As(err, &bad) {
		return bad
	}
	if err != nil {
		line, column := spot(body, d.InputOffset())
		return refuse("api.json_syntax", "", "line", line, "column", column)
	}
	if err := fit(tree, reflect.TypeOf(into).Elem(), "", ""); err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

var errSyntax = errors.New("strict: not JSON")

func spot(body []byte, offset int64) (line, column int) {
	head := body[:min(int(offset), len(body))]
	return 1 + bytes.Count(head, []byte("\n")), len(head) - bytes.LastIndexByte(head, '\n')
}

// read reads one value, refusing what nests too deep and members that stand twice.
func read(d *json.Decoder, at string, depth int) (any, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, nested := tok.(json.Delim)
	if !nested {
		return tok, nil
	}
	if depth >= maxDepth {
		return nil, refuse("api.json_depth", "", "most", maxDepth)
	}
	if delim == '[' {
		out := []any{}
		for d.More() {
			v, err := read(d, at+"/"+strconv.Itoa(len(out)), depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		_, err := d.Token()
		return out, err
	}
	out := object{}
	for d.More() {
		tok, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := tok.(string)
		where := at + "/" + Escape(name)
		if _, twice := out[name]; twice {
			return nil, refuse("api.json_twice", where, "member", clip(name))
		}
		if out[name], err = read(d, where, depth+1); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return out, err
}

// Escape writes a member's name as RFC 6901 does.
func Escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(clip(name), "~", "~0"), "/", "~1")
}

// fit checks a value against the type that it goes into.
func fit(v any, t reflect.Type, at string, tag reflect.StructTag) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch x := v.(type) {
	case object:
		if t.Kind() == reflect.Struct {
			return fitStruct(x, t, at)
		}
		if t.Kind() == reflect.Map {
			return fitMap(x, t, at, tag)
		}
	case []any:
		if t.Kind() == reflect.Slice {
			return fitSlice(x, t, at, tag)
		}
	case string:
		if t.Kind() == reflect.String {
			return fitText(x, at, tag)
		}
	case json.Number:
		if t.Kind() == reflect.Int {
			return fitNumber(x, at, tag)
		}
	case bool:
		if t.Kind() == reflect.Bool {
			return nil
		}
	}
	return refuse("api.json_type", cmp.Or(at, "/"), "kind", kindNames[t.Kind()])
}

var kindNames = map[reflect.Kind]string{reflect.Struct: "object", reflect.Map: "object", reflect.Slice: "array",
	reflect.String: "string", reflect.Int: "integer", reflect.Bool: "boolean"}

func fitStruct(x object, t reflect.Type, at string) error {
	known := map[string]bool{}
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("json")
		known[name] = true
		v, there := x[name]
		switch {
		case !there && f.Tag.Get("must") != "":
			return refuse("api.json_missing", at+"/"+name, "member", name)
		case there:
			if err := fit(v, f.Type, at+"/"+name, f.Tag); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x)) {
		if !known[name] {
			return refuse("api.json_unknown", at+"/"+Escape(name), "member", clip(name))
		}
	}
	return nil
}

func fitMap(x object, t reflect.Type, at string, tag reflect.StructTag) error {
	const most = 100
	if len(x) > most {
		return refuse("api.json_long", at, "most", most)
	}
	for _, name := range slices.Sorted(maps.Keys(x)) {
		if err := fitText(name, at+"/"+Escape(name), ""); err != nil {
			return err
		}
		if err := fit(x[name], t.Elem(), at+"/"+Escape(name), tag); err != nil {
			return err
		}
	}
	return nil
}

func fitSlice(x []any, t reflect.Type, at string, tag reflect.StructTag) error {
	if most, _ := strconv.Atoi(tag.Get("most")); most > 0 && len(x) > most {
		return refuse("api.json_long", at, "most", most)
	}
	for i, v := range x {
		if err := fit(v, t.Elem(), at+"/"+strconv.Itoa(i), ""); err != nil {
			return err
		}
	}
	return nil
}

// fitText refuses what is too long and what no engine keeps: NUL, and U+FFFD, which stands
// where half of a pair of \u escapes was lost.
func fitText(x, at string, tag reflect.StructTag) error {
	if strings.ContainsAny(x, "\x00\uFFFD") {
		return refuse("api.json_text", at)
	}
	if most, _ := strconv.Atoi(tag.Get("most")); most > 0 && utf8.RuneCountInString(x) > most {
		return refuse("api.json_long", at, "most", most)
	}
	return nil
}

func fitNumber(x json.Number, at string, tag reflect.StructTag) error {
	n, err := strconv.Atoi(x.String())
	if err != nil {
		return refuse("api.json_type", at, "kind", "integer")
	}
	least, most, bounded := strings.Cut(tag.Get("range"), "-")
	lo, _ := strconv.Atoi(least)
	hi, _ := strconv.Atoi(most)
	if bounded && (n < lo || n > hi) {
		return refuse("api.json_range", at, "least", lo, "most", hi)
	}
	return nil
}

// clip shortens a text that is shown back.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
