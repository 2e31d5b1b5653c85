//go:build !unix

package pguser

import (
	"errors"
	"syscall"
)

// Owner is the user that programs run as.
type Owner struct{}

// Find is errors.ErrUnsupported.
func Find() (Owner, error) { return Owner{}, errors.ErrUnsupported }

// Attr changes nothing.
func (Owner) Attr() *syscall.SysProcAttr { return nil }

// Give changes nothing.
func (Owner) Give(string) error { return nil }
