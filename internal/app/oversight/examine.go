package oversight

import (
	"context"
	"strconv"
	"strings"

	"quipu/internal/access"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/place"
	"quipu/internal/store"
)

// Reads are judged when somebody comes to look at them and not when they are made: nobody
// waits for it at the window. judged is the setting with the place of the last.
const (
	judged     = "reads.judged"
	judgeOnce  = 5000 // lines in one transaction
	judgeAtAll = 4    // of those at one visit
	overlap    = 2000 // lines before, for what the last minutes tell
)

// JudgeReads marks the reads that somebody should look at since it was last done, some
// twenty thousand at most, and says how many are left.
func (o *Oversight) JudgeReads(ctx context.Context, actor authz.Actor) (left int64, err error) {
	if _, ok := authz.ScopeOf(actor, authz.ReadLog); !ok {
		return 0, authz.Check(actor, authz.ReadLog, actor.Office)
	}
	for range judgeAtAll {
		if left, err = o.judgeSome(ctx); err != nil || left == 0 {
			break
		}
	}
	return left, err
}

func (o *Oversight) judgeSome(ctx context.Context) (left int64, err error) {
	var from, to int64
	marks := map[int64]string{}
	err = o.DB.View(ctx, func(tx *store.Tx) error {
		text, err := tx.Setting(ctx, judged)
		if err != nil {
			return err
		}
		if text != "" {
			if from, err = strconv.ParseInt(text, 10, 64); err != nil {
				return err
			}
		}
		last, err := tx.LastRead(ctx)
		if err != nil || last <= from {
			to = from
			return err
		}
		begin := max(0, from-overlap)
		reads, err := tx.ReadsAfter(ctx, begin, int(from-begin)+judgeOnce)
		if err != nil || len(reads) == 0 {
			return err
		}
		to = reads[len(reads)-1].Seq
		left = last - to
		return judge(ctx, tx, reads, from, marks)
	})
	if err != nil || to <= from {
		return 0, err
	}
	err = o.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutReadMarks(ctx, marks); err != nil {
			return err
		}
		return tx.PutSetting(ctx, judged, strconv.FormatInt(to, 10))
	})
	return left, err
}

// judge fills in the marks of the reads after a place; those before only tell the rest.
func judge(ctx context.Context, tx *store.Tx, reads []store.Read, after int64, marks map[int64]string) error {
	officers, people, err := named(ctx, tx, reads)
	if err != nil {
		return err
	}
	watch, net := access.NewWatch(), place.Network()
	for _, r := range reads {
		tried := r.Action == refused
		if !tried && (r.Person == "" || r.Action == "candidate" || r.Action == "photo") { // nobody chose to look
			continue
		}
		p := people[r.Person]
		office, _ := net.Office(r.Office)
		office.Code = r.Office
		why := watch.Judge(access.Read{At: node.Moment(r.At), Login: r.Author, Officer: officers[r.Author], Place: office, Person: r.Person,
			Home: r.Home, Sealed: r.Detail == "sealed", Refused: tried, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal})
		if len(why) == 0 || r.Seq <= after {
			continue
		}
		words := make([]string, len(why))
		for i := range why {
			words[i] = string(why[i])
		}
		marks[r.Seq] = strings.Join(words, " ")
	}
	return nil
}

// named are the names of all officers by login, and the people of the reads by id.
func named(ctx context.Context, tx *store.Tx, reads []store.Read) (map[string]string, map[string]store.PersonRow, error) {
	officers, people, seen := map[string]string{}, map[string]store.PersonRow{}, map[string]bool{}
	accounts, err := tx.Accounts(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range accounts {
		officers[a.Login] = a.Name
	}
	var ids []string
	for _, r := range reads {
		if r.Person != "" && !seen[r.Person] {
			seen[r.Person] = true
			ids = append(ids, r.Person)
		}
	}
	rows, err := tx.PeopleByID(ctx, ids)
	for _, p := range rows {
		people[p.ID] = p
	}
	return officers, people, err
}
