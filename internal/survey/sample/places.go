package sample

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Place is a place at a day and an hour, with the visits that are expected.
type Place struct {
	Office, Name, Day, Hour string
	Visits                  float64
}

// What is how a place is called: the place, its day and its hour.
func (p *Place) What() string { return strings.Join([]string{p.Name, p.Day, p.Hour}, ", ") }

// PlaceColumns are the columns of a list of places, in their order.
var PlaceColumns = []string{"office", "place", "day", "hour", "visits"}

// PlaceProblem is something wrong in a list of places: in a column of a line, and what about it.
type PlaceProblem struct {
	Line   int    // of the file, from 1
	Column string // of PlaceColumns, "" for the whole line
	Text   string // what stands there
	Key    string // of the catalogue after "sample.place.": what to do
}

// mostPlaces is how many there may be in a list.
const mostPlaces = 100_000

// ReadPlaces reads a list of places in CSV: office, place, day, hour and visits, separated by
// commas, semicolons or tabs, in UTF-8 or Latin 1; the first line may be a heading. takes says
// whether an office takes part. All that is wrong is listed; places are the lines that are right.
func ReadPlaces(text string, takes func(office string) bool) (places []Place, problems []PlaceProblem) {
	text = strings.TrimPrefix(text, "\ufeff")
	if !utf8.ValidString(text) {
		runes := make([]rune, len(text))
		for i := range len(text) {
			runes[i] = rune(text[i])
		}
		text = string(runes)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.Comma = -1, true, separator(text)
	seen := map[[4]string]int{}
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return places, problems
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			problems = append(problems, PlaceProblem{Line: bad.StartLine, Key: "quotes"})
			continue
		}
		line, _ := r.FieldPos(0)
		for k := range row {
			row[k] = strings.TrimSpace(row[k])
		}
		if strings.Join(row, "") == "" || first && len(row) == len(PlaceColumns) && !number(row[4]) && !takes(strings.ToUpper(row[0])) {
			continue // nothing, or the heading
		}
		if len(places) == mostPlaces {
			return places, append(problems, PlaceProblem{Line: line, Key: "many"})
		}
		p, wrong := readPlace(row, line, takes)
		if len(wrong) == 0 {
			key := [4]string{p.Office, p.Name, p.Day, p.Hour}
			if at, twice := seen[key]; twice {
				wrong = append(wrong, PlaceProblem{Line: line, Column: "place", Text: strconv.Itoa(at), Key: "twice"})
			} else {
				seen[key] = line
				places = append(places, p)
			}
		}
		problems = append(problems, wrong...)
	}
}

// separator is that of the first line.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', strings.Count(first, ",")
	for _, r := range []rune{';', '\t'} {
		if n := strings.Count(first, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

func number(text string) bool {
	_, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	return err == nil
}

func readPlace(row []string, line int, takes func(string) bool) (p Place, wrong []PlaceProblem) {
	say := func(column, text, key string) {
		wrong = append(wrong, PlaceProblem{Line: line, Column: column, Text: text, Key: key})
	}
	if len(row) != len(PlaceColumns) {
		say("", strconv.Itoa(len(row)), "cells")
		return p, wrong
	}
	p = Place{Office: strings.ToUpper(row[0]), Name: row[1], Day: row[2], Hour: row[3]}
	if !takes(p.Office) {
		say("office", row[0], "office")
	}
	for k, text := range row[1:4] {
		if text == "" {
			say(PlaceColumns[k+1], "", "empty")
		}
	}
	var err error
	if p.Visits, err = strconv.ParseFloat(strings.Replace(row[4], ",", ".", 1), 64); err != nil || !(p.Visits > 0) || math.IsInf(p.Visits, 0) {
		say("visits", row[4], "visits")
	}
	return p, wrong
}
