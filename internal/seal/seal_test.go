package seal

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func TestRoundTrip(t *testing.T) {
	m := NewMaster()
	rapid.Check(t, func(t *rapid.T) {
		entity, tier := rapid.String().Draw(t, "entity"), rapid.String().Draw(t, "tier")
		field, value := rapid.String().Draw(t, "field"), rapid.String().Draw(t, "value")
		k, wrapped := m.NewDataKey(entity, tier)
		sealed := k.Seal(field, value)
		again, err := m.OpenDataKey(entity, tier, wrapped)
		if err != nil {
			t.Fatal(err)
		}
		got, err := again.Open(field, sealed)
		if err != nil || got != value || !Sealed(sealed) {
			t.Fatalf("got %q, %v; want %q", got, err, value)
		}
		if k.Seal(field, value) == sealed {
			t.Fatal("sealing twice gave the same text")
		}
	})
}

func TestValueIsBoundToPersonFieldAndKey(t *testing.T) {
	m := NewMaster()
	ana, _ := m.NewDataKey("person-a", "contact")
	luis, _ := m.NewDataKey("person-b", "contact")
	sealed := ana.Seal("phone", "+34600000000")
	moved := &DataKey{entity: "person-b", tier: "contact", secret: ana.secret} // even with the right key
	for name, open := range map[string]func() (string, error){
		"another person's key": func() (string, error) { return luis.Open("phone", sealed) },
		"another field":        func() (string, error) { return ana.Open("email", sealed) },
		"moved to a person":    func() (string, error) { return moved.Open("phone", sealed) },
		"plain text":           func() (string, error) { return ana.Open("phone", "+34600000000") },
		"not base64":           func() (string, error) { return ana.Open("phone", "s1:*") },
		"empty":                func() (string, error) { return ana.Open("phone", "s1:") },
	} {
		if v, err := open(); !fault.Is(err, "seal.damaged") || v != "" {
			t.Errorf("%s: %q, %v", name, v, err)
		}
	}
}

func TestEveryChangedBitIsFound(t *testing.T) {
	k, _ := NewMaster().NewDataKey("p", "t")
	box, err := text64.DecodeString(strings.TrimPrefix(k.Seal("f", "secret"), "s1:"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(box) * 8 {
		box[i/8] ^= 1 << (i % 8)
		if _, err := k.Open("f", "s1:"+text64.EncodeToString(box)); err == nil {
			t.Errorf("changed bit %d passes", i)
		}
		box[i/8] ^= 1 << (i % 8)
	}
}

func TestWrappedKeyIsBoundToEntityTierAndMaster(t *testing.T) {
	m := NewMaster()
	_, wrapped := m.NewDataKey("ab", "c")
	if _, err := NewMaster().OpenDataKey("ab", "c", wrapped); !fault.Is(err, "seal.wrong_master") {
		t.Errorf("another master: %v", err)
	}
	for _, c := range [][3]string{{"a", "bc", wrapped}, {"ab", "d", wrapped}, {"ab", "c", wrapped[:len(wrapped)-2]}, {"ab", "c", "k1:"}, {"ab", "c", ""}} {
		if _, err := m.OpenDataKey(c[0], c[1], c[2]); !fault.Is(err, "seal.damaged") {
			t.Errorf("%q: %v", c, err)
		}
	}
	forged := "k1:" + NewMaster().ID() + wrapped[len("k1:")+8:]
	other := NewMaster()
	forged = "k1:" + other.ID() + forged[len("k1:")+8:]
	if _, err := other.OpenDataKey("ab", "c", forged); !fault.Is(err, "seal.damaged") {
		t.Errorf("a key with the name of another master put on it: %v", err)
	}
}

func TestRewrapKeepsValues(t *testing.T) {
	old, next := NewMaster(), NewMaster()
	k, wrapped := old.NewDataKey("p", "t")
	sealed := k.Seal("f", "v")
	moved, err := next.Rewrap(old, "p", "t", wrapped)
	if err != nil {
		t.Fatal(err)
	}
	k2, err := next.OpenDataKey("p", "t", moved)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := k2.Open("f", sealed); v != "v" || err != nil {
		t.Errorf("%q %v", v, err)
	}
}

func TestBlindIndex(t *testing.T) {
	m := newMaster([KeySize]byte{1})
	a := m.BlindIndex("dni", "10117410")
	if len(a) != 32 || a != newMaster([KeySize]byte{1}).BlindIndex("dni", "10117410") {
		t.Errorf("%q is not a stable fingerprint", a)
	}
	for name, b := range map[string]string{
		"number":       m.BlindIndex("dni", "10117411"),
		"kind":         m.BlindIndex("phone", "10117410"),
		"boundary":     m.BlindIndex("dni1", "0117410"),
		"other master": newMaster([KeySize]byte{2}).BlindIndex("dni", "10117410"),
	} {
		if a == b {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
	if m.BlindIndex("dni", "") != "" {
		t.Error("an empty value has a fingerprint")
	}
}

func TestKeysStayOutOfLogs(t *testing.T) {
	m := newMaster([KeySize]byte{0xAB, 0xCD, 0xEF})
	k := &DataKey{entity: "p", tier: "t", secret: [KeySize]byte{0xAB, 0xCD, 0xEF}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, s := range []string{fmt.Sprintf(format, m), fmt.Sprintf(format, k)} {
			if strings.Contains(s, "171") || strings.Contains(strings.ToLower(s), "0xab") {
				t.Errorf("%s shows the key: %s", format, s)
			}
		}
	}
}

// TestSealedAlike: two who hold the key seal a value to the same text, which opens like any
// other; another value, field or entity gives another nonce.
func TestSealedAlike(t *testing.T) {
	m := NewMaster()
	rapid.Check(t, func(t *rapid.T) {
		field, value := rapid.String().Draw(t, "field"), rapid.String().Draw(t, "value")
		k, wrapped := m.NewDataKey("e", "t")
		again, err := m.OpenDataKey("e", "t", wrapped)
		if err != nil {
			t.Fatal(err)
		}
		sealed := k.SealAlike(field, value)
		if got, err := again.Open(field, sealed); err != nil || got != value || again.SealAlike(field, value) != sealed {
			t.Fatalf("got %q, %v; want %q", got, err, value)
		}
		other := &DataKey{entity: "f", tier: "t", secret: k.secret}
		for _, x := range []string{k.SealAlike(field, value+"x"), k.SealAlike(field+"x", value), other.SealAlike(field, value)} {
			if x[:len(sealedPrefix)+16] == sealed[:len(sealedPrefix)+16] {
				t.Fatal("a nonce serves two values")
			}
		}
	})
}
