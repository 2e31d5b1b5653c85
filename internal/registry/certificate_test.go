package registry

import (
	"slices"
	"strings"
	"testing"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
)

func certify(t *testing.T, b *book, kind CertKind, serial string, asOf civil.Date) Facts {
	t.Helper()
	f, err := Certifiable(b.person(), kind, "", asOf)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(Certify(b.person(), f, serial, "QP1:TEXT"))
	return f
}

func refused(t *testing.T, b *book, kind CertKind, asOf civil.Date, key string) {
	t.Helper()
	if _, err := Certifiable(b.person(), kind, "", asOf); !fault.Is(err, key) {
		t.Errorf("%s: %v, want %s", kind, err, key)
	}
}

func TestCertifiable(t *testing.T) {
	b := registered(t, ana()...)
	f, err := Certifiable(b.person(), CertRegistration, "", today)
	if err != nil {
		t.Fatal(err)
	}
	if f.Surnames != "Quispe Ñahui" || f.Given != "Ana María" || f.Latin != "" || f.Document != "dni 890" || f.Office != "ESMAD" ||
		f.Since != today || f.Until != today.AddDays(90) || f.Issued != today {
		t.Errorf("%+v", f)
	}
	if f, err := Certifiable(b.person(), CertCard, "", today); err != nil || f.Until != day("2028-11-22") || f.Parent != "" {
		t.Errorf("%+v %v", f, err)
	}
	if f, err := Certifiable(b.person(), CertRegistration, "", day("2031-11-01")); err != nil || f.Until != day("2031-11-23") {
		t.Errorf("longer than the registration: %+v %v", f, err)
	}
	refused(t, b, CertRegistration, day("2031-11-24"), "registry.cert_stale")
	refused(t, b, CertRemoval, today, "registry.cert_not_closed")
	refused(t, b, "visa", today, "registry.cert_kind")
}

func TestRemoval(t *testing.T) {
	b := registered(t, ana()...)
	c, err := Close(b.person(), "returned", day("2027-02-01"), "")
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	f, err := Certifiable(b.person(), CertRemoval, "", day("2027-03-01"))
	if err != nil || f.Closed != day("2027-02-01") || f.Since != today || f.Until.Known() || f.Office != "ESMAD" {
		t.Errorf("%+v %v", f, err)
	}
	refused(t, b, CertRegistration, day("2027-03-01"), "registry.not_registered")
	c, err = Reopen(b.person(), ReopenCmd{Office: "ESMAD", Kind: "resident", Channel: "window"}, day("2027-04-01"))
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	refused(t, b, CertRemoval, day("2027-04-02"), "registry.cert_not_closed")
	c, err = Transfer(b.person(), TransferCmd{ToOffice: "USPAT"}, day("2027-05-01"))
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if f, err := Certifiable(b.person(), CertRemoval, "", day("2027-05-02")); err != nil || f.Office != "ESMAD" || f.Since != day("2027-04-01") {
		t.Errorf("after the transfer: %+v %v", f, err)
	}
}

func TestMinorsCardNeedsParent(t *testing.T) {
	b := registered(t, ana()...)
	edit := func(in ...Input) {
		t.Helper()
		c, _, err := Edit(b.person(), in, "", today)
		if err != nil {
			t.Fatal(err)
		}
		b.commit(c)
	}
	edit(Input{Field: "birth_date", Value: text("", "2012-05-06").Value, Base: b.person().Version("birth_date")})
	refused(t, b, CertCard, today, "registry.cert_no_parent")
	edit(item("family/new", "relation", "mother", "name", "Luz Ñahui"))
	refused(t, b, CertCard, today, "registry.cert_no_parent") // she holds no authority in the record
	edit(item("family/new", "relation", "father", "name", "Juan Quispe", "authority", "yes"))
	f := certify(t, b, CertCard, "AAAA-AAAA-AAAA", today)
	if f.Parent != "Juan Quispe" || b.person().Items("card")[0].Value.Part("parent") != "Juan Quispe" {
		t.Errorf("%+v", f)
	}
	edit(item("family/new", "relation", "guardian", "name", "Rosa Mamani", "authority", "yes"))
	refused(t, b, CertCard, today, "registry.cert_which_parent")
	for _, it := range b.person().Items("family") {
		f, err := Certifiable(b.person(), CertCard, it.ID, today)
		if named := it.Value.Part("authority") == "yes"; named != (err == nil) || named && f.Parent != it.Value.Part("name") {
			t.Errorf("%v: %+v %v", it.Value, f, err)
		}
	}
	if _, err := Certifiable(b.person(), CertRegistration, "", today); err != nil {
		t.Errorf("a minor's certificate of registration: %v", err)
	}
	edit(Input{Field: "birth_date", Value: text("", "XXXX").Value, Base: b.person().Version("birth_date")})
	refused(t, b, CertCard, today, "registry.cert_no_birth")
}

