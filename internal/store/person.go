package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/store/dialect"
)

// PersonRow is the projection of one person: what lists and searches need, no more.
type PersonRow struct {
	Row             int64 // place in the log of the change that made the entry
	ID              string
	Number          string
	Entry           string
	SurnamePaternal string
	SurnameMaternal string
	GivenNames      string
	NameKey         string
	Birth           string
	Sex             string
	Country         string
	City            string
	Office          string
	RegKind         string
	Expires         string
	Vital           string
	Doubts          int

	SearchText string // folded tokens of all names
	// NamesKept says that the row is there with the same SearchText: the name index, which
	// dislikes to be changed in the middle, is left alone.
	NamesKept bool
	Keys      []string // what the person can be found by exactly
	New       bool
}

const personColumns = "row_no, id, number, entry, surname_paternal, surname_maternal, given_names, name_key, birth, sex, " +
	"country, city, office, reg_kind, expires, vital, doubts"

const personUpdate = ` ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, surname_paternal = excluded.surname_paternal,
surname_maternal = excluded.surname_maternal, given_names = excluded.given_names, name_key = excluded.name_key,
birth = excluded.birth, sex = excluded.sex, country = excluded.country, city = excluded.city, office = excluded.office,
reg_kind = excluded.reg_kind, expires = excluded.expires, vital = excluded.vital, doubts = excluded.doubts`

// PutPeople writes projections. All must be new, or all must be updates.
func (tx *Tx) PutPeople(ctx context.Context, people []PersonRow) error {
	if len(people) == 0 {
		return nil
	}
	tx.note(people)
	rows := make([]any, 0, 17*len(people))
	named := make([]dialect.Named, 0, len(people))
	update := !people[0].New
	// In the order of the keys the index pages are met once.
	byKey := make([]found, 0, 5*len(people))
	for i := range people {
		p := &people[i]
		rows = append(rows, p.Row, p.ID, p.Number, p.Entry, p.SurnamePaternal, p.SurnameMaternal, p.GivenNames, p.NameKey,
			p.Birth, p.Sex, p.Country, p.City, p.Office, p.RegKind, p.Expires, p.Vital, p.Doubts)
		for _, k := range p.Keys {
			byKey = append(byKey, found{k, p.Row})
		}
		if !p.NamesKept {
			named = append(named, dialect.Named{Row: p.Row, Text: strings.Join(words(p.SearchText), " ")})
		}
	}
	tail := ""
	if update {
		tail = personUpdate
		if err := tx.dropKeys(ctx, people); err != nil {
			return err
		}
	}
	if err := tx.bulk(ctx, "INSERT INTO person ("+personColumns+")", tail, 17, rows); err != nil {
		return err
	}
	slices.SortFunc(byKey, func(a, b found) int { return strings.Compare(a.key, b.key) })
	keys := make([]any, 0, 2*len(byKey))
	for _, k := range byKey {
		keys = append(keys, k.key, k.row)
	}
	if err := tx.bulk(ctx, "INSERT INTO person_key (find, row_no)", " ON CONFLICT DO NOTHING", 2, keys); err != nil {
		return err
	}
	return tx.fail(tx.d.IndexNames(ctx, tx.sqlTx, named, update))
}

// found is a key and the row that it finds: the row's number, because these are the rows
// that a register has most of and an id takes six times the room.
type found struct {
	key string
	row int64
}

func (tx *Tx) dropKeys(ctx context.Context, people []PersonRow) error {
	rows := make([]int64, len(people))
	for i := range people {
		rows[i] = people[i].Row
	}
	return in(rows, func(places string, args []any) error {
		return tx.exec(ctx, "DELETE FROM person_key WHERE row_no IN ("+places+")", args...)
	})
}

// KeysOf returns what each of the people can be found by exactly, sorted, by row number.
func (tx *Tx) KeysOf(ctx context.Context, people []PersonRow) (map[int64][]string, error) {
	out := make(map[int64][]string, len(people))
	for len(people) > 0 {
		n := min(500, len(people))
		args := make([]any, n)
		for i := range args {
			args[i] = people[i].Row
		}
		err := tx.rows(ctx, func(rs *sql.Rows) error {
			var row int64
			var key string
			err := rs.Scan(&row, &key)
			out[row] = append(out[row], key)
			return err
		}, "SELECT row_no, find FROM person_key WHERE row_no IN "+tuples(1, n)+" ORDER BY row_no, find", args...)
		if err != nil {
			return nil, err
		}
		people = people[n:]
	}
	return out, nil
}

// PersonIDs maps each key that somebody has to the ids of those people.
func (tx *Tx) PersonIDs(ctx context.Context, keys []string) (map[string][]string, error) {
	out := make(map[string][]string)
	err := in(keys, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var k, p string
			err := rs.Scan(&k, &p)
			out[k] = append(out[k], p)
			return err
		}, "SELECT k.find, p.id FROM person_key k JOIN person p ON p.row_no = k.row_no WHERE k.find IN ("+places+") ORDER BY k.find, p.id", args...)
	})
	return out, err
}

