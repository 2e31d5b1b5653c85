package openrosa

// Read is read, for the fuzz test.
import (
	"context"
	"net/http"
)

var Read = read

// Room is an empty one: it takes a message of some bytes in, and returns how it is left.
func Room() func(ctx context.Context, bytes int64) (leave func(), err error) {
	m := newRoom()
	return func(ctx context.Context, bytes int64) (func(), error) {
		return m.enter(&call{Request: (&http.Request{ContentLength: bytes}).WithContext(ctx)})
	}
}
