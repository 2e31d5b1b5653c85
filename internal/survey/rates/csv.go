package rates

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quipu/internal/fault"
)

// Problem is what is wrong in a file, and where.
type Problem struct {
	Line   int    // of the file, from 1
	Column string // name of the column, "" for the whole line
	Fault  *fault.Error
}

// Bounds of a file.
const (
	mostRows     = 20_000
	mostProblems = 50
	mostSource   = 200 // letters
)

// The columns of a file. A rate is in one of two: dollars for a unit, or units for a dollar.
const (
	colCurrency = "currency"
	colMonth    = "month"
	colUSD      = "usd"
	colPerUSD   = "per_usd"
	colSource   = "source"
)

// columns are the headings that are understood.
var columns = map[string]string{
	"currency": colCurrency, "moneda": colCurrency, "month": colMonth, "mes": colMonth, "usd": colUSD, "usd_per_unit": colUSD, "usd_por_unidad": colUSD,
	"per_usd": colPerUSD, "units_per_usd": colPerUSD, "unidades_por_usd": colPerUSD, "source": colSource, "fuente": colSource,
}

// ReadCSV reads rates: a heading with currency, month, usd or per_usd, and source; cells between
// commas or semicolons, with semicolons a decimal comma may stand. All that is wrong is told, and
// then there are no rates.
func ReadCSV(r io.Reader) ([]Rate, []Problem) {
	in := bufio.NewReader(r)
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		in.Discard(3) //nolint:errcheck // they were there
	}
	p := &reading{comma: ','}
	first, _ := in.Peek(1024)
	head, _, _ := bytes.Cut(first, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		p.comma = ';'
	}
	c := csv.NewReader(in)
	c.Comma, c.FieldsPerRecord, c.TrimLeadingSpace = p.comma, -1, true
	seen := map[Rate]int{}
	var out []Rate
	for len(p.problems) < mostProblems {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var at *csv.ParseError
			line := 0
			if errors.As(err, &at) {
				line = at.Line
			}
			p.add(line, "", "rates.csv")
			break
		}
		line, _ := c.FieldPos(0)
		if p.at == nil {
			if !p.heading(line, cells) {
				return nil, p.problems
			}
			continue
		}
		one, ok := p.row(line, cells)
		if !ok {
			continue
		}
		key := Rate{Currency: one.Currency, Month: one.Month}
		if before, twice := seen[key]; twice {
			p.add(line, colMonth, "rates.twice", "currency", one.Currency, "month", one.Month, "line", before)
			continue
		}
		if seen[key] = line; len(out) >= mostRows {
			p.add(line, "", "rates.many", "limit", mostRows)
			break
		}
		out = append(out, one)
	}
	if len(p.problems) == 0 && len(out) == 0 {
		p.add(1, "", "rates.empty")
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	slices.SortFunc(out, byMonth)
	return out, nil
}

type reading struct {
	comma    rune
	at       map[string]int
	wide     int
	problems []Problem
}

func (p *reading) add(line int, column, key string, args ...any) {
	p.problems = append(p.problems, Problem{line, column, fault.New(fault.Invalid, key, args...)})
}

func (p *reading) heading(line int, cells []string) bool {
	at := map[string]int{}
	for i, c := range cells {
		name, known := columns[strings.ToLower(strings.TrimSpace(c))]
		if !known {
			continue
		}
		if _, twice := at[name]; twice {
			p.add(line, c, "rates.heading_twice", "column", c)
			return false
		}
		at[name] = i
	}
	for _, need := range []string{colCurrency, colMonth, colSource} {
		if _, ok := at[need]; !ok {
			p.add(line, need, "rates.heading", "column", need)
		}
	}
	_, usd := at[colUSD]
	_, per := at[colPerUSD]
	if usd == per {
		p.add(line, colUSD, "rates.heading_rate")
	}
	p.at, p.wide = at, len(cells)
	return len(p.problems) == 0
}

func (p *reading) row(line int, cells []string) (r Rate, ok bool) {
	blank := !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
	if blank {
		return r, false
	}
	if len(cells) != p.wide {
		p.add(line, "", "rates.cells", "cells", len(cells), "want", p.wide)
		return r, false
	}
	before := len(p.problems)
	cell := func(name string) string { return strings.TrimSpace(cells[p.at[name]]) }
	r = Rate{Currency: strings.ToUpper(cell(colCurrency)), Month: cell(colMonth), Source: cell(colSource)}
	if !isCurrency(r.Currency) {
		p.add(line, colCurrency, "rates.currency", "text", cell(colCurrency))
	}
	if !isMonth(r.Month) {
		p.add(line, colMonth, "rates.month", "text", r.Month)
	}
	if n := utf8.RuneCountInString(r.Source); n == 0 || n > mostSource || !utf8.ValidString(r.Source) {
		p.add(line, colSource, "rates.source", "limit", mostSource)
	}
	name := colUSD
	if _, per := p.at[colPerUSD]; per {
		name = colPerUSD
	}
	x, good := p.number(cell(name))
	if !good {
		p.add(line, name, "rates.rate", "text", cell(name))
		return r, false
	}
	if r.USD = x; name == colPerUSD {
		r.USD = 1 / x
	}
	if r.Currency == Dollar && r.USD != 1 {
		p.add(line, name, "rates.dollar", "text", cell(name))
	}
	return r, len(p.problems) == before
}

func (p *reading) number(text string) (x float64, ok bool) {
	if p.comma == ';' && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	if strings.Trim(text, "0123456789.") != "" { // no exponents, no signs, no spaces between thousands
		return 0, false
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil && x > 0 && !math.IsInf(x, 0) && !math.IsInf(1/x, 0)
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func isMonth(s string) bool {
	if len(s) != 7 || s[4] != '-' || strings.Trim(s[:4]+s[5:], "0123456789") != "" {
		return false
	}
	return s[5:] >= "01" && s[5:] <= "12" && s[:4] >= "1900"
}