// PersonIDsByPrefix returns the ids of people with a key that begins so, at most limit.
func (tx *Tx) PersonIDsByPrefix(ctx context.Context, prefix string, limit int) (out []string, err error) {
	if prefix == "" {
		return nil, nil
	}
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var p string
		err := rs.Scan(&p)
		out = append(out, p)
		return err
	}, "SELECT DISTINCT p.id FROM person_key k JOIN person p ON p.row_no = k.row_no "+
		"WHERE k.find >= ? AND k.find < ? ORDER BY p.id LIMIT ?", prefix, prefix+string(utf8.MaxRune), limit)
	return out, err
}

// PeopleByID returns the projections of the given ids, in no particular order.
func (tx *Tx) PeopleByID(ctx context.Context, ids []string) (out []PersonRow, err error) {
	err = in(ids, func(places string, args []any) error {
		return tx.people(ctx, &out, "id IN ("+places+")", args...)
	})
	return out, err
}

// PeopleByRow returns the projections of the given row numbers.
func (tx *Tx) PeopleByRow(ctx context.Context, rows []int64) (map[int64]PersonRow, error) {
	out := make(map[int64]PersonRow, len(rows))
	err := in(rows, func(places string, args []any) error {
		var people []PersonRow
		err := tx.people(ctx, &people, "row_no IN ("+places+")", args...)
		for _, p := range people {
			out[p.Row] = p
		}
		return err
	})
	return out, err
}

// PersonByNumber returns the person with a registry number.
func (tx *Tx) PersonByNumber(ctx context.Context, number string) (PersonRow, bool, error) {
	var out []PersonRow
	err := tx.people(ctx, &out, "number = ?", number)
	if err != nil || len(out) == 0 {
		return PersonRow{}, false, err
	}
	return out[0], true, nil
}

// PeopleByNumber maps those of the registry numbers that somebody has to their ids.
func (tx *Tx) PeopleByNumber(ctx context.Context, numbers []string) (map[string]string, error) {
	out := make(map[string]string, len(numbers))
	return out, in(numbers, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var number, id string
			err := rs.Scan(&number, &id)
			out[number] = id
			return err
		}, "SELECT number, id FROM person WHERE number IN ("+places+")", args...)
	})
}

// PeopleByNameKey returns people whose full name folds to the key, at most limit.
func (tx *Tx) PeopleByNameKey(ctx context.Context, key string, limit int) (out []PersonRow, err error) {
	return out, tx.people(ctx, &out, "name_key = ? ORDER BY row_no LIMIT ?", key, limit)
}

// PeopleByBirth returns people whose date of birth is one of the dates (EDTF), at most limit.
func (tx *Tx) PeopleByBirth(ctx context.Context, dates []string, limit int) (out []PersonRow, err error) {
	return out, in(dates, func(places string, args []any) error {
		return tx.people(ctx, &out, "birth IN ("+places+") ORDER BY row_no LIMIT ?", append(args, limit)...)
	})
}

// NameKeys maps each full-name key that somebody has to those people.
func (tx *Tx) NameKeys(ctx context.Context, keys []string) (map[string][]PersonRow, error) {
	var all []PersonRow
	err := in(keys, func(places string, args []any) error {
		return tx.people(ctx, &all, "name_key IN ("+places+") ORDER BY row_no", args...)
	})
	out := make(map[string][]PersonRow, len(all))
	for _, p := range all {
		out[p.NameKey] = append(out[p.NameKey], p)
	}
	return out, err
}

// MatchNames returns people whose names hold every term, in row order, at most limit. Terms
// are folded; one that ends in * is the beginning of a word.
func (tx *Tx) MatchNames(ctx context.Context, terms []string, limit int) ([]PersonRow, error) {
	var plain []string
	for _, t := range terms {
		w := words(t)
		if len(w) > 0 && strings.HasSuffix(t, "*") {
			w[len(w)-1] += "*"
		}
		plain = append(plain, w...)
	}
	if len(plain) == 0 {
		return nil, nil
	}
	rows, err := tx.d.MatchNames(ctx, tx.q, plain, limit)
	if tx.fail(err) != nil || len(rows) == 0 {
		return nil, err
	}
	args := make([]any, len(rows))
	for i, n := range rows {
		args[i] = n
	}
	var out []PersonRow
	for len(args) > 0 {
		n := min(500, len(args))
		if err := tx.people(ctx, &out, "row_no IN "+tuples(1, n)+" ORDER BY row_no", args[:n]...); err != nil {
			return nil, err
		}
		args = args[n:]
	}
	return out, nil
}

