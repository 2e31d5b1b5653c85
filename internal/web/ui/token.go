package ui

import (
	"bytes"
	"crypto/rand"
)

// Token is the name under which each form that is posted says which one it is, so that a
// form which is sent twice acts once. Every page gets it on its way out; templates do not
// write it.
const Token = "q-once"

// mark puts the token into the forms of a page. A page that has it already keeps it.
func mark(html []byte) []byte {
	if bytes.Contains(html, []byte(`name="`+Token+`"`)) {
		return html
	}
	field := []byte(`<input type="hidden" name="` + Token + `" value="` + rand.Text() + `">`)
	var out []byte
	for {
		start := bytes.Index(html, []byte("<form "))
		if start < 0 {
			break
		}
		end := start + bytes.IndexByte(html[start:], '>') + 1
		if end == start {
			break
		}
		out = append(out, html[:end]...)
		if bytes.Contains(html[start:end], []byte(`method="post"`)) {
			out = append(out, field...)
		}
		html = html[end:]
	}
	return append(out, html...)
}
