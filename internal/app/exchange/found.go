package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// What nodes hold of others' changes that the hub lost when it was restored from an older copy: what
// a node has told of it, and what the hub keeps.

// KeepFound keeps of each node by itself what it tells: none can put anything in the place of what
// another one did. What says the same is kept once.
func (l *hubLog) KeepFound(from id.Node, in []sync.Incoming) error {
	names := make([]id.Change, len(in))
	for i := range in {
		names[i] = in[i].Change.ID
	}
	have, err := l.tx.FoundOf(l.ctx, names)
	if err != nil {
		return err
	}
	here, err := l.tx.Named(l.ctx, names)
	if err != nil {
		return err
	}
	came, err := l.x.replacements(l.ctx, l.tx, names)
	if err != nil {
		return err
	}
	keep := map[id.Change]store.Found{}
	for i := range in {
		c, body := &in[i].Change, in[i].Body
		if _, lost := here[c.ID]; lost && c.Gone == "" || !came[c.ID].Became.IsZero() {
			continue // its node went back further than this hub; or an officer took it in
		}
		if slices.ContainsFunc(have[c.ID], func(f store.Found) bool { return bytes.Equal(f.Body, body) || bytes.Equal(f.Left, body) }) {
			continue
		}
		f, ok := keep[c.ID]
		at := slices.IndexFunc(have[c.ID], func(f store.Found) bool { return f.From == string(from) })
		if !ok && at >= 0 {
			f = have[c.ID][at]
		}
		switch {
		case c.Gone == "":
			f.Body = body
		case f.Left == nil || len(body) < len(f.Left):
			f.Left = body
		}
		if f.Change, f.Entity, f.From = c.ID, c.Entity.String(), string(from); f.At == 0 {
			f.At = l.at
		}
		keep[c.ID] = f
	}
	rows := make([]store.Found, 0, len(keep))
	for _, c := range slices.SortedFunc(maps.Keys(keep), id.Change.Compare) {
		rows = append(rows, keep[c])
	}
	if err := l.tx.PutFound(l.ctx, rows); err != nil {
		return err
	}
	return nameFound(l.ctx, l.tx, slices.Collect(maps.Keys(keep)))
}

// nameFound writes which files are named by what is kept of changes. These files come along, before
// the changes are in the log: who sent them may have to forget them by then.
func nameFound(ctx context.Context, tx *store.Tx, names []id.Change) error {
	if len(names) == 0 {
		return nil
	}
	kept, err := tx.FoundOf(ctx, names)
	files := make(map[string][]string, len(names))
	for _, c := range names {
		is := []string(nil)
		for _, f := range kept[c] {
			is = append(append(is, FilesOf(f.Body)...), FilesOf(f.Left)...)
		}
		files[store.FoundFiles(c)] = is
	}
	if err != nil {
		return err
	}
	return tx.NameFiles(ctx, files)
}

// FilesOf are the files that a change may name, by their hashes: of what it says, all that looks like one.
func FilesOf(body []byte) (hashes []string) {
	c, err := change.Decode(body)
	if err != nil {
		return nil // none, an echo, or of a later release
	}
	for _, s := range c.Sets {
		for _, text := range append(slices.Sorted(maps.Values(s.Value.Parts)), s.Value.Text) {
			if hash, err := hex.DecodeString(text); err == nil && len(hash) == sha256.Size {
				hashes = append(hashes, text)
			}
		}
	}
	return hashes
}

func (l *hubLog) Found(ids []id.Change) (map[id.Change][]sync.Found, error) {
	kept, err := l.tx.FoundOf(l.ctx, ids)
	out := make(map[id.Change][]sync.Found, len(kept))
	for c, fs := range kept {
		for _, f := range fs {
			out[c] = append(out[c], sync.Found{Body: f.Body, Left: f.Left})
		}
	}
	return out, err
}

// stripFound takes away what is kept of a change of which an erasure speaks, by its hash, as far as it has
// a value that was taken out.
func (l *hubLog) stripFound(e change.Erased) error {
	kept, err := l.tx.FoundOf(l.ctx, []id.Change{e.Change})
	if err != nil {
		return err
	}
	var from []string
	var stay []store.Found
	for _, f := range kept[e.Change] {
		body, left := sync.HasErased(f.Body, e), sync.HasErased(f.Left, e)
		if !body && !left {
			continue
		}
		from = append(from, f.From)
		if body {
			f.Body = nil
		}
		if left {
			f.Left = nil
		}
		if f.Body != nil || f.Left != nil {
			stay = append(stay, f)
		}
	}
	if len(from) == 0 {
		return nil
	}
	l.offered = append(l.offered, e.Change)
	if err := l.tx.StripFound(l.ctx, e.Change, from...); err != nil {
		return err
	}
	return l.tx.PutFound(l.ctx, stay)
}

