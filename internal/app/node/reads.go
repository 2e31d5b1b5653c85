package node

import (
	"context"
	"time"

	"quipu/internal/store"
)

// LogReads completes the lines with who, where, when and what for, and saves them.
func (n *Node) LogReads(ctx context.Context, actor Actor, reads ...store.Read) error {
	now := n.now().UnixMicro()
	for i := range reads {
		reads[i].At, reads[i].Author, reads[i].Office, reads[i].Purpose = now, actor.Login, actor.Office, actor.Purpose
	}
	return n.DB.Update(ctx, func(tx *store.Tx) error { return tx.LogReads(ctx, reads) })
}

func Moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
