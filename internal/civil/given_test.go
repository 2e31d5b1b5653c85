package civil

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/fault"
)

var today = Date{Year: 2026, Month: 6, Day: 15}

// doubtKeys joins the keys of the doubts without their area.
func doubtKeys(doubts []Doubt) string {
	var keys []string
	for _, d := range doubts {
		keys = append(keys, strings.TrimPrefix(d.Key, "civil."))
	}
	return strings.Join(keys, " ")
}

func TestParseGiven(t *testing.T) {
	for _, c := range []struct{ in, want, doubt string }{
		{"1968-04-07", "1968-04-07", ""}, {"7/4/1968", "1968-04-07", ""}, {"07/04/1968", "1968-04-07", ""},
		{"07-04-68", "1968-04-07", ""}, {"1968.04.07", "1968-04-07", ""}, {"07.04.1968", "1968-04-07", ""},
		{"19680407", "1968-04-07", ""}, {"07041968", "1968-04-07", ""}, {"19041968", "1968-04-19", ""},
		{"070468", "1968-04-07", ""}, {"196804", "1968-04", ""}, {"200412", "2012-04-20", "ambiguous"},
		{" 7 / 4 / 1968 ", "1968-04-07", ""}, {"7 4 1968", "1968-04-07", ""}, {"1968/4/7", "1968-04-07", ""},
		{"1968-04-07T00:00:00Z", "1968-04-07", ""}, {"07/04/1968 12:00:00 a. m.", "1968-04-07", ""},
		{"1968-04-07 00:00:00.000", "1968-04-07", ""}, {"7/4/1968 0:00", "1968-04-07", ""},
		{"04/25/1968", "1968-04-25", "order"}, {"1968-25-04", "1968-04-25", "order"}, {"68/04/07", "1968-04-07", "order"},
		{"04/1968", "1968-04", ""}, {"1968/04", "1968-04", ""}, {"04-68", "1968-04", ""}, {"1968", "1968", ""}, {"68", "1968", ""},
		{"7-IV-1968", "1968-04-07", ""}, {"7/X/1968", "1968-10-07", ""}, {"12.XII.68", "1968-12-12", ""}, {"i-1968", "1968-01", ""},
		{"7 abr 1968", "1968-04-07", ""}, {"7-abr-68", "1968-04-07", ""}, {"07ABR1968", "1968-04-07", ""},
		{"07 ABR/APR 1968", "1968-04-07", ""}, {"7 de abril de 1968", "1968-04-07", ""}, {"7 de abril del 68", "1968-04-07", ""},
		{"Domingo, 7 de Abril de 1968", "1968-04-07", ""}, {"el 9 de setiembre de 1971", "1971-09-09", ""}, {"9 set. 1971", "1971-09-09", ""},
		{"1º de mayo de 1970", "1970-05-01", ""}, {"1ro. de mayo de 1970", "1970-05-01", ""}, {"primero de mayo de 1970", "1970-05-01", ""},
		{"siete de abril de mil novecientos sesenta y ocho", "1968-04-07", ""},
		{"Treinta y uno de diciembre de dos mil tres", "2003-12-31", ""},
		{"April 7, 1968", "1968-04-07", ""}, {"7th of April 1968", "1968-04-07", ""}, {"Apr-68", "1968-04", ""}, {"1968 abril 7", "1968-04-07", ""},
		{"7 aprile 1968", "1968-04-07", ""}, {"7. März 1968", "1968-03-07", ""}, {"24. Dezember 1968", "1968-12-24", ""}, {"7 mai 1968", "1968-05-07", ""}, {"7 de março de 1968", "1968-03-07", ""}, {"abril de 1968", "1968-04", ""}, {"ABRIL 1968", "1968-04", ""},
		{"abr-07", "2007-04", "day_or_year"},
		{"hacia 1968", "1968~", ""}, {"aprox. 1968", "1968~", ""}, {"ca. 1968", "1968~", ""}, {"más o menos 1968", "1968~", ""}, {"~1968", "1968~", ""},
		{"about April 1968", "1968-04~", ""}, {"1968?", "1968?", ""}, {"¿1968?", "1968?", ""}, {"quizás 1968", "1968?", ""}, {"fines de 1968", "1968~", ""},
		{"verano de 1968", "1968~", "part_dropped"}, {"1968-04-07~", "1968-04-07~", ""}, {"1968-04-XX", "1968-04", ""},
		{"años 60", "196X", ""}, {"los años sesenta", "196X", ""}, {"década de 1960", "196X", ""}, {"1960s", "196X", ""},
		{"196x", "196X", ""}, {"196-", "196X", ""}, {"196?", "196X", ""},
		{"57 años", "1969~", "from_age"}, {"tiene 57 años de edad", "1969~", "from_age"},
		{"00/00/1968", "1968", ""}, {"00/04/1968", "1968-04", ""}, {"XX/XX/1968", "1968", ""}, {"x/x/1968", "1968", ""}, {"??/??/1968", "1968", ""},
		{"/ /1968", "1968", ""}, {"--/--/1968", "1968", ""}, {"7/ /1968", "1968", "part_dropped"}, {"07/04/0000", "XXXX", "part_dropped"},
		{"1900-01-01", "XXXX", "filler"}, {"1/1/1900", "XXXX", "filler"}, {"01/01/1900 00:00:00", "XXXX", "filler"}, {"1 de enero de 1900", "XXXX", "filler"},
		{"1900-01-01~", "XXXX", "filler"}, {"30/12/1899", "XXXX", "filler"}, {"0001-01-01T00:00:00", "XXXX", "filler"}, {"11/11/1111", "XXXX", "filler"},
		{"1/1/00", "2000-01-01", "century"}, {"1970-01-01", "1970-01-01", "epoch"}, {"0000-00-00", "XXXX", ""}, {"00000000", "XXXX", ""}, {"0", "XXXX", ""},
		{"", "XXXX", ""}, {"  ", "XXXX", ""}, {"-", "XXXX", ""}, {"s/f", "XXXX", ""}, {"No sabe", "XXXX", ""}, {"desconocida", "XXXX", ""}, {"N/A", "XXXX", ""},
		{"#N/A", "XXXX", ""}, {"XX/XX/XXXX", "XXXX", ""}, {"unknown", "XXXX", ""}, {"null", "XXXX", ""}, {"XXXX", "XXXX", ""}, {"no consta", "XXXX", ""},
		{"15/06/26", "2026-06-15", "century"}, {"16/06/26", "1926-06-16", ""}, {"31/12/26", "1926-12-31", ""}, {"1/2/15", "2015-02-01", ""},
		{"1968年4月7日", "1968-04-07", ""}, {"１９６８年４月", "1968-04", ""}, {"昭和43年4月7日", "1968-04-07", ""}, {"平成元年", "1989", ""},
		{"７/４/１９６８", "1968-04-07", ""}, {"29/02/1968", "1968-02-29", ""}, {"31/12/2175", "2175-12-31", ""},
	} {
		got, doubts, err := ParseGiven(c.in, DMY, today)
		if err != nil || got.String() != c.want || doubtKeys(doubts) != c.doubt {
			t.Errorf("%q = %s [%s] %v; want %s [%s]", c.in, got, doubtKeys(doubts), err, c.want, c.doubt)
		}
	}
}

