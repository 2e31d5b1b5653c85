package constancy_test

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
)

func day(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

type office struct {
	signer note.Signer
	public string
}

func newOffice(t testing.TB, name string) office {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return office{s, public}
}

func (o office) ring(t testing.TB) *constancy.Ring {
	t.Helper()
	r, err := constancy.NewRing("PE", day(t, "2026-11-01"), []constancy.Key{{Public: o.public, From: day(t, "2026-01-01"), Until: day(t, "2028-12-31")}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func card(t testing.TB) constancy.Statement {
	return constancy.Statement{Kind: constancy.Card, Country: "PE", Serial: "7QK3-WZ0A-9TMP", Number: id.Number(12345),
		Surnames: "Ñahui Mamani", Given: "Rosa Luz", Birth: day(t, "1968-04-07"), Document: "dni 678", Office: "ESMAD",
		Since: day(t, "2019-05"), Issued: day(t, "2026-11-23"), Until: day(t, "2028-11-22")}
}

func sign(t testing.TB, s constancy.Statement, o office) string {
	t.Helper()
	text, err := constancy.Sign(s, o.signer)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRoundTrip(t *testing.T) {
	o := newOffice(t, "quipu/TEST/constancy")
	ring := o.ring(t)
	letters := rapid.StringMatching(`[A-ZÑÁ][a-zñáéü'ʼ]{0,20}( [A-Z][a-z]{1,20}){0,2}`)
	rapid.Check(t, func(rt *rapid.T) {
		want := card(t)
		want.Kind = rapid.SampledFrom(constancy.Kinds).Draw(rt, "kind")
		want.Serial, want.Number = constancy.NewSerial(), id.Number(rapid.Int64Range(1, 9_999_999_999).Draw(rt, "n"))
		want.Surnames, want.Given = letters.Draw(rt, "surnames"), letters.Draw(rt, "given")
		want.Birth = day(t, rapid.SampledFrom([]string{"1968-04-07", "1968-04", "1968", "196X", "1968~", "1968-04-07?", "XXXX", "0001-01-01", "9999-12-31"}).Draw(rt, "birth"))
		want.Document = rapid.SampledFrom([]string{"", "dni 678", "passport X1Z"}).Draw(rt, "document")
		if want.Kind == constancy.Removal {
			want.Closed, want.Until = day(t, "2026-10-01"), civil.Date{}
		}
		text := sign(t, want, o)
		if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:") != "" || len(text) > 420 {
			rt.Fatalf("not a small alphanumeric text: %d %s", len(text), text)
		}
		r := constancy.Verify(" "+strings.ToLower(text[:9])+"\n"+text[9:]+"\r\n", ring, nil, want.Issued)
		want.Key = o.signer.KeyHash()
		if r.Verdict != constancy.Valid || !r.Stale || r.Signer != "quipu/TEST/constancy" {
			rt.Fatalf("%+v", r)
		}
		if diff := cmp.Diff(want, *r.Statement); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// remake takes a text apart, lets the forger work, and writes checksum and length anew.
func remake(t *testing.T, text string, forge func(statement, sig []byte) ([]byte, []byte)) string {
	t.Helper()
	enc := base32.StdEncoding.WithPadding(base32.NoPadding)
	body, err := enc.DecodeString(strings.TrimPrefix(text, constancy.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	n := int(binary.BigEndian.Uint16(body))
	statement, sig := forge(body[2:2+n:2+n], body[2+n:2+n+64:2+n+64])
	out := binary.BigEndian.AppendUint16(nil, uint16(len(statement)))
	out = append(append(out, statement...), sig...)
	return constancy.Prefix + enc.EncodeToString(binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out)))
}

func replaced(old, new string) func(a, b []byte) ([]byte, []byte) {
	return func(statement, sig []byte) ([]byte, []byte) {
		return []byte(strings.Replace(string(statement), old, new, 1)), sig
	}
}

func TestVerdicts(t *testing.T) {
	o, stranger := newOffice(t, "quipu/TEST/constancy"), newOffice(t, "quipu/OTHER/constancy")
	ring := o.ring(t)
	s := card(t)
	good := sign(t, s, o)
	abroad, old := s, s
	abroad.Country = "EC"
	old.Issued, old.Until = day(t, "2025-11-23"), day(t, "2027-11-23")
	other := s
	other.Given = "Rosa"
	swap := strings.Replace(good[:40], good[30:31], map[bool]string{true: "B", false: "A"}[good[30] == 'A'], 1) + good[40:]
	cases := []struct {
		name, text, on string
		want           constancy.Verdict
		shown          bool
	}{
		{"genuine", good, "2026-11-23", constancy.Valid, true},
		{"by a scanner with another keyboard", "qp1ñ" + good[4:], "2026-11-23", constancy.Valid, true},
		{"its last day", good, "2028-11-22", constancy.Valid, true},
		{"the day after", good, "2028-11-23", constancy.Expired, true},
		{"the day before", good, "2026-11-22", constancy.Early, true},
		{"before its key", sign(t, old, o), "2026-11-23", constancy.RetiredKey, true},
		{"of another State, our key", sign(t, abroad, o), "2026-11-23", constancy.WrongCountry, true},
		{"of another State", sign(t, abroad, stranger), "2026-11-23", constancy.WrongCountry, false},
		{"of a key that nobody knows", sign(t, s, stranger), "2026-11-23", constancy.UnknownKey, false},
		{"another name", remake(t, good, replaced("Rosa Luz", "Rosa Sol")), "2026-11-23", constancy.Forged, false},
		{"later expiry", remake(t, good, replaced("\x0f\xd9\x76", "\x0f\xdb\x76")), "2026-11-23", constancy.Forged, false},
		{"another's signature", remake(t, good, func(st, _ []byte) (_, _ []byte) {
			var sig []byte
			remake(t, sign(t, other, o), func(a, b []byte) ([]byte, []byte) { sig = b; return a, b })
			return st, sig
		}), "2026-11-23", constancy.Forged, false},
		{"a stranger who names our key", remake(t, sign(t, s, stranger), func(st, sig []byte) ([]byte, []byte) {
			return binary.BigEndian.AppendUint32(st[:len(st)-4], o.signer.KeyHash()), sig
		}), "2026-11-23", constancy.Forged, false},
		{"name not in normal form", remake(t, good, replaced("\u00d1ahui", "N\u0303ahui")), "2026-11-23", constancy.Altered, false},
		{"one letter misread", swap, "2026-11-23", constancy.Altered, false},
		{"a strange sign", good[:20] + "!" + good[21:], "2026-11-23", constancy.Altered, false},
		{"something after it", good + "AAAAAAAA", "2026-11-23", constancy.Altered, false},
		{"half of it", good[:len(good)/2], "2026-11-23", constancy.Truncated, false},
		{"one letter short", good[:len(good)-1], "2026-11-23", constancy.Truncated, false},
		{"only the beginning", "QP1:", "2026-11-23", constancy.Truncated, false},
		{"a later version", "QP2:" + good[4:], "2026-11-23", constancy.Newer, false},
		{"an address", "https://example.org/", "2026-11-23", constancy.Foreign, false},
		{"nothing", "", "2026-11-23", constancy.Foreign, false},
	}
	for _, c := range cases {
		r := constancy.Verify(c.text, ring, nil, day(t, c.on))
		if r.Verdict != c.want || r.Genuine() != c.shown {
			t.Errorf("%s: %s (shown %v), want %s", c.name, r.Verdict, r.Genuine(), c.want)
		}
	}
}

func TestRevocations(t *testing.T) {
	o, stranger := newOffice(t, "quipu/TEST/constancy"), newOffice(t, "quipu/TEST/constancy")
	ring := o.ring(t)
	s := card(t)
	list := &constancy.Revocations{Country: "PE", Issued: day(t, "2026-12-01"), Serials: map[string]civil.Date{s.Serial: day(t, "2026-11-30"), constancy.NewSerial(): day(t, "2026-11-29")}}
	file, err := list.Sign(o.signer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := constancy.OpenRevocations(file, ring)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, got); diff != "" {
		t.Fatal(diff)
	}
	r := constancy.Verify(sign(t, s, o), ring, got, day(t, "2026-12-31"))
	if r.Verdict != constancy.Revoked || r.RevokedOn != day(t, "2026-11-30") || r.Stale {
		t.Errorf("%+v", r)
	}
	if r := constancy.Verify(sign(t, s, o), ring, got, day(t, "2027-01-01")); !r.Stale {
		t.Error("a list of 31 days ago is not said to be old")
	}
	without := strings.Replace(string(file), s.Serial+" 2026-11-30\n", "", 1)
	if _, err := constancy.OpenRevocations([]byte(without), ring); !fault.Is(err, "constancy.revoked_signature") {
		t.Errorf("a list with a line taken out: %v", err)
	}
	forged, _ := list.Sign(stranger.signer)
	if _, err := constancy.OpenRevocations(forged, ring); !fault.Is(err, "constancy.revoked_signature") {
		t.Errorf("a stranger's list: %v", err)
	}
	list.Country = "EC"
	foreign, _ := list.Sign(o.signer)
	keys, _ := ring.Sign(o.signer)
	for _, f := range [][]byte{foreign, keys} {
		if _, err := constancy.OpenRevocations(f, ring); !fault.Is(err, "constancy.revoked_form") {
			t.Errorf("another file: %v", err)
		}
	}
}

func TestRing(t *testing.T) {
	o, second, stranger := newOffice(t, "quipu/A/constancy"), newOffice(t, "quipu/B/constancy"), newOffice(t, "quipu/C/constancy")
	ring, err := constancy.NewRing("PE", day(t, "2026-11-01"), []constancy.Key{{Public: second.public}, {Public: o.public, From: day(t, "2026-01-01")}, {Public: second.public}})
	if err != nil {
		t.Fatal(err)
	}
	file, err := ring.Sign(o.signer)
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range [][]string{nil, {o.public}, {stranger.public, o.public}} {
		got, signer, err := constancy.OpenRing(file, root...)
		if err != nil || signer != o.public || len(got.Keys()) != 2 || got.Keys()[0].From != day(t, "2026-01-01") || got.Country != "PE" {
			t.Errorf("root %v: %v %s %v", root, got, signer, err)
		}
	}
	if _, _, err := constancy.OpenRing(file, stranger.public); !fault.Is(err, "constancy.keys_signature") {
		t.Errorf("a list that the root did not sign: %v", err)
	}
	byStranger, _ := ring.Sign(stranger.signer)
	if _, _, err := constancy.OpenRing(byStranger); !fault.Is(err, "constancy.keys_signature") {
		t.Errorf("a list signed by none of its keys: %v", err)
	}
	more := strings.Replace(string(file), "key .. ", "key .. .. "+stranger.public+"\nkey .. ", 1)
	if _, _, err := constancy.OpenRing([]byte(more)); err == nil {
		t.Error("a key was slipped in")
	}
	for _, bad := range []string{"", "x", string(file[:40]), strings.Replace(string(file), "keys 1", "keys 2", 1), strings.Replace(string(file), "country PE", "country Peru", 1)} {
		if _, _, err := constancy.OpenRing([]byte(bad)); !fault.Is(err, "constancy.keys_form") {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if _, err := constancy.NewRing("PE", civil.Date{}, []constancy.Key{{Public: "x"}}); !fault.Is(err, "constancy.key") {
		t.Errorf("not a key: %v", err)
	}
}

func TestSignRefuses(t *testing.T) {
	o := newOffice(t, "quipu/TEST/constancy")
	for part, spoil := range map[string]func(*constancy.Statement){
		"kind": func(s *constancy.Statement) { s.Kind = "visa" }, "country": func(s *constancy.Statement) { s.Country = "pe" },
		"serial": func(s *constancy.Statement) { s.Serial = "7QK3WZ0A9TMP" }, "number": func(s *constancy.Statement) { s.Number = "0000-001-2346" },
		"name":   func(s *constancy.Statement) { s.Given, s.Surnames = "", "" },
		"office": func(s *constancy.Statement) { s.Office = "" }, "issued": func(s *constancy.Statement) { s.Issued = civil.Date{Year: 2026} },
		"closed": func(s *constancy.Statement) { s.Closed = s.Issued }, "until": func(s *constancy.Statement) { s.Until = day(t, "2026-11-22") },
		"document": func(s *constancy.Statement) { s.Document = "dni 12345678901234567890" },
	} {
		s := card(t)
		spoil(&s)
		_, err := constancy.Sign(s, o.signer)
		if f := fault.As(err); f == nil || f.Key != "constancy.statement" || f.Args[0].Value != part {
			t.Errorf("%s: %v", part, err)
		}
	}
	s := card(t)
	s.Surnames = strings.Repeat("Ñ", 300)
	if _, err := constancy.Sign(s, o.signer); !fault.Is(err, "constancy.too_long") {
		t.Errorf("a name of 300 letters: %v", err)
	}
}

func TestParseSerial(t *testing.T) {
	for in, want := range map[string]string{"7qk3 wzoa 9tmp": "7QK3-WZ0A-9TMP", "1I1l-0000-0000": "1111-0000-0000", "7QK3WZ0A9TMP": "7QK3-WZ0A-9TMP", "7QK3": "", "7QK3-WZ0A-9TMU": ""} {
		if got, ok := constancy.ParseSerial(in); got != want || ok != (want != "") {
			t.Errorf("%q: %q", in, got)
		}
	}
	if s := constancy.NewSerial(); len(s) != 14 || s == constancy.NewSerial() {
		t.Error(s)
	}
}

func TestEveryVerdictHasWords(t *testing.T) {
	var keys []string
	for _, v := range constancy.Verdicts {
		keys = append(keys, "constancy.verdict."+string(v))
	}
	for _, k := range constancy.Kinds {
		keys = append(keys, "constancy.kind."+string(k))
	}
	for _, f := range []string{"statement", "too_long", "key", "keys_form", "keys_signature", "revoked_form", "revoked_signature"} {
		keys = append(keys, "fault.constancy."+f)
	}
	for _, key := range keys {
		es, en := i18n.T(i18n.Spanish, key), i18n.T(i18n.English, key)
		if strings.Contains(es+en, "⟦") || es == en {
			t.Errorf("%s has no words of its own in both languages", key)
		}
	}
}

func FuzzVerify(f *testing.F) {
	o := newOffice(f, "quipu/TEST/constancy")
	ring := o.ring(f)
	s := card(f)
	good := sign(f, s, o)
	for _, text := range []string{good, good[:60], "QP1:", "QP1:AAAA", "qp2:", "", strings.Repeat("QP1:A", 9), good + "\n", "QP1:ABE" + good[7:]} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := constancy.Verify(text, ring, nil, s.Issued)
		if r.Genuine() && (r.Statement.Serial != s.Serial || r.Statement.Natural() != s.Natural()) {
			t.Fatalf("a forgery passed: %+v", r)
		}
		if r.Verdict == "" {
			t.Fatal("no verdict")
		}
	})
}

func FuzzLists(f *testing.F) {
	o := newOffice(f, "quipu/TEST/constancy")
	ring := o.ring(f)
	keys, _ := ring.Sign(o.signer)
	revoked, _ := (&constancy.Revocations{Country: "PE", Issued: day(f, "2026-12-01"), Serials: map[string]civil.Date{"7QK3-WZ0A-9TMP": day(f, "2026-11-30")}}).Sign(o.signer)
	f.Add(keys)
	f.Add(revoked)
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, _, err := constancy.OpenRing(file, o.public); err == nil && string(file) != string(keys) && !strings.HasPrefix(string(file), strings.SplitN(string(keys), "\n\n", 2)[0]) {
			t.Fatal("a forged list of keys passed")
		}
		if r, err := constancy.OpenRevocations(file, ring); err == nil && len(r.Serials) != 1 {
			t.Fatal("a forged list of revocations passed")
		}
	})
}
