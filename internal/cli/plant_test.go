//go:build !mutant

package cli

func plant(string) {}
