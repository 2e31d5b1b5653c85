package backup

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/store"
)

// Settings of the register: when a backup last ended well and when one was last begun, in
// microseconds. Several processes of a hub ask here whose turn it is.
const (
	lastName = "backup.last"
	turnName = "backup.turn"
)

const (
	// mostTakes is after how long one that was begun is taken for dead.
	mostTakes = 6 * time.Hour
	// againAfter is how soon one that failed is tried again.
	againAfter = 15 * time.Minute
)

// Turn reports whether a backup is due that is made every so often, and takes the turn: no
// other process of the register begins one meanwhile.
func Turn(ctx context.Context, n *node.Node, every time.Duration) (mine bool, err error) {
	now := n.Now()
	due, err := isDue(ctx, n, now, every)
	if err != nil || !due {
		return false, err
	}
	err = n.DB.Update(ctx, func(tx *store.Tx) error {
		if mine, err = dueIn(ctx, tx, now, every); err != nil || !mine {
			return err
		}
		return tx.PutSetting(ctx, turnName, strconv.FormatInt(now.UnixMicro(), 10))
	})
	return mine, err
}

func isDue(ctx context.Context, n *node.Node, now time.Time, every time.Duration) (due bool, err error) {
	err = n.DB.View(ctx, func(tx *store.Tx) error {
		due, err = dueIn(ctx, tx, now, every)
		return err
	})
	return due, err
}

func dueIn(ctx context.Context, tx *store.Tx, now time.Time, every time.Duration) (bool, error) {
	last, err := moment(ctx, tx, lastName)
	if err != nil {
		return false, err
	}
	turn, err := moment(ctx, tx, turnName)
	return now.Sub(last) >= every && now.Sub(turn) >= min(every, mostTakes), err
}

func moment(ctx context.Context, tx *store.Tx, name string) (time.Time, error) {
	text, err := tx.Setting(ctx, name)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	us, err := strconv.ParseInt(text, 10, 64)
	return time.UnixMicro(us), err
}

// Ended gives the turn back: the next one is due after the usual time, or soon when it failed.
func Ended(ctx context.Context, n *node.Node, well bool) error {
	return n.DB.Update(ctx, func(tx *store.Tx) error {
		if well {
			return tx.PutSetting(ctx, lastName, strconv.FormatInt(n.Now().UnixMicro(), 10))
		}
		return tx.PutSetting(ctx, turnName, strconv.FormatInt(n.Now().Add(againAfter-mostTakes).UnixMicro(), 10))
	})
}

// Rotate deletes backups of a node in a folder that are kept no longer: of each of the newest
// days with a backup its newest one stays, and of each of the newest weeks. It touches no other
// files, and returns the names of those that it deleted.
func Rotate(dir, of string, days, weeks int) (gone []string, err error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, cannot(dir, err)
	}
	var names []string
	for _, f := range all {
		if _, ok := stampOf(f.Name(), of); ok {
			names = append(names, f.Name())
		}
	}
	slices.Sort(names)
	slices.Reverse(names) // the newest first
	day, week := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		at, _ := stampOf(name, of)
		year, w := at.ISOWeek()
		d, wk := at.Format("2006-01-02"), strconv.Itoa(year)+" "+strconv.Itoa(w)
		keep := false
		if !day[d] && len(day) < days {
			day[d], keep = true, true
		}
		if !week[wk] && len(week) < weeks {
			week[wk], keep = true, true
		}
		if keep {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return gone, cannot(dir, err)
		}
		gone = append(gone, name)
	}
	return gone, nil
}

// stampOf is the moment in the name of a backup of a node.
func stampOf(name, of string) (time.Time, bool) {
	rest, ok := strings.CutPrefix(name, of+"-")
	stamp, ok2 := strings.CutSuffix(rest, Ending)
	at, err := time.Parse(stampForm, stamp)
	return at, ok && ok2 && err == nil
}
