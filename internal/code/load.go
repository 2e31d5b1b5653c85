package code

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"quipu/internal/civil"
)

// common are the columns that every list has, in this order.
var common = []string{"code", "es", "en", "valid_from", "valid_to", "aliases"}

// mustLoad parses an embedded list. The files are part of the program, so a broken one is
// a programmer's error; the tests load them all.
func mustLoad(name string) *Table {
	raw, err := files.ReadFile("lists/" + name + ".csv")
	if err != nil {
		panic("code: " + err.Error())
	}
	t, err := parse(name, raw)
	if err != nil {
		panic("code: " + err.Error())
	}
	return t
}

// parse reads one list from CSV (UTF-8, header first).
func parse(list string, raw []byte) (*Table, error) {
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", list, err)
	}
	if len(rows) == 0 || len(rows[0]) < len(common) || !slices.Equal(rows[0][:len(common)], common) {
		return nil, fmt.Errorf("list %s: the header must begin %s", list, strings.Join(common, ","))
	}
	t := &Table{Name: list, Columns: rows[0][len(common):], byCode: map[string][]int{}}
	for i, row := range rows[1:] {
		it, err := parseItem(row, t.Columns)
		if err != nil {
			return nil, fmt.Errorf("list %s row %d: %w", list, i+1, err)
		}
		t.items = append(t.items, it)
	}
	slices.SortStableFunc(t.items, func(a, b Item) int {
		if c := strings.Compare(a.Code, b.Code); c != 0 {
			return c
		}
		return civil.Compare(startOf(a), startOf(b))
	})
	for i, it := range t.items {
		if at := t.byCode[it.Code]; len(at) > 0 {
			if before := t.items[at[len(at)-1]]; !follows(before, it) {
				return nil, fmt.Errorf("list %s: code %s has two meanings on one date", list, it.Code)
			}
		}
		t.byCode[it.Code] = append(t.byCode[it.Code], i)
	}
	t.index()
	return t, nil
}

func parseItem(row, columns []string) (Item, error) {
	it := Item{Code: row[0], ES: row[1], EN: row[2]}
	if it.Code == "" || it.ES == "" && it.EN == "" {
		return it, fmt.Errorf("a code and a label are needed: %q", row)
	}
	for _, d := range []struct {
		text string
		to   *civil.Date
	}{{row[3], &it.From}, {row[4], &it.To}} {
		if d.text == "" {
			continue
		}
		v, err := civil.Parse(d.text)
		if err != nil {
			return it, err
		}
		*d.to = v
	}
	if !(civil.Period{From: it.From, To: it.To}).Valid() {
		return it, fmt.Errorf("%s ends before it begins", it.Code)
	}
	if row[5] != "" {
		it.Aliases = strings.Split(row[5], "|")
	}
	if len(columns) > 0 {
		it.fields = make(map[string]string, len(columns))
		for k, c := range columns {
			it.fields[c] = row[len(common)+k]
		}
	}
	return it, nil
}

// startOf orders the periods of a code: an unknown start is the oldest.
func startOf(it Item) civil.Date {
	if !it.From.Known() {
		return civil.Date{Year: 1, Month: 1, Day: 1}
	}
	return it.From.Earliest()
}

// follows reports whether b's validity begins on or after the day a's ends. A shared day is the
// day of the change.
func follows(a, b Item) bool {
	return a.To.Known() && b.From.Known() && civil.Compare(a.To.Earliest(), b.From.Latest()) <= 0
}
