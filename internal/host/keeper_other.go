//go:build !linux && !windows

package host

func findKeeper() (Keeper, error) { return nil, ErrNoKeeper }
