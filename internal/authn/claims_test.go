package authn

import (
	"encoding/json"
	"slices"
	"testing"
)

// FuzzClaims reads what a provider may write into a token: nothing but the word or true says
// that an address was checked, and a list holds what stands in it.
func FuzzClaims(f *testing.F) {
	for _, s := range []string{`{"amr":["pwd","mfa"],"email_verified":true}`, `{"amr":"mfa","email_verified":"true"}`, `{"amr":null,"email_verified":1}`,
		`{"amr":[1],"acr":2}`, `{"amr":{},"email_verified":"TRUE"}`, `{"email_verified":[true]}`, `{"auth_time":1e3}`, `[]`, ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c claims
		if json.Unmarshal(text, &c) != nil {
			return
		}
		verified, err := json.Marshal(c.Verified)
		if err != nil || string(verified) != "true" && string(verified) != "false" {
			t.Fatalf("%s, %v", verified, err)
		}
		back, err := json.Marshal([]string(c.AMR))
		var again several
		if err != nil || json.Unmarshal(back, &again) != nil || !slices.Equal(again, c.AMR) {
			t.Fatalf("%q comes back as %q, %v", c.AMR, again, err)
		}
		var loose struct {
			Verified any `json:"email_verified"`
		}
		if err := json.Unmarshal(text, &loose); err == nil && bool(c.Verified) && loose.Verified != true && loose.Verified != "true" {
			t.Fatalf("%v counts as checked", loose.Verified)
		}
	})
}
