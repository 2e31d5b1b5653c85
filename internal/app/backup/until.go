package backup

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/fault"
)

// Until names the moment that a register is to show: zero for that of the backup.
type Until struct{ text string }

// ParseUntil reads a moment or the name of a change.
func ParseUntil(s string) (Until, error) {
	if s == "" {
		return Until{}, nil
	}
	return Until{}, fault.New(fault.Invalid, "backup.until", "text", s)
}

func cut(context.Context, *node.Node, Until) (int64, error) { return 0, nil }
