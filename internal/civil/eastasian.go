package civil

import "strings"

// eras are the Japanese reign names with the year before their first one. Japanese family
// registers, which prove many a birth, are dated by them. The first year is written 元.
var eras = []struct {
	name string
	base int
}{{"明治", 1867}, {"大正", 1911}, {"昭和", 1925}, {"平成", 1988}, {"令和", 2018}}

// eastAsian reads 1968年4月7日 and 昭和43年4月7日, with month and day left out if need be.
func (r *reading) eastAsian(s string) (Date, error) {
	base := 0
	for _, e := range eras {
		if rest, ok := strings.CutPrefix(s, e.name); ok {
			s, base = rest, e.base
		}
	}
	if rest, ok := strings.CutPrefix(s, "元年"); ok && base > 0 {
		s = "1年" + rest
	}
	var parts [3]int
	for i, mark := range []string{"年", "月", "日"} {
		number, rest, ok := strings.Cut(s, mark)
		if !ok {
			break
		}
		n, isNumber := digits(strings.TrimSpace(number))
		if !isNumber || n == 0 || n > 9999 || len(number) > 8 {
			return Date{}, r.fail("civil.unreadable")
		}
		parts[i], s = n, rest
	}
	if strings.TrimSpace(s) != "" || parts[2] > 0 && parts[1] == 0 || base == 0 && parts[0] < 1000 {
		return Date{}, r.fail("civil.unreadable")
	}
	return r.date(base+parts[0], parts[1], parts[2])
}
