package seal

import (
	"strings"
	"testing"

	"quipu/internal/fault"
)

func TestEnrolCode(t *testing.T) {
	hub := NewIdentity().Public()
	c := NewEnrolCode(hub)
	text := c.String()
	typed := strings.ToLower(strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(text))
	for _, s := range []string{text, typed, strings.ReplaceAll(text, "-", "")} {
		if got, err := ParseEnrolCode(s); err != nil || got != c {
			t.Errorf("%q: %v", s, err)
		}
	}
	if !c.Of(hub) || c.Of(NewIdentity().Public()) || c.Of(Public{}) {
		t.Error("the code does not know its hub")
	}
	if HashOfSecret(c.Secret()) == HashOfSecret(NewEnrolCode(hub).Secret()) || strings.Contains(HashOfSecret(c.Secret()), c.Secret()) {
		t.Error("hash")
	}
	found := 0
	for i := range text {
		if text[i] == '-' {
			continue
		}
		b := []byte(text)
		b[i] = "23"[b[i]&1]
		if string(b) == text {
			continue
		}
		if _, err := ParseEnrolCode(string(b)); fault.Is(err, "seal.enrol_code") {
			found++
		} else {
			t.Errorf("mistyped at %d: %v", i, err)
		}
	}
	for _, s := range []string{"", text[:20], text + "0", strings.Repeat("0", 300)} {
		if _, err := ParseEnrolCode(s); !fault.Is(err, "seal.enrol_code") {
			t.Errorf("%q: %v", s, err)
		}
	}
	if found < 30 {
		t.Errorf("only %d mistyped codes tried", found)
	}
}
