package sqlite

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"strings"
)

// A page of an officer asks a dozen short questions, the same ones as the page before, and to
// prepare one takes longer than to answer it. So a connection keeps the statements that it has
// prepared: the last mostKept of them, none with a text longer than longestKept, since an
// insertion of many rows takes memory that it is not worth.
const (
	mostKept    = 128
	longestKept = 1024
)

// keeping gives connections that keep their statements.
type keeping struct{ driver.Connector }

func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, idle: map[string]*list.Element{}, order: list.New()}, nil
}

// conn is a connection with the statements that nobody uses at the moment, the last used in
// front. database/sql lets one goroutine at a time use it.
type conn struct {
	driver.Conn
	idle  map[string]*list.Element
	order *list.List
}

// stmt is a prepared statement that goes back to its connection when it is closed.
type stmt struct {
	driver.Stmt
	on    *conn
	query string
}

// worthKeeping are the statements that do the same each time they run. Some pragmas act when
// they are prepared.
func worthKeeping(query string) bool {
	verb, _, _ := strings.Cut(query, " ")
	switch verb {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return len(query) <= longestKept
	}
	return false
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if e, ok := c.idle[query]; ok {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		delete(c.idle, query)
		return c.order.Remove(e).(*stmt), nil
	}
	st, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil || !worthKeeping(query) {
		return st, err
	}
	return &stmt{st, c, query}, nil
}

// Close gives the statement back. Its rows were closed before, which resets it.
func (s *stmt) Close() error {
	c := s.on
	if _, ok := c.idle[s.query]; ok { // a second one, which ran while the first did
		return s.Stmt.Close()
	}
	c.idle[s.query] = c.order.PushFront(s)
	if c.order.Len() <= mostKept {
		return nil
	}
	last := c.order.Remove(c.order.Back()).(*stmt)
	delete(c.idle, last.query)
	return last.Stmt.Close()
}

func (c *conn) Close() error {
	var errs []error
	for e := c.order.Front(); e != nil; e = e.Next() {
		errs = append(errs, e.Value.(*stmt).Stmt.Close())
	}
	return errors.Join(append(errs, c.Conn.Close())...)
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
}

// ExecContext runs what has no arguments, scripts among it, at once; the rest is prepared.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) > 0 {
		return nil, driver.ErrSkip
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *conn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *conn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s *stmt) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return driver.ErrSkip
}
