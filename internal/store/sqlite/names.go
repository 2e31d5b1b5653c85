package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"quipu/internal/store/dialect"
)

func indexNames(ctx context.Context, tx *sql.Tx, people []dialect.Named, update bool) error {
	verb := "INSERT INTO"
	if update {
		verb = "INSERT OR REPLACE INTO"
	}
	const most = 100
	insert := func(n int) string {
		return verb + " person_names (rowid, names) VALUES (?,?)" + strings.Repeat(",(?,?)", n-1)
	}
	args := make([]any, 0, 2*len(people))
	for _, p := range people {
		args = append(args, p.Row, p.Text)
	}
	if len(args) >= 2*most {
		st, err := tx.PrepareContext(ctx, insert(most))
		if err != nil {
			return err
		}
		defer st.Close()
		for ; len(args) >= 2*most; args = args[2*most:] {
			if _, err := st.ExecContext(ctx, args[:2*most]...); err != nil {
				return err
			}
		}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, insert(len(args)/2), args...)
	return err
}

func matchNames(ctx context.Context, q dialect.Querier, terms []string, limit int) ([]int64, error) {
	var b strings.Builder
	for _, t := range terms {
		if b.Len() > 0 {
			b.WriteString(" AND ")
		}
		word, star := strings.CutSuffix(t, "*")
		b.WriteString(`"` + strings.ReplaceAll(word, `"`, `""`) + `"`)
		if star {
			b.WriteByte('*')
		}
	}
	rows, err := q.QueryContext(ctx, "SELECT rowid FROM person_names WHERE person_names MATCH ? ORDER BY rowid LIMIT ?", b.String(), limit)
	return dialect.RowNumbers(rows, err)
}
