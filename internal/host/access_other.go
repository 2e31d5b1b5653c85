//go:build !windows

package host

func openToGroups(string) (string, error) { return "", nil }
