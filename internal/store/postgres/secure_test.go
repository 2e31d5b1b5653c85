package postgres

import (
	"testing"

	"quipu/internal/fault"
)

func TestSecure(t *testing.T) {
	for address, key := range map[string]string{
		"postgres://u:p@127.0.0.1:5432/quipu?sslmode=disable":                           "",
		"postgres://u:p@localhost/quipu":                                                "",
		"postgres://u:p@[::1]/quipu":                                                    "",
		"postgres:///quipu?host=/run/postgresql":                                        "",
		"postgres://u:p@db.example.org/quipu?sslmode=verify-full":                       "",
		"postgres://u:p@db.example.org/quipu?sslmode=verify-ca":                         "",
		"postgres://u:p@db.example.org/quipu":                                           "store.plain",
		"postgres://u:p@db.example.org/quipu?sslmode=disable":                           "store.plain",
		"postgres://u:p@db.example.org/quipu?sslmode=prefer":                            "store.plain",
		"postgres://u:p@db.example.org/quipu?sslmode=require":                           "store.plain",
		"postgres://u:p@10.0.0.5/quipu?sslmode=allow":                                   "store.plain",
		"postgres://u:p@127.0.0.1,db.example.org/quipu?sslmode=disable":                 "store.plain",
		"host=db.example.org user=u dbname=quipu sslmode=require":                       "store.plain",
		"postgres://u:p@127.0.0.1.example.org/quipu?sslmode=disable":                    "store.plain",
		"postgres://u:p@db.example.org/quipu?sslmode=verify-full&sslrootcert=/none.pem": "store.address",
		"no address at all": "store.address",
	} {
		err := secure(address)
		if key == "" && err != nil || key != "" && !fault.Is(err, key) {
			t.Errorf("%s: %v, want %q", address, err, key)
		}
		if db, opened := Open(address); (opened == nil) != (key == "") {
			t.Errorf("%s is opened: %v", address, opened)
		} else if db != nil {
			db.Close()
		}
	}
}
