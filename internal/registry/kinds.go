package registry

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/doc"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/name"
)

// check reads a tidy text that is not empty.
type check func(v probe, text string) (normal string, doubts []Doubt, err error)

var checks = map[Kind]check{
	KText: plain, KLong: plain, KName: personName, KDate: date, KCode: codes, KPlace: ubigeo,
	KOffice: office, KPhone: phone, KEmail: email, KFlag: flag, KCount: count, KNumber: number,
	KGeo: position, KMRZ: zone, KHash: hash, KRef: reference,
}

func plain(_ probe, text string) (string, []Doubt, error) { return text, nil, nil }

func personName(_ probe, text string) (string, []Doubt, error) {
	if name.Missing(text) {
		return "", nil, nil
	}
	return text, nil, nil
}

// date takes the stored form, and what people write with the day first.
func date(v probe, text string) (string, []Doubt, error) {
	if d, err := civil.Parse(strings.ToUpper(text)); err == nil {
		return d.String(), nil, nil
	}
	given := civil.Given{Order: civil.DMY, Ref: v.asOf, Ahead: v.ahead}
	d, odd, err := given.Parse(text)
	if err != nil {
		return "", nil, v.about(err)
	}
	var doubts []Doubt
	for _, o := range odd {
		doubts = append(doubts, v.doubt(o.Key, o.Args...))
	}
	return d.String(), doubts, nil
}

func codes(v probe, text string) (string, []Doubt, error) {
	list, ok := code.Find(v.list)
	if !ok {
		return "", nil, fault.New(fault.Internal, "registry.list_unknown", "list", v.list)
	}
	var out []string
	var doubts []Doubt
	for _, word := range v.words(list, text) {
		c := word
		if !list.Has(c) {
			if c, ok = list.Recognise(word); !ok {
				return "", nil, v.refuse("registry.code_unknown", word)
			}
		}
		if _, valid := list.Lookup(c, v.asOf); !valid {
			doubts = append(doubts, v.doubt("registry.code_retired", fault.Arg{Name: "value", Value: c}))
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return strings.Join(out, " "), doubts, nil
}

// words are the codes or labels in a text. A blank parts codes, not labels of two words.
func (v probe) words(list *code.Table, text string) []string {
	if !v.many {
		return []string{text}
	}
	var out []string
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ';' || c == '|' }) {
		blanks := strings.Fields(w)
		if slices.IndexFunc(blanks, func(b string) bool { return !list.Has(b) }) < 0 {
			out = append(out, blanks...)
			continue
		}
		out = append(out, strings.TrimSpace(w))
	}
	return out
}

// ubigeo takes "inei:150101" or free text; a scheme's code must exist.
func ubigeo(v probe, text string) (string, []Doubt, error) {
	lower := strings.TrimPrefix(strings.ToLower(text), "ubigeo-")
	scheme, _, ok := strings.Cut(lower, ":")
	if !ok || scheme != code.INEI && scheme != code.RENIEC {
		return text, nil, nil
	}
	u, err := code.ParseUbigeo(lower)
	if err != nil {
		return "", nil, v.about(err)
	}
	return u.String(), nil, nil
}

func email(v probe, text string) (string, []Doubt, error) {
	local, domain, ok := strings.Cut(text, "@")
	labels := strings.Split(domain, ".")
	bad := !ok || local == "" || strings.ContainsAny(text, " <>()[],;:\\\"") || strings.Contains(domain, "@") ||
		len(labels) < 2 || len(text) > 254 || len(local) > 64 || strings.Contains("."+local+".", "..")
	for _, l := range labels {
		bad = bad || l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-'
	}
	if bad {
		return "", nil, v.refuse("registry.email", text)
	}
	return local + "@" + strings.ToLower(domain), nil, nil
}

func flag(v probe, text string) (string, []Doubt, error) {
	switch name.Fold(text) {
	case "YES", "SI", "S", "Y", "TRUE", "VERDADERO", "1", "X":
		return "yes", nil, nil
	case "NO", "N", "FALSE", "FALSO", "0":
		return "no", nil, nil
	}
	return "", nil, v.refuse("registry.flag", text)
}

func count(v probe, text string) (string, []Doubt, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 9999 {
		return "", nil, v.refuse("registry.count", text)
	}
	return strconv.Itoa(n), nil, nil
}

// number reads a document's number when neither type nor issuer is known.
func number(v probe, text string) (string, []Doubt, error) {
	n, _, err := doc.Normalize(doc.TypeForeignID, "", text)
	if err != nil {
		return "", nil, v.about(err)
	}
	return n, nil, nil
}

func position(v probe, text string) (string, []Doubt, error) {
	a, b, ok := strings.Cut(text, ",")
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lon, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if !ok || err1 != nil || err2 != nil || !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) {
		return "", nil, v.refuse("registry.geo", text)
	}
	return degrees(lat, 5) + "," + degrees(lon, 5), nil, nil
}

func degrees(x float64, places int) string {
	s := strconv.FormatFloat(x, 'f', places, 64)
	if strings.Trim(s, "-0.") == "" {
		return "0"
	}
	return s
}

// decimals is how finely a position is kept: 0.001 degree is about 100 m, 0.01 about 1 km.
var decimals = map[string]int{"exact": 5, "street": 3, "city": 2, "district": 1}

// coarsen rounds a checked position to its class of precision: what is not kept finer
// cannot leak finer.
func coarsen(geo, precision string) string {
	n, ok := decimals[precision]
	if !ok {
		n = decimals["city"]
	}
	a, b, _ := strings.Cut(geo, ",")
	lat, _ := strconv.ParseFloat(a, 64)
	lon, _ := strconv.ParseFloat(b, 64)
	return degrees(lat, n) + "," + degrees(lon, n)
}

func zone(v probe, text string) (string, []Doubt, error) {
	year := v.asOf.Year
	if year == 0 {
		year = 2000
	}
	z, err := doc.Parse(text, year)
	if err != nil {
		return "", nil, v.about(err)
	}
	var doubts []Doubt
	if !z.AllRight() {
		doubts = append(doubts, v.doubt("registry.mrz_check", fault.Arg{Name: "fields", Value: strings.Join(z.Failed(), ", ")}))
	}
	return strings.Join(z.Lines, "\n"), doubts, nil
}

func hash(v probe, text string) (string, []Doubt, error) {
	text = strings.ToLower(text)
	if len(text) != 64 || strings.Trim(text, "0123456789abcdef") != "" {
		return "", nil, v.refuse("registry.hash", text)
	}
	return text, nil, nil
}

func reference(v probe, text string) (string, []Doubt, error) {
	if text = strings.ToUpper(text); !id.Entity(text).Valid() {
		return "", nil, v.refuse("registry.reference", text)
	}
	return text, nil, nil
}
