package backup

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"quipu/internal/app/node"
	"quipu/internal/archive"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// Order is what is asked of a restoration.
type Order struct {
	With       []age.Identity // what opens the file
	Dir        string         // where the register is to be: a folder that is not there, or empty
	Keys       string         // folder with the register's keys, when they are not in the file
	Engine     string         // another engine than it had, or ""
	URL        string         // for PostgreSQL: an empty database
	Passphrase string         // of an encrypted register
	Until      Until          // the moment that it is to show; zero for that of the backup
}

// Draft is a register that was put back and is not yet in its place. Commit moves it there,
// Drop takes it away.
type Draft struct {
	Node     *node.Node
	Dir      string // where it is now
	Manifest archive.Manifest
	Cut      int64 // changes that came after the moment that was asked for, and are not in it
	to       string
	order    Order
}

// Restore reads a backup and makes a register of it. Until Commit nothing of it is to be seen.
// Complete must be called before.
func Restore(ctx context.Context, actor authz.Actor, r io.Reader, o Order) (d *Draft, err error) {
	if err := authz.Check(actor, authz.Backup, actor.Office); err != nil {
		return nil, err
	}
	if err := vacant(o.Dir); err != nil {
		return nil, err
	}
	in, err := archive.NewReader(r, o.With...)
	if err != nil {
		return nil, err
	}
	if newest := store.Newest(); in.Manifest.Schema > newest {
		return nil, fault.New(fault.Unavailable, "backup.newer", "program", in.Manifest.Program, "schema", in.Manifest.Schema, "known", newest)
	}
	o.Dir = filepath.Clean(o.Dir)
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o700); err != nil {
		return nil, node.ExplainDir(o.Dir, err)
	}
	dir, err := os.MkdirTemp(filepath.Dir(o.Dir), "."+filepath.Base(o.Dir)+".restoring-*")
	if err != nil {
		return nil, node.ExplainDir(o.Dir, err)
	}
	f := &filler{ctx: ctx, dir: dir, order: o, manifest: in.Manifest}
	if err := f.fill(in); err != nil {
		return nil, errors.Join(cannot(o.Dir, err), f.drop())
	}
	d = &Draft{Dir: dir, Manifest: in.Manifest, to: o.Dir}
	if d.Node, err = node.Open(ctx, dir, node.Options{Passphrase: o.Passphrase}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := d.index(ctx); err != nil {
		return nil, errors.Join(cannot(o.Dir, err), d.Drop(ctx))
	}
	d.order = o
	return d, nil
}

// vacant refuses a place where something is.
func vacant(dir string) error {
	all, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return node.ExplainDir(dir, err)
	case len(all) > 0:
		return fault.New(fault.Conflict, "backup.not_empty", "dir", dir)
	}
	return nil
}

// Commit closes the register and moves it to its place.
func (d *Draft) Commit() error {
	if err := d.Node.Close(); err != nil {
		return err
	}
	if err := os.Remove(d.to); err != nil && !errors.Is(err, os.ErrNotExist) { // it was empty
		return errors.Join(cannot(d.to, err), os.RemoveAll(d.Dir))
	}
	if err := os.Rename(d.Dir, d.to); err != nil {
		return errors.Join(cannot(d.to, err), os.RemoveAll(d.Dir))
	}
	return syncFolder(filepath.Dir(d.to))
}

// Drop takes away what was put back.
func (d *Draft) Drop(ctx context.Context) error {
	var err error
	if d.Node.Engine() == node.Postgres {
		err = d.Node.DB.Clear(context.WithoutCancel(ctx))
	}
	return errors.Join(err, d.Node.Close(), os.RemoveAll(d.Dir))
}

// filler takes the contents of a backup into a folder and a database.
type filler struct {
	ctx      context.Context
	dir      string
	order    Order
	manifest archive.Manifest
	settings []byte
	db       *store.DB
	known    []store.Table
	fills    *store.Filling
	table    store.Table
	values   []any
	bytes    int // about, of values
	filled   int // rows in the transaction
}

func (f *filler) fill(in *archive.Reader) error {
	end, err := in.All(archive.Contents{Table: f.begin, Row: f.row, File: f.file})
	if err == nil && f.db == nil {
		err = fault.New(fault.Invalid, "archive.damaged", "what", "table")
	}
	if err == nil {
		err = f.marked(end)
	}
	if err == nil {
		err = f.flush()
	}
	if f.fills != nil {
		err = errors.Join(err, f.fills.End(err == nil))
	}
	if f.db != nil {
		err = errors.Join(err, f.db.Close())
	}
	return err
}

