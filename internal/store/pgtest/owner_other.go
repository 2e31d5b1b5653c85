//go:build !unix

package pgtest

import "os/exec"

type owner struct{}

func unprivileged() (owner, error) {
	return owner{}, &missingError{"these tests start it on Unix only"}
}

func (owner) wear(*exec.Cmd) {}

func (owner) give(string) error { return nil }
