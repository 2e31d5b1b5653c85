package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/store"
)

// The log of reads is rows of a table, which whoever holds the database can change or
// delete. So with every checkpoint the fingerprint of the rows since the last one becomes a
// change: it stands in the signed tree, and a head that is kept elsewhere proves the reads
// until then as well.
const readsKind change.Kind = "reads"

const (
	readsAction = "seal"
	readsSealed = "reads.sealed" // setting: up to which place
	mostSealed  = 100_000        // rows in one seal: the first one of an old register is many
)

// readsRef is the entity whose changes are the seals of this node.
func (a *App) readsRef() change.Ref { return change.Ref{Kind: readsKind, ID: string(a.Name())} }

// digestReads is the fingerprint of the rows from one place to another, both included, and
// how many there are.
func digestReads(ctx context.Context, tx *store.Tx, from, to int64) (sum string, n int64, err error) {
	const page = 5000
	h := sha256.New()
	for after := from - 1; after < to; {
		rows, err := tx.ReadsAfter(ctx, after, page)
		if err != nil {
			return "", n, err
		}
		for i := range rows {
			if after = rows[i].Seq; after > to {
				break
			}
			hashRead(h, &rows[i])
			n++
		}
		if len(rows) < page {
			break
		}
	}
	return hex.EncodeToString(h.Sum(nil)), n, nil
}

// hashRead adds a row, each text with its length before it, so that no two rows look alike.
func hashRead(h hash.Hash, r *store.Read) {
	b := binary.BigEndian.AppendUint64(nil, uint64(r.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(r.At))
	for _, s := range []string{r.Author, r.Office, r.Purpose, r.Action, r.Person, r.Detail, r.Home} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	h.Write(b)
}

// sealReads writes seals for the reads since the last one. The rows are read before the
// log is held: they do not change any more, and there may be many.
func (a *App) sealReads(ctx context.Context) error {
	for {
		var from, to, n int64
		var sum string
		err := a.DB.View(ctx, func(tx *store.Tx) error {
			text, err := tx.Setting(ctx, readsSealed)
			if err != nil {
				return err
			}
			sealed, _ := strconv.ParseInt(text, 10, 64) // "" before the first seal
			last, err := tx.LastRead(ctx)
			if err != nil || last <= sealed {
				return err
			}
			from, to = sealed+1, min(last, sealed+mostSealed)
			sum, n, err = digestReads(ctx, tx, from, to)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		if err := a.putSeal(ctx, from, to, n, sum); err != nil {
			return err
		}
	}
}

func (a *App) putSeal(ctx context.Context, from, to, n int64, sum string) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		if text, err := tx.Setting(ctx, readsSealed); err != nil || text != "" && text != strconv.FormatInt(from-1, 10) {
			return err // somebody else has sealed them meanwhile
		}
		st, err := a.Stamper(ctx, tx, Actor{Login: "system", Purpose: "registry"})
		if err != nil {
			return err
		}
		c := change.Change{Entity: a.readsRef(), Action: readsAction, Sets: []change.Set{{Field: fmt.Sprint("reads/", to),
			Value: change.Group("from", strconv.FormatInt(from, 10), "to", strconv.FormatInt(to, 10), "rows", strconv.FormatInt(n, 10), "sha256", sum)}}}
		st.Stamp(&c)
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return err
		}
		return tx.PutSetting(ctx, readsSealed, strconv.FormatInt(to, 10))
	})
}

// verifyReads compares the log of reads with its seals, and finds places between them that
// no seal covers.
func (a *App) verifyReads(ctx context.Context, tx *store.Tx) (out []audit.Finding, err error) {
	seals, err := tx.Changes(ctx, a.readsRef())
	if err != nil {
		return nil, err
	}
	next := int64(1)
	for i := range seals {
		if len(seals[i].Sets) == 0 {
			continue
		}
		v := seals[i].Sets[0].Value
		from, err1 := strconv.ParseInt(v.Part("from"), 10, 64)
		to, err2 := strconv.ParseInt(v.Part("to"), 10, 64)
		sum, n, err := digestReads(ctx, tx, from, to)
		if err != nil {
			return out, err
		}
		whole := err1 == nil && err2 == nil && from == next && v.Part("sha256") == sum && v.Part("rows") == strconv.FormatInt(n, 10)
		if !whole {
			out = append(out, audit.Finding{Kind: audit.Reads, Seq: min(from, next), Until: to, ID: seals[i].ID})
		}
		next = to + 1
	}
	return out, nil
}