func TestParseGivenRefuses(t *testing.T) {
	for in, key := range map[string]string{
		"31/02/1968": "civil.day", "29/02/1967": "civil.day", "31/04/1968": "civil.day", "1968-02-30": "civil.day", "32/01/1968": "civil.day",
		"31 de junio de 1968": "civil.day", "40 abril 1968": "civil.day",
		"13/13/1968": "civil.month", "1968-13-14": "civil.month", "13/1968": "civil.month", "00/13/1968": "civil.month",
		"01/01/1849": "civil.year_early", "1849": "civil.year_early", "7/4/2177": "civil.year_late", "31/12/9999": "civil.year_late",
		"7/4/968": "civil.year_digits", "7/4/8": "civil.year_digits",
		"7/4": "civil.no_year", "7 de abril": "civil.no_year", "abril": "civil.no_year", "April 7": "civil.no_year",
		"1965-1968": "civil.range", "1968/1969": "civil.range", "1968-69": "civil.range", "antes de 1968": "civil.range", "entre abril y mayo de 1968": "civil.range",
		"1967 o 1968": "civil.range", "1968/..": "civil.range", "marzo abril 1968": "civil.range",
		"24935": "civil.serial", "hola": "civil.word", "٧/٤/١٩٦٨": "civil.word", "☀": "civil.word", "19😀68": "civil.word", "7 de brumario de 1968": "civil.word", "7/4/1968/9": "civil.unreadable",
		"123456789": "civil.unreadable", "196": "civil.unreadable", "昭和年": "civil.unreadable", "十年": "civil.unreadable",
		"7/4/19688": "civil.year_digits", "300 años": "civil.unreadable", strings.Repeat("1968 ", 40): "civil.unreadable",
	} {
		if d, _, err := ParseGiven(in, DMY, today); !fault.Is(err, key) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q = %v, %v; want %s", in, d, err, key)
		}
	}
}

func TestOrderDecidesWhereDigitsDoNot(t *testing.T) {
	for _, c := range []struct {
		in    string
		order Order
		want  string
		doubt string
	}{
		{"7/4/1968", DMY, "1968-04-07", ""}, {"7/4/1968", MDY, "1968-07-04", ""}, {"7/4/1968", OrderUnknown, "1968-04-07", "ambiguous"},
		{"7/4/1968", YMD, "1968-04-07", "ambiguous"}, {"7/7/1968", OrderUnknown, "1968-07-07", ""}, {"25/4/1968", OrderUnknown, "1968-04-25", ""},
		{"4/25/1968", OrderUnknown, "1968-04-25", ""}, {"4/25/1968", MDY, "1968-04-25", ""}, {"25/4/1968", MDY, "1968-04-25", "order"},
		{"68-04-07", YMD, "1968-04-07", ""}, {"05-04-07", YMD, "2005-04-07", ""}, {"05-04-07", DMY, "2007-04-05", ""}, {"07/04/68", YMD, "1968-04-07", "ambiguous"},
		{"04071968", MDY, "1968-04-07", ""}, {"680407", YMD, "1968-04-07", ""}, {"1968-04-07", MDY, "1968-04-07", ""},
	} {
		got, doubts, err := ParseGiven(c.in, c.order, today)
		if err != nil || got.String() != c.want || doubtKeys(doubts) != c.doubt {
			t.Errorf("%q in order %d = %s [%s] %v; want %s [%s]", c.in, c.order, got, doubtKeys(doubts), err, c.want, c.doubt)
		}
	}
}

