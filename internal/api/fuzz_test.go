package api

import (
	"encoding/json"
	"testing"
)

// FuzzDecode: what is let through is what encoding/json reads too, and nothing panics.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{juan, nobody, `{"provenance":{"source":"a"},"fields":[{"field":"x","parts":{"a":"b"},"base":"N:1"}]}`, `{"a":[[[1e9,null,"\ud800"]]]}`, `{"office":"a","office":"b"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in, plain registerIn
		if decode(body, &in) != nil {
			return
		}
		if err := json.Unmarshal(body, &plain); err != nil || in.Provenance == nil || len(in.Fields) > 200 {
			t.Fatalf("let through %q: %v", body, err)
		}
		prov, err := in.Provenance.read("/provenance")
		if err == nil {
			_, err = inputs(in.Fields, prov)
		}
		if err != nil && (statusOf(err) < 400 || statusOf(err) > 499) {
			t.Fatalf("%q is answered %d: %v", body, statusOf(err), err)
		}
	})
}