func (f *filler) drop() error { return os.RemoveAll(f.dir) }

// file takes the settings, the keys and the interviews under way.
func (f *filler) file(name string, content []byte) error {
	if name == settingsFile {
		f.settings = content
		return nil
	}
	if one, ok := strings.CutPrefix(name, node.InterviewFolder+"/"); ok && endsIn(one, node.InterviewEnd) {
		return f.put(node.InterviewFolder, one, content)
	}
	key, ok := strings.CutPrefix(name, keysFolder+"/")
	if !ok || !endsIn(key, keyEnd) {
		return fault.New(fault.Invalid, "archive.damaged", "what", "file")
	}
	return f.putKey(key, content)
}

func (f *filler) putKey(name string, content []byte) error {
	return f.put(keysFolder, name, content)
}

func (f *filler) put(folder, name string, content []byte) error {
	dir := filepath.Join(f.dir, folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), content, 0o600)
}

// open makes the database when the first table comes: the files are there by then.
func (f *filler) open() (err error) {
	if !f.manifest.Keys {
		if f.order.Keys == "" {
			return fault.New(fault.Invalid, "backup.keys_needed")
		}
		names, err := keyFiles(f.order.Keys)
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(f.order.Keys, name))
			if err == nil {
				err = f.putKey(name, text)
			}
			if err != nil {
				return node.ExplainDir(f.order.Keys, err)
			}
		}
	}
	if err := node.SameKeys(f.dir, f.manifest.Key, f.manifest.Master, f.order.Passphrase); err != nil {
		return err
	}
	f.db, err = node.Remake(f.ctx, f.dir, node.Remaking{Settings: f.settings, Schema: f.manifest.Schema, Engine: f.order.Engine,
		URL: f.order.URL, Passphrase: f.order.Passphrase, Alone: f.order.Until.given()})
	if err != nil {
		return err
	}
	err = f.db.View(f.ctx, func(tx *store.Tx) (err error) {
		f.known, err = tx.Tables(f.ctx)
		return err
	})
	return err
}

func (f *filler) begin(t archive.Table) error {
	if f.db == nil {
		if err := f.open(); err != nil {
			return err
		}
	}
	if err := f.flush(); err != nil {
		return err
	}
	f.table = store.Table{Name: t.Name, Columns: t.Columns}
	return nil
}

// row collects rows and puts them in by some hundreds.
func (f *filler) row(_ archive.Table, values []any) error {
	if slices.Contains(forgotten, f.table.Name) {
		return nil
	}
	for _, v := range values {
		f.bytes += 16
		switch v := v.(type) {
		case string:
			f.bytes += len(v)
		case []byte:
			f.bytes += len(v)
		}
	}
	f.values = append(f.values, values...)
	if len(f.values) < 512*len(values) && f.bytes < 1<<20 {
		return nil
	}
	return f.flush()
}

// chunk is how many rows a transaction has on SQLite, whose journal would grow otherwise. On
// PostgreSQL all are one: the database is somebody else's, and nothing half may stay in it.
const chunk = 100_000

func (f *filler) flush() (err error) {
	if len(f.values) == 0 {
		return f.ctx.Err()
	}
	if f.fills == nil {
		if f.fills, err = f.db.Fill(f.ctx); err != nil {
			return err
		}
	}
	if err := f.fills.PutRows(f.ctx, f.table, f.known, f.values); err != nil {
		return err
	}
	f.filled += len(f.values) / len(f.table.Columns)
	f.values, f.bytes = f.values[:0], 0
	if f.filled < chunk || f.db.Engine() == node.Postgres {
		return nil
	}
	fills := f.fills
	f.fills, f.filled = nil, 0
	return fills.End(true)
}

// marked sees that the register whose keys these are made the file, and not somebody who has
// no more than the public key with which backups are sealed.
func (f *filler) marked(end archive.End) error {
	m, err := seal.Load(filepath.Join(f.dir, keysFolder, "master.key"), f.order.Passphrase)
	if err != nil {
		return err
	}
	if !m.Marked(purpose, end.Sum, end.Mark) {
		return fault.New(fault.Forbidden, "backup.not_of_this", "node", f.manifest.Node)
	}
	return nil
}