func TestSerials(t *testing.T) {
	for _, c := range []struct {
		in      string
		serials Serials
		want    string
	}{
		{"24935", Serials1900, "1968-04-07"}, {"24935.5", Serials1900, "1968-04-07"}, {"23473", Serials1904, "1968-04-07"},
		{"61", Serials1900, "1961"}, {"1", Serials1900, "XXXX"}, {"00032", Serials1900, "1900-02-01"}, {"00061", Serials1900, "1900-03-01"}, {"366", Serials1900, "1900-12-31"}, {"1968", Serials1900, "1968"}, {"7/4/1968", Serials1900, "1968-04-07"},
	} {
		got, _, err := Given{Ref: today, Serials: c.serials}.Parse(c.in)
		if err != nil || got.String() != c.want {
			t.Errorf("%q = %s, %v; want %s", c.in, got, err, c.want)
		}
	}
	if _, _, err := (Given{Ref: today, Serials: Serials1900}).Parse("00060"); !fault.Is(err, "civil.day") {
		t.Errorf("29 February 1900 never was: %v", err)
	}
}

func TestAheadLetsTwoDigitYearsLieInTheFuture(t *testing.T) {
	got, _, err := Given{Ref: today, Ahead: 20}.Parse("12/05/31")
	if err != nil || got.String() != "2031-05-12" {
		t.Errorf("%v, %v", got, err)
	}
	if _, _, err := ParseGiven("12/05/68", DMY, Date{}); !fault.Is(err, "civil.year_digits") {
		t.Errorf("two digits with nothing to reckon from: %v", err)
	}
}

func TestEveryFullDateIsReadBackFromEveryForm(t *testing.T) {
	spanish := strings.Fields("x enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre")
	roman := strings.Fields("x I II III IV V VI VII VIII IX X XI XII")
	rapid.Check(t, func(t *rapid.T) {
		d := fullDate(t)
		if isFiller(d.Year, d.Month, d.Day) {
			return
		}
		for _, s := range []string{
			d.String(), fmt.Sprintf("%d/%d/%d", d.Day, d.Month, d.Year), fmt.Sprintf("%02d-%02d-%04d", d.Day, d.Month, d.Year),
			fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day), fmt.Sprintf("%02d%02d%04d", d.Day, d.Month, d.Year),
			fmt.Sprintf("%d de %s de %d", d.Day, spanish[d.Month], d.Year), fmt.Sprintf("%d-%s-%d", d.Day, roman[d.Month], d.Year),
			fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day), d.String() + " 10:30:00",
		} {
			if got, doubts, err := ParseGiven(s, DMY, today); err != nil || got != d || strings.Contains(doubtKeys(doubts), "amb") {
				t.Fatalf("%q = %v %v %v, want %v", s, got, doubts, err, d)
			}
		}
	})
}

func TestTwoDigitYearsAreNeverAfterRef(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref, d := fullDate(t), fullDate(t)
		if ref.Year < 1951 {
			return
		}
		got, _, err := ParseGiven(fmt.Sprintf("%02d/%02d/%02d", d.Day, d.Month, d.Year%100), DMY, ref)
		if err == nil && (got.After(ref) || got.Known() && ref.Year-got.Year > 100) {
			t.Fatalf("%v on %v", got, ref)
		}
	})
}

func FuzzParseGiven(f *testing.F) {
	for _, s := range []string{"7/4/1968", "07-04-68", "7 de abril de 1968", "hacia 1968", "años 60", "24935", "昭和43年4月7日", "??/??/1968", "7-IV-1968",
		"mil novecientos sesenta y ocho", "196?", "1968-04-07T00:00:00Z", "57 años", "200412"} {
		f.Add(s, 0, 1)
	}
	f.Fuzz(func(t *testing.T, s string, order, serials int) {
		g := Given{Order: Order(order & 3), Ref: today, Serials: Serials(serials & 1)}
		d, _, err := g.Parse(s)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || d != (Date{}) {
				t.Fatalf("%q: %v, %v", s, d, err)
			}
			return
		}
		if !d.Valid() || d.Known() && (d.Year < FirstYear || d.Year > today.Year+yearsAhead) {
			t.Fatalf("%q gave %#v", s, d)
		}
		if d.Year == 1900 && d.Month == 1 && d.Day == 1 {
			t.Fatalf("%q gave the filler", s)
		}
	})
}

func BenchmarkParseGiven(b *testing.B) {
	for _, s := range []string{"1968-04-07", "7/4/1968", "07/04/68", "19680407", "7 de abril de 1968"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := ParseGiven(s, DMY, today); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
