//go:build !linux && !darwin && !windows

package host

func spaceAt(string) (Space, error) { return Space{}, ErrUnknown }
