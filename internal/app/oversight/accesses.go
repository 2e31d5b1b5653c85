package oversight

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/access"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

// ReadFilter narrows the log of reads by what its lines hold.
type ReadFilter = store.ReadFilter

// Reads that wait for somebody to look, those that somebody looked at, both.
const (
	OpenMarks = store.OpenMarks
	SeenMarks = store.SeenMarks
	Marked    = store.Marked
)

// AccessFilter narrows the log of reads; Reason, when not empty, to reads that are marked
// for it.
type AccessFilter struct {
	ReadFilter
	Reason access.Reason
}

func (f *AccessFilter) holds(r *store.MarkedRead) bool {
	return f.Reason == "" || slices.Contains(strings.Fields(r.Reasons), string(f.Reason))
}

// Access is a line of the log of reads with why somebody should look at it, and the number
// of the person's record.
type Access struct {
	store.MarkedRead
	Why    []access.Reason
	Number string
}

// Accesses lists reads as far as the actor's right goes, newest first, and before which
// place the next page stands, 0 after the last. JudgeReads before it marks the newest.
func (o *Oversight) Accesses(ctx context.Context, actor authz.Actor, f AccessFilter, limit int) (out []Access, next int64, err error) {
	found, next, err := o.find(ctx, actor, f, limit)
	if err != nil || len(found) == 0 {
		return nil, next, err
	}
	numbers, err := o.numbersOf(ctx, found)
	for _, r := range found {
		a := Access{MarkedRead: r, Number: numbers[r.Person]}
		for _, why := range strings.Fields(r.Reasons) {
			a.Why = append(a.Why, access.Reason(why))
		}
		out = append(out, a)
	}
	return out, next, err
}

func (o *Oversight) numbersOf(ctx context.Context, reads []store.MarkedRead) (map[string]string, error) {
	numbers := map[string]string{}
	var ids []string
	for _, r := range reads {
		if r.Person != "" && !slices.Contains(ids, r.Person) {
			ids = append(ids, r.Person)
		}
	}
	err := o.DB.View(ctx, func(tx *store.Tx) error {
		people, err := tx.PeopleByID(ctx, ids)
		for _, p := range people {
			numbers[p.ID] = p.Number
		}
		return err
	})
	return numbers, err
}

// OpenAccesses counts the marked reads that wait, for who may look at all of them.
func (o *Oversight) OpenAccesses(ctx context.Context, actor authz.Actor) (n int64, err error) {
	if err := authz.Check(actor, authz.ReviewReads, actor.Office); err != nil {
		return 0, err
	}
	err = o.DB.View(ctx, func(tx *store.Tx) (err error) {
		n, err = tx.OpenReadMarks(ctx)
		return err
	})
	return n, err
}

// mostNote is how long a note may be, in bytes.
const mostNote = 2000

// SeeAccesses notes that the actor looked at marked reads, and what came of it. Nobody
// passes what he read himself: own counts what was left for that.
func (o *Oversight) SeeAccesses(ctx context.Context, actor authz.Actor, places []int64, note string) (own int, err error) {
	if err := authz.Check(actor, authz.ReviewReads, actor.Office); err != nil {
		return 0, err
	}
	note = strings.TrimSpace(note)
	switch {
	case note == "":
		return 0, fault.New(fault.Invalid, "day.note").On("nota")
	case len(note) > mostNote:
		return 0, fault.New(fault.Invalid, "day.note_long", "most", mostNote).On("nota")
	case len(places) == 0:
		return 0, fault.New(fault.Invalid, "day.none_chosen")
	}
	err = o.DB.Update(ctx, func(tx *store.Tx) error {
		for _, seq := range places {
			line, err := tx.FindReads(ctx, store.ReadFilter{Before: seq + 1, Marks: store.OpenMarks}, 1)
			if err != nil {
				return err
			}
			if len(line) == 0 || line[0].Seq != seq {
				continue // somebody else looked at it meanwhile
			}
			if line[0].Author == actor.Login {
				own++
				continue
			}
			if err := tx.SeeReadMark(ctx, seq, o.Now().UnixMicro(), actor.Login, note); err != nil {
				return err
			}
		}
		return nil
	})
	return own, err
}

// PersonOf finds the record with a registry number for who may see who looked at it; he
// may know of no more than that it is there.
func (o *Oversight) PersonOf(ctx context.Context, actor authz.Actor, number string) (person string, err error) {
	if _, ok := authz.ScopeOf(actor, authz.ReadLog); !ok {
		return "", authz.Check(actor, authz.ReadLog, actor.Office)
	}
	n, _ := id.ParseNumber(number)
	err = o.DB.View(ctx, func(tx *store.Tx) error {
		p, ok, err := tx.PersonByNumber(ctx, n)
		if err != nil || !ok {
			return node.NotFound(err, "person", number)
		}
		person = p.ID
		return nil
	})
	return person, err
}

// mostExported bounds an export, in lines.
const mostExported = 100_000

// ExportAccesses gives the lines that Accesses lists to write, oldest pages last, and notes
// that they left the register. More says that there were more than an export holds.
func (o *Oversight) ExportAccesses(ctx context.Context, actor authz.Actor, f AccessFilter, write func(Access) error) (more bool, err error) {
	if err := within(actor, &f.ReadFilter); err != nil {
		return false, err
	}
	if err := o.LogReads(ctx, actor, store.Read{Action: "export_reads", Detail: f.text()}); err != nil {
		return false, err
	}
	for n := 0; n < mostExported; {
		page, next, err := o.Accesses(ctx, actor, f, 1000)
		for i := 0; i < len(page) && err == nil; i++ {
			err = write(page[i])
		}
		if err != nil || next == 0 {
			return false, err
		}
		n, f.Before = n+len(page), next
	}
	return true, nil
}

// text is the filter in short, for the log.
func (f *AccessFilter) text() string {
	parts := []string{f.Author, f.Office, f.Person, f.Purpose, f.Action, string(f.Reason)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}
