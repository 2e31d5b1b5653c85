package courier

import (
	"quipu/internal/app/account"
	"quipu/internal/app/alike"
	"quipu/internal/app/exchange"
	"quipu/internal/app/index"
	"quipu/internal/app/node"
	"quipu/internal/app/review"
	"quipu/internal/app/rights"
)

// over is what becomes of messages in a register that nothing else is at work on yet.
func over(n *node.Node) *exchange.Exchange {
	return exchange.New(n, account.New(n), review.New(n, alike.New(n, index.New(n))), rights.New(n))
}