// keepLeft keeps what an erasure left of a change that the hub lost: nobody tells it again.
func (l *hubLog) keepLeft(c id.Change, body []byte) error {
	began, err := l.Began()
	if err != nil || began <= 1 || bare(body) {
		return err
	}
	left, err := change.Decode(body)
	if err != nil {
		return err
	}
	l.offered = append(l.offered, c)
	return l.tx.PutFound(l.ctx, []store.Found{{Change: c, Entity: left.Entity.String(), Left: body, From: l.row.Name, At: l.at}})
}

// hashOfBody is the hash of a body as it stands, as erasures write it.
func hashOfBody(body []byte) string { return tlog.RecordHash(body).String() }

func (l *hubLog) Offered(node id.Node, upto int64) error {
	were, err := l.tx.Offered(l.ctx, node, upto)
	l.offered = append(l.offered, were...)
	return err
}

func (l *hubLog) Began() (int64, error) { return l.tx.FirstOf(l.ctx, l.x.Name()) }

func (l *hubLog) Settle(node id.Node) error {
	return l.tx.Settle(l.ctx, string(node), string(l.x.Name()))
}

func (l *hubLog) Unsettled(but id.Node) (id.Node, error) {
	p, err := l.tx.Unsettled(l.ctx, string(but), string(l.x.Name()))
	return id.Node(p), err
}

// foundPage is how many rows are looked at at a time.
const foundPage = 500

func (l *nodeLog) Found(limit int) (out [][]byte, err error) {
	some, err := l.lost()
	if err != nil || !some {
		return nil, err
	}
	left, err := l.leftByLost()
	if err != nil {
		return nil, err
	}
	for _, c := range slices.SortedFunc(maps.Keys(left), id.Change.Compare) {
		if len(out) < limit {
			out = append(out, left[c].Body)
		}
	}
	for after := int64(-1 << 62); ; {
		rows := 0
		err := l.tx.Untold(l.ctx, l.x.Name(), after, foundPage, func(e store.Entry) error {
			rows++
			after = e.Seq
			c, err := change.Decode(e.Body)
			if err == nil && !change.Emptied(&c) && len(out) < limit {
				out = append(out, e.Body)
			}
			return err
		})
		if err != nil || rows < foundPage || len(out) == limit {
			return out, err
		}
	}
}

// leftByLost are changes of which an erasure of another node that the hub lost left some values, and
// that the hub does not keep. The hub may have them as they were.
func (l *nodeLog) leftByLost() (map[id.Change]store.Entry, error) {
	var named []id.Change
	err := l.tx.Orphans(l.ctx, l.x.Name(), func(e store.Entry) error {
		c, err := change.Decode(e.Body)
		for _, x := range change.ErasedBy(&c) {
			named = append(named, x.Change)
		}
		return err
	})
	if err != nil || len(named) == 0 {
		return nil, err
	}
	out, err := l.tx.Named(l.ctx, named)
	if err != nil {
		return nil, err
	}
	kept, err := l.tx.FoundOf(l.ctx, named)
	maps.DeleteFunc(out, func(name id.Change, e store.Entry) bool {
		c, bad := change.Decode(e.Body)
		_, told := kept[name]
		unplaced := e.Hub == 0 && name.Node != l.x.Name() // these are told as any other
		return bad != nil || told || unplaced || c.Gone == "" || change.Emptied(&c)
	})
	return out, err
}

func (l *nodeLog) Kept(ids []id.Change) error {
	have, err := l.tx.Named(l.ctx, ids)
	if err != nil {
		return err
	}
	return l.tx.HubKeeps(l.ctx, slices.SortedFunc(maps.Keys(have), id.Change.Compare))
}

func (l *nodeLog) Untold(refs []change.Ref) (map[change.Ref]bool, error) {
	out := map[change.Ref]bool{}
	some, err := l.lost()
	if err != nil || !some {
		return out, err
	}
	return out, l.tx.UntoldOf(l.ctx, l.x.Name(), names(refs), func(e store.Entry) error {
		c, err := change.Decode(e.Body)
		if err == nil && !change.Emptied(&c) {
			out[refOf(e.Entity)] = true
		}
		return err
	})
}

func (l *nodeLog) Bare(after, upto int64) ([]int64, error) {
	some, err := l.lost()
	if err != nil || !some {
		return nil, err
	}
	return l.tx.Bare(l.ctx, l.x.Name(), after, upto)
}
