package bare

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"

	"quipu/internal/fault"
)

// files adds up a database file and what SQLite keeps beside it.
func files(path string) (total int64, err error) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		st, err := os.Stat(path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		total += st.Size()
	}
	return total, nil
}

// Address is that of another database of the same server.
func Address(address, name string) (string, error) {
	at, err := beside(address, name)
	if err != nil {
		return "", fault.New(fault.Invalid, "store.address").Because(err)
	}
	return at, nil
}

// beside is the address of another database of the same server.
func beside(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func order(ctx context.Context, address, statement string) error {
	c, err := open(Target{URL: address})
	if err != nil {
		return err
	}
	defer c.close() //nolint:errcheck // the statement has been done
	_, err = c.db.ExecContext(ctx, statement)
	if err == nil {
		return nil
	}
	if f := c.d.Explain(err); f != nil {
		return f
	}
	return err
}
