package civil

import "strconv"

// numbers makes a date of one to three groups of digits.
func (r *reading) numbers(g [3]group, n int) (Date, error) {
	switch n {
	case 1:
		return r.one(g[0])
	case 2:
		return r.two(g[0], g[1])
	}
	return r.three(g[0], g[1], g[2])
}

func (r *reading) three(a, b, c group) (Date, error) {
	switch {
	case b.width > 2:
		return Date{}, r.fail("civil.unreadable")
	case a.width == 4 && c.width <= 2:
		return r.yearFirst(a.n, b.n, c.n)
	case a.width > 2:
		return Date{}, r.fail("civil.unreadable")
	case c.width > 2:
		return r.yearLast(a, b, c)
	case r.Order == YMD && c.n <= 31, a.n > 31 && c.n <= 31:
		if r.Order != YMD {
			r.doubt("civil.order", "value", r.text)
		}
		y, err := r.year(a)
		if err != nil {
			return Date{}, err
		}
		return r.date(y, b.n, c.n)
	}
	return r.yearLast(a, b, c)
}

// yearFirst reads year, month, day, and year, day, month where nothing else can be meant.
func (r *reading) yearFirst(y, m, d int) (Date, error) {
	if m > 12 && d >= 1 && d <= 12 {
		r.doubt("civil.order", "value", r.text)
		m, d = d, m
	}
	return r.date(y, m, d)
}

// yearLast reads day and month, or month and day, before a year.
func (r *reading) yearLast(a, b, c group) (Date, error) {
	y, err := r.year(c)
	if err != nil {
		return Date{}, err
	}
	told := r.Order == DMY || r.Order == MDY
	d, m := a.n, b.n
	if r.Order == MDY {
		d, m = m, d
	}
	switch {
	case m > 12 && d >= 1 && d <= 12:
		d, m = m, d
		if told {
			r.doubt("civil.order", "value", r.text)
		}
	case !told && d != m && d >= 1 && m >= 1 && d <= 12 && m <= 12:
		r.doubt("civil.ambiguous", "value", r.text, "day", d, "month", m)
	}
	return r.date(y, m, d)
}

func (r *reading) two(a, b group) (Date, error) {
	switch {
	case r.Serials != NoSerials && a.width == 5:
		return r.serial(a.n) // the second group is the time of day
	case a.width == 4 && b.width == 4:
		return Date{}, r.fail("civil.range")
	case a.width == 4 && b.width <= 2:
		if b.n > 12 && b.n > a.n%100 {
			return Date{}, r.fail("civil.range") // 1968-69
		}
		return r.date(a.n, b.n, 0)
	case b.width == 4 && a.width <= 2:
		return r.date(b.n, a.n, 0)
	case a.width <= 2 && b.width == 2 && b.n > 31 && a.n <= 12:
		y, err := r.year(b)
		if err != nil {
			return Date{}, err
		}
		return r.date(y, a.n, 0)
	case a.width <= 2 && b.width <= 2:
		return Date{}, r.fail("civil.no_year")
	}
	return Date{}, r.fail("civil.unreadable")
}

func (r *reading) one(g group) (Date, error) {
	if g.n == 0 {
		return Date{}, nil
	}
	switch g.width {
	case 8:
		return r.eight(g.n)
	case 6:
		return r.six(g.n)
	case 5:
		if r.Serials != NoSerials {
			return r.serial(g.n)
		}
		return Date{}, r.fail("civil.serial")
	case 4:
		return r.date(g.n, 0, 0)
	case 2:
		y, err := r.year(g)
		if err != nil {
			return Date{}, err
		}
		return r.date(y, 0, 0)
	}
	if r.Serials != NoSerials && g.width < 5 {
		return r.serial(g.n)
	}
	return Date{}, r.fail("civil.unreadable")
}

// eight reads YYYYMMDD, else DDMMYYYY or MMDDYYYY. The two never both fit: a year from
// 1850 on starts with 18 to 21, and those are no months.
func (r *reading) eight(n int) (Date, error) {
	y, m, d := n/10000, n/100%100, n%100
	if n == 0 || y >= FirstYear && m <= 12 && d <= DaysIn(y, m) || y == 1 && m == 1 && d == 1 {
		return r.date(y, m, d)
	}
	return r.yearLast(group{n / 1000000, 2}, group{n / 10000 % 100, 2}, group{n % 10000, 4})
}

