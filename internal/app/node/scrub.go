package node

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/host"
	"quipu/internal/store"
)

// owedName is the setting that says that the files of the database may hold bytes of values
// that were taken out of the log: since when, in microseconds, and up to which place of the
// log; "" when they hold none.
const owedName = "scrub.owed"

// owe notes with every erasure and every forgetting, in their own transaction, that the
// database is to be scrubbed.
func (n *Node) owe(ctx context.Context, tx *store.Tx, from int64, appended []change.Ref) error {
	if !tx.Erases() {
		return nil
	}
	owed, err := tx.Setting(ctx, owedName)
	if err != nil {
		return err
	}
	since, _, _ := strings.Cut(owed, " ")
	if since == "" {
		since = strconv.FormatInt(n.now().UnixMicro(), 10)
	}
	return tx.PutSetting(ctx, owedName, fmt.Sprint(since, " ", from+int64(len(appended))))
}

// ScrubOwed returns since when values that were erased or forgotten may lie in free pages of
// the database; zero when none do.
func (n *Node) ScrubOwed(ctx context.Context) (since time.Time, err error) {
	owed, err := n.scrubOwed(ctx)
	if err != nil || owed == "" {
		return since, err
	}
	first, _, _ := strings.Cut(owed, " ")
	us, err := strconv.ParseInt(first, 10, 64)
	return time.UnixMicro(us), err
}

func (n *Node) scrubOwed(ctx context.Context) (owed string, err error) {
	err = n.DB.View(ctx, func(tx *store.Tx) error {
		owed, err = tx.Setting(ctx, owedName)
		return err
	})
	return owed, err
}

// ScrubNow writes the database anew, so that neither its free pages nor its write-ahead log keep
// bytes of what was erased or forgotten. Nobody writes meanwhile.
func (n *Node) ScrubNow(ctx context.Context) error {
	if err := n.roomToScrub(ctx); err != nil {
		return err
	}
	owed, err := n.scrubOwed(ctx)
	if err != nil {
		return err
	}
	if err := n.DB.Scrub(ctx); err != nil || owed == "" {
		return err
	}
	return n.DB.Update(ctx, func(tx *store.Tx) error {
		now, err := tx.Setting(ctx, owedName)
		if err != nil || now != owed { // something was forgotten meanwhile: it is owed still
			return err
		}
		return tx.PutSetting(ctx, owedName, "")
	})
}

// roomToScrub refuses when the disk has no room for the new database beside the old one, once
// as a whole and once in the write-ahead log. Where a server keeps it, that is the server's to say.
func (n *Node) roomToScrub(ctx context.Context) error {
	if !n.DB.ScrubsAtWork() {
		return nil
	}
	bytes, err := n.DB.Size(ctx)
	if err != nil {
		return err
	}
	space, err := host.SpaceAt(n.dir)
	if need := uint64(2*bytes) + 64<<20; err == nil && space.Free < need {
		return fault.New(fault.Unavailable, "scrub.room", "free", space.Free>>20, "need", need>>20)
	}
	return nil
}
