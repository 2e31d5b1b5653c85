// Package backup copies a register while it is at work and puts it back. A copy shows one
// moment, is sealed, and holds the log, so that every earlier moment can be had from it.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"quipu/internal/app/node"
	"quipu/internal/archive"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// Job is what is asked of a backup.
type Job struct {
	To       []age.Recipient // who can open it
	Keys     bool            // the keys of the register go in as well
	Program  string          // version of this program
	Progress func(done, total int64)
}

// Report is what came of a backup. Sound is false when the log is not the one that was signed:
// the copy is made all the same, for it may be all there is.
type Report struct {
	Path     string
	Bytes    int64
	SHA256   string // of the file, as it was read back
	Manifest archive.Manifest
	Tables   []archive.Count
	Sound    bool
}

// Rows is the number of rows of all tables.
func (r *Report) Rows() (n int64) {
	for _, t := range r.Tables {
		n += t.Rows
	}
	return n
}

// purpose of the mark that a register puts under its backups.
const purpose = "backup"

// forgotten are tables that a register that was put back begins without: nobody is signed in
// at it.
var forgotten = []string{"session"}

// Write writes a backup of the register to w.
func Write(ctx context.Context, n *node.Node, actor authz.Actor, w io.Writer, job Job) (r Report, err error) {
	if err := authz.Check(actor, authz.Backup, actor.Office); err != nil {
		return r, err
	}
	err = n.DB.View(ctx, func(tx *store.Tx) error {
		r, err = write(ctx, tx, n, w, job)
		return err
	})
	return r, err
}

func write(ctx context.Context, tx *store.Tx, n *node.Node, w io.Writer, job Job) (r Report, err error) {
	if r.Manifest, err = describe(ctx, tx, n, job); err != nil {
		return r, err
	}
	out, err := archive.NewWriter(w, job.To, r.Manifest)
	if err != nil {
		return r, err
	}
	if err := putFiles(out, n.Dir(), job.Keys); err != nil {
		return r, err
	}
	if err := putInterviews(out, n.Dir()); err != nil {
		return r, err
	}
	tables, total, err := whatIs(ctx, tx)
	if err != nil {
		return r, err
	}
	var log proof
	done := int64(0)
	for _, t := range tables {
		head := archive.Table{Name: t.Name, Columns: t.Columns}
		if err := out.Table(head); err != nil {
			return r, err
		}
		log.table(head)
		err := tx.Rows(ctx, t, func(values []any) error {
			if done++; done%1000 == 0 {
				if job.Progress != nil {
					job.Progress(done, total)
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			log.row(values)
			return out.Row(values)
		})
		if err != nil {
			return r, err
		}
	}
	r.Sound = log.sound(&r.Manifest)
	end, err := out.End(func(sum string) string { return n.Master.Mark(purpose, sum) })
	r.Tables = end.Tables
	return r, err
}

// whatIs lists the tables and counts their rows, for the progress.
func whatIs(ctx context.Context, tx *store.Tx) (tables []store.Table, total int64, err error) {
	if tables, err = tx.Tables(ctx); err != nil {
		return nil, 0, err
	}
	tables = slices.DeleteFunc(tables, func(t store.Table) bool { return slices.Contains(forgotten, t.Name) })
	for _, t := range tables {
		n, err := tx.CountRows(ctx, t)
		if err != nil {
			return nil, 0, err
		}
		total += n
	}
	return tables, total, nil
}

func describe(ctx context.Context, tx *store.Tx, n *node.Node, job Job) (m archive.Manifest, err error) {
	head, err := tx.Head(ctx)
	if err != nil {
		return m, err
	}
	schema, err := tx.Schema(ctx)
	return archive.Manifest{Program: job.Program, Schema: schema, Engine: n.Engine(), Node: string(n.Name()), At: n.Now().UnixMicro(),
		Size: head.Size, Head: head.Note, Key: n.Signer.PublicKey(), Master: n.Master.ID(), Keys: job.Keys}, err
}

const (
	settingsFile = "quipu.toml"
	keysFolder   = "keys"
	keyEnd       = ".key"
)

// putFiles adds the settings of the register and, when they are wanted, its keys.
func putFiles(out *archive.Writer, dir string, keys bool) error {
	text, err := os.ReadFile(filepath.Join(dir, settingsFile))
	if err != nil {
		return node.ExplainDir(dir, err)
	}
	if err := out.File(settingsFile, text); err != nil || !keys {
		return err
	}
	names, err := keyFiles(filepath.Join(dir, keysFolder))
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, keysFolder, name))
		if err != nil {
			return node.ExplainDir(dir, err)
		}
		if err := out.File(keysFolder+"/"+name, text); err != nil {
			return err
		}
	}
	return err
}

// putInterviews adds the interviews that are under way in browsers, sealed as they lie there. One
// that is sent meanwhile is in the tables, or in the next backup.
func putInterviews(out *archive.Writer, dir string) error {
	all, err := os.ReadDir(filepath.Join(dir, node.InterviewFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return node.ExplainDir(dir, err)
	}
	for _, f := range all {
		if !endsIn(f.Name(), node.InterviewEnd) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, node.InterviewFolder, f.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return node.ExplainDir(dir, err)
		}
		if err := out.File(node.InterviewFolder+"/"+f.Name(), text); err != nil {
			return err
		}
	}
	return nil
}

// keyFiles are the names of the files in a folder of keys.
func keyFiles(dir string) (names []string, err error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, node.ExplainDir(dir, err)
	}
	for _, f := range all {
		if endsIn(f.Name(), keyEnd) {
			names = append(names, f.Name())
		}
	}
	if len(names) == 0 {
		return nil, fault.New(fault.NotFound, "backup.no_keys", "dir", dir)
	}
	return names, nil
}

// endsIn reports whether a name is that of a file with an ending, and nothing that leads elsewhere.
func endsIn(name, end string) bool {
	return name == filepath.Base(name) && strings.HasSuffix(name, end) && !strings.HasPrefix(name, ".")
}

// Verify reads a backup to its end, checks every hash, and grows the log's tree anew against
// the head that was signed. Nothing is written.
func Verify(r io.Reader, with []age.Identity) (rep Report, err error) {
	sum := sha256.New()
	r = io.TeeReader(r, sum)
	in, err := archive.NewReader(r, with...)
	if err != nil {
		return rep, err
	}
	rep.Manifest = in.Manifest
	var log proof
	end, err := in.All(archive.Contents{
		Table: func(t archive.Table) error { log.table(t); return nil },
		Row:   func(_ archive.Table, values []any) error { log.row(values); return nil },
		File:  func(string, []byte) error { return nil },
	})
	if err != nil {
		return rep, err
	}
	rep.Tables = end.Tables
	rep.Sound = log.sound(&in.Manifest)
	_, err = io.Copy(io.Discard, r) // to the last byte, for the sum
	rep.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return rep, err
}