// six reads DDMMYY in the caller's order, else YYYYMM; where both fit, with a doubt.
func (r *reading) six(n int) (Date, error) {
	a, b, c := n/10000, n/100%100, n%100
	year, month := n/100, c
	yearMonth := year >= FirstYear && year <= r.lastYear() && month >= 1 && month <= 12
	fits := a >= 1 && a <= 31 && b >= 1 && b <= 31 && min(a, b) <= 12
	if r.Order == YMD {
		fits = b >= 1 && b <= 12 && c >= 1 && c <= 31
	}
	if yearMonth && !fits {
		return r.date(year, month, 0)
	}
	if yearMonth {
		r.doubt("civil.ambiguous", "value", r.text, "day", a, "month", b)
	}
	return r.three(group{a, 2}, group{b, 2}, group{c, 2})
}

// serial is a spreadsheet's day number. In the 1900 count day 60 is a 29 February 1900
// that never was (kept by the makers for agreement with an older program), so the numbers
// from 61 on count from 30 December 1899 and those before from the 31st.
func (r *reading) serial(n int) (Date, error) {
	base := Date{Year: 1899, Month: 12, Day: 30}
	switch {
	case r.Serials == Serials1904:
		base = Date{Year: 1904, Month: 1, Day: 1}
	case n < 60:
		base.Day = 31
	case n == 60:
		return Date{}, r.fail("civil.day", "day", 29, "month", 2, "year", 1900)
	}
	d := base.AddDays(n)
	return r.date(d.Year, d.Month, d.Day)
}

// year completes a year of two digits to the last one that is not after Ref and Ahead.
func (r *reading) year(g group) (int, error) {
	if g.width == 4 {
		return g.n, nil
	}
	if g.width != 2 || !r.Ref.Known() {
		return 0, r.fail("civil.year_digits", "year", g.n)
	}
	r.short = true
	limit := r.Ref.Year + r.Ahead
	y := limit - limit%100 + g.n
	if y > limit {
		y -= 100
	}
	return y, nil
}

func (r *reading) lastYear() int {
	if !r.Ref.Known() {
		return 9999
	}
	return min(r.Ref.Year+yearsAhead, 9999)
}

// date checks the parts, 0 standing for one that is not known, and makes the date.
func (r *reading) date(y, m, d int) (Date, error) {
	if r.short {
		y = r.century(y, m, d)
	}
	switch {
	case y == 0:
		if m != 0 || d != 0 {
			r.doubt("civil.part_dropped", "value", r.text)
		}
		return Date{}, nil
	case isFiller(y, m, d):
		r.doubt("civil.filler", "value", r.text)
		return Date{}, nil
	case y < FirstYear:
		return Date{}, r.fail("civil.year_early", "year", y, "first", strconv.Itoa(FirstYear))
	case y > r.lastYear():
		return Date{}, r.fail("civil.year_late", "year", y)
	case m > 12:
		return Date{}, r.fail("civil.month", "month", m)
	case m == 0 && d != 0:
		// "the 7th of an unknown month" has no form in what is stored.
		r.doubt("civil.part_dropped", "value", r.text)
		return Date{Year: y}, nil
	case m != 0 && d > DaysIn(y, m):
		return Date{}, r.fail("civil.day", "day", d, "month", m, "year", y)
	case y == 1970 && m == 1 && d == 1:
		r.doubt("civil.epoch", "value", r.text)
	}
	return Date{Year: y, Month: m, Day: d}, nil
}

// century puts a date that would lie after Ref a hundred years back, and says so when a
// living person could have been born in either century.
func (r *reading) century(y, m, d int) int {
	limit := r.Ref.AddYears(r.Ahead).Latest().ordinal()
	if y*10000+max(m, 1)*100+max(d, 1) > limit {
		return y - 100
	}
	newYear := y%100 == 0 && m == 1 && d == 1 // 1/1/00 may be the filler 1/1/1900
	if y-100 >= r.Ref.Year-110 || newYear {
		r.doubt("civil.century", "value", r.text, "year", y, "other", y-100)
	}
	return y
}

// isFiller knows the days that programs and clerks write for "nothing": the first and
// zeroth day of spreadsheets, the least dates of common databases, and 11/11/1111.
func isFiller(y, m, d int) bool {
	switch y {
	case 1900, 1753, 1:
		return m == 1 && d == 1
	case 1899:
		return m == 12 && d >= 30
	case 1111:
		return m == 11 && d == 11
	}
	return false
}
