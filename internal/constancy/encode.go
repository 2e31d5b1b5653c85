package constancy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// maxStatement is the longest encoded statement, in bytes. A name of ordinary length
// takes about 110; at the limit the code is still scanned from a card.
const maxStatement = 500

// The tags of the parts. They stand in this order, each at most once, an empty part not
// at all, so that a statement has one encoding only.
const (
	tagKind = 1 + iota
	tagCountry
	tagSerial
	tagNumber
	tagSurnames
	tagGiven
	tagLatin
	tagBirth
	tagDocument
	tagOffice
	tagSince
	tagClosed
	tagIssued
	tagUntil
	tagKey
	tagEnd
)

var kindBytes = map[Kind]string{Registration: "R", Removal: "B", Card: "C"}

// encode writes a checked statement as tag, length, value.
func (s *Statement) encode() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	parts := [tagEnd]string{
		tagKind: kindBytes[s.Kind], tagCountry: s.Country, tagSerial: strings.ReplaceAll(s.Serial, "-", ""),
		tagNumber: packNumber(s.Number), tagSurnames: s.Surnames, tagGiven: s.Given, tagLatin: s.Latin,
		tagBirth: packDate(s.Birth), tagDocument: s.Document, tagOffice: s.Office, tagSince: packDate(s.Since),
		tagClosed: packDate(s.Closed), tagIssued: packDate(s.Issued), tagUntil: packDate(s.Until),
		tagKey: string(binary.BigEndian.AppendUint32(nil, s.Key)),
	}
	var out []byte
	for tag, v := range parts {
		if v == "" {
			continue
		}
		out = binary.AppendUvarint(append(out, byte(tag)), uint64(len(v)))
		out = append(out, v...)
	}
	if len(out) > maxStatement {
		return nil, fault.New(fault.Invalid, "constancy.too_long", "name", s.Natural())
	}
	return out, nil
}

var errForm = errors.New("constancy: not the encoding of a statement")

// decode reads a statement. Only what encode would write is accepted.
func decode(b []byte) (Statement, error) {
	var parts [tagEnd]string
	for rest, last := b, 0; len(rest) > 0; {
		tag := int(rest[0])
		n, used := binary.Uvarint(rest[1:])
		if tag <= last || tag >= tagEnd || used <= 0 || n == 0 || n > uint64(len(rest)-1-used) {
			return Statement{}, errForm
		}
		rest = rest[1+used:]
		parts[tag], rest, last = string(rest[:n]), rest[n:], tag
		if !utf8.ValidString(parts[tag]) && tag >= tagSurnames && tag <= tagLatin || !norm.NFC.IsNormalString(parts[tagSurnames]+parts[tagGiven]) {
			return Statement{}, errForm
		}
	}
	s := Statement{Country: parts[tagCountry], Surnames: parts[tagSurnames], Given: parts[tagGiven], Latin: parts[tagLatin],
		Document: parts[tagDocument], Office: parts[tagOffice], Number: unpackNumber(parts[tagNumber])}
	for k, v := range kindBytes {
		if v == parts[tagKind] {
			s.Kind = k
		}
	}
	s.Serial, _ = ParseSerial(parts[tagSerial])
	ok := len(parts[tagKey]) == 4
	for tag, d := range map[int]*civil.Date{tagBirth: &s.Birth, tagSince: &s.Since, tagClosed: &s.Closed, tagIssued: &s.Issued, tagUntil: &s.Until} {
		var err error
		if *d, err = unpackDate(parts[tag]); err != nil {
			ok = false
		}
	}
	if !ok {
		return Statement{}, errForm
	}
	s.Key = binary.BigEndian.Uint32([]byte(parts[tagKey]))
	if again, err := s.encode(); err != nil || !bytes.Equal(again, b) {
		return Statement{}, errForm
	}
	return s, nil
}

// packNumber leaves out hyphens and check digit: both follow from the running number.
func packNumber(number string) string {
	digits := strings.ReplaceAll(number, "-", "")
	n, err := strconv.ParseUint(digits[:len(digits)-1], 10, 64)
	if err != nil {
		return ""
	}
	return string(binary.AppendUvarint(nil, n))
}

func unpackNumber(b string) string {
	n, used := binary.Uvarint([]byte(b))
	if used != len(b) || n > 9_999_999_999 {
		return ""
	}
	return id.Number(int64(n))
}

// packDate writes a date without marks in three bytes (year, month and day, 0 when not
// known), any other as its EDTF text, which is never three bytes long.
func packDate(d civil.Date) string {
	if !d.Known() {
		return ""
	}
	if plain := (civil.Date{Year: d.Year, Month: d.Month, Day: d.Day}); plain != d {
		return d.String()
	}
	n := d.Year<<9 | d.Month<<5 | d.Day
	return string([]byte{byte(n >> 16), byte(n >> 8), byte(n)})
}

func unpackDate(b string) (civil.Date, error) {
	switch len(b) {
	case 0:
		return civil.Date{}, nil
	case 3:
		n := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
		d := civil.Date{Year: n >> 9, Month: n >> 5 & 15, Day: n & 31}
		if !d.Valid() {
			return d, errForm
		}
		return d, nil
	}
	return civil.Parse(b)
}
