// Package app holds the use cases: authorise, load, decide, commit, log. It and the
// packages below it are the only place where a transaction starts and where rights are
// asked for. The screens, the API and the command line translate to and from it; the
// domain packages decide.
package app

import (
	"context"

	"quipu/internal/app/account"
	"quipu/internal/app/alike"
	"quipu/internal/app/index"
	"quipu/internal/app/node"
	"quipu/internal/app/oversight"
	"quipu/internal/app/review"
	"quipu/internal/app/rights"
	"quipu/internal/authz"
)

// App is every use case of one node. Those of accounts and of oversight are in packages of
// their own; what all stand on is in node.
type App struct {
	*node.Node
	*account.Accounts
	*oversight.Oversight
	*rights.Rights
	*review.Review
	Index *index.Index // who is in the register, in memory
	Alike *alike.Alike // who may be whom
}

// Actor is who asks, from which office and for what.
type Actor = authz.Actor

// Outcome is what came of a change to a person.
type Outcome = node.Outcome

// Options say how to open a register.
type Options = node.Options

// Open opens the register in a folder, or makes it when the options say so.
func Open(ctx context.Context, dir string, opts Options) (*App, error) {
	n, err := node.Open(ctx, dir, opts)
	if err != nil {
		return nil, err
	}
	x := index.New(n)
	weighs := alike.New(n, x)
	return &App{Node: n, Accounts: account.New(n), Oversight: oversight.New(n), Rights: rights.New(n), Review: review.New(n, weighs),
		Index: x, Alike: weighs}, nil
}
