package app

import (
	"context"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/store"
)

// late is after how long without an answer of the hub somebody should look.
const late = 24 * time.Hour

// checkExchange asks how a node stands with its hub, and the hub with its nodes.
func (a *App) checkExchange(ctx context.Context) Check {
	s, err := a.Exchange.Status(ctx)
	if err != nil {
		return failed("exchange", err)
	}
	c := Check{Name: "exchange", State: Fine, Said: "alone"}
	switch s.Role {
	case "hub":
		return a.checkNodes(ctx)
	case "node":
		c.Said, c.Args = "level", []any{"hub", s.State.Hub, "pending", s.Pending}
		heard := time.UnixMicro(max(s.State.Answered, s.State.Enrolled))
		switch {
		case s.Refusal.Key != "":
			c.State, c.Said = Fail, "refused"
		case a.Now().Sub(heard) > late:
			c.State, c.Said = Warn, "late"
			c.Args = append(c.Args, "day", heard.UTC().Format(time.DateOnly))
		case s.State.Trouble != "":
			c.State, c.Said = Warn, "trouble"
		}
	}
	return c
}

func (a *App) checkNodes(ctx context.Context) Check {
	all, err := a.Courier.Peers(ctx, node.Operator("doctor", ""))
	if err != nil {
		return failed("exchange", err)
	}
	c := Check{Name: "exchange", State: Fine, Said: "hub"}
	active := 0
	for _, p := range all {
		if p.State != store.PeerActive {
			continue
		}
		if active++; p.Refused.Key != "" && c.State == Fine {
			c.State, c.Said, c.Args = Warn, "hub_refuses", []any{"node", p.Name}
		}
	}
	if c.State == Fine {
		c.Args = []any{"nodes", active}
	}
	return c
}