// words splits a text where the engines' name indexes would, so that all of them see the
// same words: letters with their marks, and digits.
func words(text string) []string {
	const most = 500 // bytes: PostgreSQL takes no word above 2046
	out := strings.FieldsFunc(text, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
	for i, w := range out {
		if len(w) > most {
			out[i] = strings.ToValidUTF8(w[:most], "")
		}
	}
	return out
}

// PeopleOfOffice lists people registered at an office after a row number: a page.
func (tx *Tx) PeopleOfOffice(ctx context.Context, office string, after int64, limit int) (out []PersonRow, err error) {
	return out, tx.people(ctx, &out, "office = ? AND row_no > ? ORDER BY row_no LIMIT ?", office, after, limit)
}

// standing holds of a person whose entry is there.
const standing = "entry NOT IN ('withdrawn', 'erased', 'merged')"

// inForce holds of a person whose registration is in force: who died or is registered
// nowhere now has none that could expire. inDoubt holds of one with open doubts. There is
// an index of each, which the engines use for these very words only.
const (
	inForce = "expires <> '' AND entry <> 'withdrawn' AND vital <> 'deceased'"
	inDoubt = "doubts > 0 AND entry <> 'withdrawn'"
)

// PeopleExpiring lists people of an office whose registration in force expires before a
// day (YYYY-MM-DD), after a row number: a page.
func (tx *Tx) PeopleExpiring(ctx context.Context, office, before string, after int64, limit int) (out []PersonRow, err error) {
	return out, tx.people(ctx, &out, "office = ? AND row_no > ? AND expires < ? AND "+inForce+" ORDER BY row_no LIMIT ?", office, after, before, limit)
}

// PeopleInDoubt lists people of an office with open doubts after a row number: a page.
func (tx *Tx) PeopleInDoubt(ctx context.Context, office string, after int64, limit int) (out []PersonRow, err error) {
	return out, tx.people(ctx, &out, "office = ? AND row_no > ? AND "+inDoubt+" ORDER BY row_no LIMIT ?", office, after, limit)
}

// Waiting counts the people of an office: with a registration in force; of these, those
// whose registration is due and those whose has expired; and those with open doubts.
type Waiting struct{ Registered, Due, Stale, Doubtful int64 }

// CountWaiting counts an office's people. today and before are days (YYYY-MM-DD): what
// expires before today is stale, what expires from today on and before the other is due.
func (tx *Tx) CountWaiting(ctx context.Context, office, today, before string) (w Waiting, err error) {
	const of = "(SELECT count(*) FROM person WHERE office = ? AND "
	err = tx.row(ctx, "SELECT "+of+inForce+"), "+of+"expires >= ? AND expires < ? AND "+inForce+"), "+
		of+"expires < ? AND "+inForce+"), "+of+inDoubt+")", office, office, today, before, office, today, office).
		Scan(&w.Registered, &w.Due, &w.Stale, &w.Doubtful)
	return w, err
}

// People lists people after a row number, of every office.
func (tx *Tx) People(ctx context.Context, after int64, limit int) (out []PersonRow, err error) {
	return out, tx.people(ctx, &out, "row_no > ? ORDER BY row_no LIMIT ?", after, limit)
}

// PeopleWithoutRow lists people that the log of changes tells of and that have no row, besides
// those whom this node was told to forget.
func (tx *Tx) PeopleWithoutRow(ctx context.Context, limit int) (ids []string, err error) {
	prefix := string(change.Person) + "/"
	return ids, tx.rows(ctx, func(rs *sql.Rows) error {
		var entity string
		err := rs.Scan(&entity)
		ids = append(ids, strings.TrimPrefix(entity, prefix))
		return err
	}, "SELECT DISTINCT entity FROM change WHERE substr(entity, 1, ?) = ? AND NOT EXISTS (SELECT 1 FROM person WHERE id = substr(entity, ?)) "+
		"AND NOT EXISTS (SELECT 1 FROM forget WHERE peer = '' AND forget.entity = change.entity AND done > 0) ORDER BY entity LIMIT ?",
		len(prefix), prefix, len(prefix)+1, limit)
}

func (tx *Tx) people(ctx context.Context, out *[]PersonRow, where string, args ...any) error {
	return tx.rows(ctx, func(rs *sql.Rows) error {
		var p PersonRow
		err := rs.Scan(&p.Row, &p.ID, &p.Number, &p.Entry, &p.SurnamePaternal, &p.SurnameMaternal, &p.GivenNames, &p.NameKey,
			&p.Birth, &p.Sex, &p.Country, &p.City, &p.Office, &p.RegKind, &p.Expires, &p.Vital, &p.Doubts)
		*out = append(*out, p)
		return err
	}, "SELECT "+personColumns+" FROM person WHERE "+where, args...)
}

// CountPeople counts entries in force by office; "" counts all.
func (tx *Tx) CountPeople(ctx context.Context, office string) (n int64, err error) {
	if office == "" {
		err = tx.row(ctx, "SELECT count(*) FROM person WHERE "+standing).Scan(&n)
	} else {
		err = tx.row(ctx, "SELECT count(*) FROM person WHERE office = ? AND "+standing, office).Scan(&n)
	}
	return n, err
}