func TestProvisionalHasNoCard(t *testing.T) {
	b := registered(t, text("given_names", "Rosa"), text("birth_date", "1990"))
	refused(t, b, CertCard, today, "registry.cert_provisional")
	if f, err := Certifiable(b.person(), CertRegistration, "", today); err != nil || f.Document != "" {
		t.Errorf("%+v %v", f, err)
	}
}

func TestOtherScripts(t *testing.T) {
	for _, c := range []struct{ surname, given, other, want string }{
		{"陳", "美麗", "Chen Meili", "Chen Meili"}, {"陳", "美麗", "", ""}, {"Иванова", "Анна", "", "ANNA IVANOVA"}, {"陳", "Ana", "", ""},
	} {
		in := []Input{text("surname_paternal", c.surname), text("given_names", c.given)}
		if c.other != "" {
			in = append(in, item("name_other/new", "text", c.other))
		}
		b := registered(t, in...)
		if c.want == "" {
			refused(t, b, CertRegistration, today, "registry.cert_no_latin")
		} else if f, err := Certifiable(b.person(), CertRegistration, "", today); err != nil || f.Latin != c.want || f.Surnames != c.surname {
			t.Errorf("%+v: %+v %v", c, f, err)
		}
	}
}

func TestRevoke(t *testing.T) {
	b := registered(t, ana()...)
	certify(t, b, CertCard, "1111-1111-1111", today)
	certify(t, b, CertRegistration, "2222-2222-2222", today)
	certify(t, b, CertCard, "3333-3333-3333", today.AddDays(1))
	state := func() string {
		var out []string
		for _, c := range Certificates(b.person()) {
			out = append(out, c.Serial[:4]+" "+c.Reason)
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	if got := state(); got != "1111 replaced, 2222 , 3333 " {
		t.Errorf("a new card: %s", got)
	}
	c, err := RevokeCertificate(b.person(), "2222-2222-2222", "in_error", " se leyó mal\r\nel acta ", today)
	if err != nil {
		t.Fatal(err)
	}
	if c.Note != "se leyó mal\nel acta" {
		t.Errorf("note %q", c.Note)
	}
	b.commit(c)
	for serial, key := range map[string]string{"1111-1111-1111": "registry.cert_revoked", "4444-4444-4444": "registry.cert_unknown"} {
		if _, err := RevokeCertificate(b.person(), serial, "lost", "", today); !fault.Is(err, key) {
			t.Errorf("%s: %v", serial, err)
		}
	}
	for _, reason := range []string{"", "no", "replaced", "deceased"} { // the last two are for the rules to give
		if _, err := RevokeCertificate(b.person(), "3333-3333-3333", reason, "", today); !fault.Is(err, "registry.cert_reason") {
			t.Errorf("reason %q: %v", reason, err)
		}
	}
	keys := strings.Join(Keys(b.person()), " ")
	if !strings.Contains(keys, "cert:111111111111 cert:222222222222 cert:333333333333") || !strings.HasSuffix(keys, RevokedKey+" tel:+34600123456") {
		t.Errorf("keys are %s", keys)
	}
	c, err = Decease(b.person(), today, "Madrid", "1/2026", today.AddDays(2))
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	if got := state(); got != "1111 replaced, 2222 in_error, 3333 deceased" {
		t.Errorf("after the death: %s", got)
	}
	refused(t, b, CertCard, today.AddDays(3), "registry.deceased")
}

// What the rules write is in the list, so that a page has words for it.
func TestRulesGiveListedReasons(t *testing.T) {
	list := code.List("revocation_reason")
	for _, reason := range []string{"replaced", "closed", "moved", "deceased"} {
		if it, ok := list.Get(reason); !ok || it.Field("automatic") == "" {
			t.Errorf("%s is not an automatic reason of the list", reason)
		}
	}
	if n := len(RevocationReasons(today)); n < 5 {
		t.Errorf("an officer has %d reasons to choose from", n)
	}
}

func TestTransferEndsOnlyTheConstancy(t *testing.T) {
	b := registered(t, ana()...)
	certify(t, b, CertCard, "1111-1111-1111", today)
	certify(t, b, CertRegistration, "2222-2222-2222", today)
	c, err := Transfer(b.person(), TransferCmd{ToOffice: "USPAT"}, today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	for _, cert := range Certificates(b.person()) {
		if cert.Holds(today) != (cert.Kind == CertCard) {
			t.Errorf("%+v", cert)
		}
	}
}
