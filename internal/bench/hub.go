package bench

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/store/bare"
)

// HubDatabase makes an empty database for a hub on PostgreSQL and returns its address, ""
// where the hub is in a file, and what drops it. Faults: bench.hub_engine, bench.url_needed.
func (cfg Config) HubDatabase(ctx context.Context) (url string, drop func() error, err error) {
	const name = "quipu_bench_hub"
	switch {
	case cfg.Engine == node.SQLite:
		return "", func() error { return nil }, nil
	case cfg.Engine != node.Postgres:
		return "", nil, fault.New(fault.Invalid, "bench.hub_engine", "engine", cfg.Engine)
	case cfg.URL == "":
		return "", nil, fault.New(fault.Invalid, "bench.url_needed")
	}
	url, err = bare.MakeDatabase(ctx, cfg.URL, name)
	return url, func() error { return bare.DropDatabase(context.WithoutCancel(ctx), cfg.URL, name) }, err
}
