// Package sqlite opens SQLite databases and holds what is particular to that engine:
// pragmas, the name index on FTS5, the meaning of its errors.
//
// Plain files use modernc.org/sqlite. Encrypted laptops use ncruces/go-sqlite3 with its
// Adiantum VFS on one exclusive connection, which keeps the WAL index out of shared memory; what
// goes to the write-ahead log is gathered first (see wal). All connections keep their statements.
package sqlite

import (
	"context"
	"database/sql"
	dbdriver "database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
	modernc "modernc.org/sqlite"

	"quipu/internal/fault"
	"quipu/internal/store/dialect"
)

// Dialect is SQLite, whichever driver opened it.
var Dialect = &dialect.Dialect{
	Name:      "sqlite",
	MaxParams: 30000,
	Words: map[string]string{
		"blob": "BLOB", "ctext": "TEXT", "rowid": "INTEGER", "compact": "WITHOUT ROWID", "packed": "", "packing": "",
		"search": "CREATE VIRTUAL TABLE person_names USING fts5(names, content='', contentless_delete=1, " +
			"detail=none, prefix='2 3', tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N*'\")",
	},
	IndexNames: indexNames,
	MatchNames: matchNames,
	Explain:    explain,
	Size:       size,
	Check:      check,
	Columns:    columns,
	Scrub:      scrub, ScrubsAtWork: true,
}

// Cache is how many MiB of pages a connection that writes keeps where nobody says otherwise.
// A page of 4 KiB takes twice its size, since the allocator below the engine rounds to powers
// of two.
const Cache = 64

// cacheSize is the setting for so many MiB.
func cacheSize(mebibytes int) string { return fmt.Sprintf("cache_size(-%d)", mebibytes<<10) }

// Open opens or makes a plain database file. The first pool writes on one connection with a
// cache of so many MiB, the second reads on several, each with a quarter of it, from 1 to 4.
// Saved means on the disk: synchronous=FULL.
func Open(path string, cache int) (w, r *sql.DB, err error) {
	q := url.Values{"_pragma": {"busy_timeout(15000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		cacheSize(cache), "temp_store(MEMORY)", "journal_size_limit(67108864)", "secure_delete(1)"}}
	wc, err := modernc.NewConnector(uri(path, q, "_txlock=immediate"))
	if err != nil {
		return nil, nil, err
	}
	q["_pragma"] = []string{"busy_timeout(15000)", "query_only(1)", cacheSize(min(max(1, cache/4), 4)), "temp_store(MEMORY)"}
	rc, err := modernc.NewConnector(uri(path, q, ""))
	if err != nil {
		return nil, nil, err
	}
	w, r = sql.OpenDB(keeping{wc}), sql.OpenDB(keeping{rc})
	w.SetMaxOpenConns(1)
	r.SetMaxOpenConns(4)
	r.SetMaxIdleConns(4)
	return w, r, nil
}

// Alone says with store.busy that another program has a plain database file open: to take the
// write-ahead log away for good, as this does, the engine must be its only user.
func Alone(ctx context.Context, path string) error {
	c, err := modernc.NewConnector(uri(path, url.Values{"_pragma": {"busy_timeout(1000)", "journal_mode(DELETE)"}}, ""))
	if err != nil {
		return err
	}
	db := sql.OpenDB(c)
	return errors.Join(db.PingContext(ctx), db.Close())
}

// OpenEncrypted opens or makes a database whose file is encrypted under the 32-byte key.
// It has one connection for everything, with a cache of so many MiB: the file is locked against any other opener.
func OpenEncrypted(path string, key []byte, cache int) (*sql.DB, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("sqlite: the key has %d bytes, not 32", len(key))
	}
	registerVFS()
	q := url.Values{"vfs": {encrypting}, "_pragma": {"hexkey('" + hex.EncodeToString(key) + "')", "busy_timeout(2000)",
		"locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(MEMORY)",
		cacheSize(cache), "secure_delete(1)"}}
	c, err := (&driver.SQLite{}).OpenConnector(uri(path, q, "_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(keeping{searching{c}})
	db.SetMaxOpenConns(1)
	return db, nil
}

// searching gives connections that have FTS5, which this build of the engine lacks.
type searching struct{ dbdriver.Connector }

func (s searching) Connect(ctx context.Context) (dbdriver.Conn, error) {
	c, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := fts5.Register(c.(driver.Conn).Raw()); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// uri names a file for both drivers. A Windows drive gets no slash before it: SQLite takes that
// away again, the file system of ncruces does not and looks for a folder "C:".
func uri(path string, q url.Values, more string) string {
	s := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
	if more != "" {
		s += "&" + more
	}
	return s
}

func size(ctx context.Context, q dialect.Querier) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").Scan(&n)
	return n, err
}

func columns(ctx context.Context, q dialect.Querier) ([]dialect.Column, error) {
	return dialect.Columns(ctx, q, "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.rowid, c.cid")
}

// check reads every page; see sqlite.org/pragma.html#pragma_quick_check.
func check(ctx context.Context, q dialect.Querier) ([]string, error) {
	found, err := dialect.Texts(ctx, q, "PRAGMA quick_check(20)")
	if len(found) == 1 && found[0] == "ok" {
		found = nil
	}
	return found, err
}

// The primary result codes that an office can act on; see sqlite.org/rescode.html.
const (
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotDB    = 26
)

func explain(err error) error {
	code := -1
	var m *modernc.Error
	var n sqlite3.ErrorCode
	switch {
	case errors.Is(err, syscall.ENOSPC): // the engine may call it input and output
		code = codeFull
	case errors.Is(err, syscall.EROFS):
		code = codeReadOnly
	case errors.As(err, &m):
		code = m.Code() & 0xff
	case errors.As(err, &n):
		code = int(n) & 0xff
	}
	switch code {
	case codeBusy, codeLocked:
		return fault.New(fault.Unavailable, "store.busy").Because(err)
	case codeReadOnly, codeCantOpen:
		return fault.New(fault.Unavailable, "store.readonly").Because(err)
	case codeFull:
		return fault.New(fault.Unavailable, "store.full").Because(err)
	case codeIO:
		return fault.New(fault.Unavailable, "store.io").Because(err)
	case codeCorrupt:
		return fault.New(fault.Internal, "store.corrupt").Because(err)
	case codeNotDB:
		return fault.New(fault.Invalid, "store.not_database").Because(err)
	}
	return nil
}
