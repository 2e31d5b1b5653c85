package i18n

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

func TestT(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{T(Spanish, "ui.nav.register"), "Registrar"},
		{T(English, "ui.nav.register"), "Register"},
		{T(Quechua, "ui.nav.register"), "Registrar"},
		{T("zz", "ui.nav.register"), "Registrar"},
		{T(Spanish, "no.such.key"), "⟦no.such.key⟧"},
		{T(Spanish, "ui.page.range", "from", 1, "to", 1234, "total", 12345), "1 a 1234 de 12.345"},
		{T(English, "ui.page.range", "from", 1, "to", 1234, "total", 12345), "1 to 1,234 of 12,345"},
		{T(English, "ui.date.decade", "year", 1960), "1960s"},
		{T(Spanish, "ui.date.approx", "date", "{date}"), "hacia {date}"},
		{TN(Spanish, "none", 1), "⟦none.one⟧"},
		{TN(Spanish, "none", 0), "⟦none.other⟧"},
		{Number(Spanish, -1234567), "-1.234.567"},
		{Number(English, 999), "999"},
		{Value(Spanish, 1.5), "1,5"},
		{T(Spanish, "ui.date.approx", "date", civil.Date{Year: 1968, Month: 4}), "hacia abril de 1968"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDate(t *testing.T) {
	for _, c := range []struct{ edtf, es, en string }{
		{"1968-04-07", "7 de abril de 1968", "7 April 1968"},
		{"1968-04", "abril de 1968", "April 1968"},
		{"1968-04-XX", "abril de 1968", "April 1968"},
		{"1968-XX-XX", "1968", "1968"},
		{"1968", "1968", "1968"},
		{"1968~", "hacia 1968", "about 1968"},
		{"1968?", "1968 (sin certeza)", "1968 (uncertain)"},
		{"196X", "década de 1960", "1960s"},
		{"XXXX", "desconocida", "unknown"},
		{"", "desconocida", "unknown"},
		{"mañana", "mañana", "mañana"},
		{"1968-13", "1968-13", "1968-13"},
	} {
		if got := Date(Spanish, c.edtf); got != c.es {
			t.Errorf("Date(es, %q) = %q, want %q", c.edtf, got, c.es)
		}
		if got := Date(English, c.edtf); got != c.en {
			t.Errorf("Date(en, %q) = %q, want %q", c.edtf, got, c.en)
		}
	}
	lima := time.FixedZone("", -5*3600)
	at := time.Date(2026, 3, 1, 2, 30, 0, 0, time.UTC)
	if got, want := DateTime(Spanish, at, lima), "28 de febrero de 2026, 21:30"; got != want {
		t.Errorf("DateTime = %q, want %q", got, want)
	}
}

func TestFault(t *testing.T) {
	known := fmt.Errorf("above: %w", fault.New(fault.Forbidden, "forbidden"))
	if got := Fault(English, known); got != T(English, "fault.forbidden") {
		t.Errorf("a fault reads %q", got)
	}
	secret := errors.New("pq: password wrong for table persons")
	if got := Fault(Spanish, secret); got != T(Spanish, "fault.internal") {
		t.Errorf("an internal error reads %q", got)
	}
	if got := Internal(English, "K7Q"); got == T(English, "fault.internal") {
		t.Errorf("the reference is not shown: %q", got)
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]Lang{
		"": Spanish, "es-PE,es;q=0.9,en;q=0.8": Spanish, "en-US": English,
		"fr-FR, en;q=0.5": English, "ja": Spanish, "not;;a header": Spanish,
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%q) = %q, want %q", header, got, want)
		}
	}
}

func TestCollate(t *testing.T) {
	names := []string{"Ñaupari", "Oré", "Nuñez", "Núñez", "Ávila", "Zeta"}
	Collate(Spanish).SortStrings(names)
	want := []string{"Ávila", "Nuñez", "Núñez", "Ñaupari", "Oré", "Zeta"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		v      float64
		places int
		es, en string
	}{{1234.56, 1, "1234,6", "1,234.6"}, {12345.678, 2, "12.345,68", "12,345.68"}, {-0.04, 1, "0,0", "0.0"}, {-1.25, 1, "-1,2", "-1.2"}, {63, 0, "63", "63"}, {math.NaN(), 1, "–", "–"}} {
		if es, en := Decimal(Spanish, c.v, c.places), Decimal(English, c.v, c.places); es != c.es || en != c.en {
			t.Errorf("%v with %d places: %q %q, want %q %q", c.v, c.places, es, en, c.es, c.en)
		}
	}
}
