package pgtest

import (
	"database/sql"
	"testing"
)

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			db, err := sql.Open("pgx", URL(t))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("CREATE TABLE a (b TEXT)"); err != nil {
				t.Fatal("the database was used before: ", err)
			}
			var encoding string
			if err := db.QueryRow("SHOW server_encoding").Scan(&encoding); err != nil || encoding != "UTF8" {
				t.Fatal(encoding, err)
			}
		})
	}
}
