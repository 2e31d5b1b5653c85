// Package app holds the use cases: authorise, load, decide, commit, log. It and the
// packages below it are the only place where a transaction starts and where rights are
// asked for. The screens, the API and the command line translate to and from it; the
// domain packages decide.
package app

import (
	"context"
	"errors"
	"io"

	"quipu/internal/app/account"
	"quipu/internal/app/alike"
	"quipu/internal/app/backup"
	"quipu/internal/app/campaign"
	"quipu/internal/app/conflict"
	"quipu/internal/app/courier"
	"quipu/internal/app/exchange"
	"quipu/internal/app/hublink"
	"quipu/internal/app/index"
	"quipu/internal/app/node"
	"quipu/internal/app/oversight"
	"quipu/internal/app/review"
	"quipu/internal/app/rights"
	"quipu/internal/app/survey"
	"quipu/internal/audit"
	"quipu/internal/authz"
	rules "quipu/internal/campaign"
	"quipu/internal/fault"
	"quipu/internal/survey/study"
	"quipu/internal/sync"
)

// App is every use case of one node. Those of accounts and of oversight are in packages of
// their own; what all stand on is in node.
type App struct {
	*node.Node
	*account.Accounts
	*oversight.Oversight
	*rights.Rights
	*review.Review
	*conflict.Conflicts
	*exchange.Exchange
	*hublink.Links
	Courier   *courier.Courier    // what it and other registers have for each other
	Campaigns *campaign.Campaigns // mobile consulates
	Surveys   *survey.Surveys     // questionnaires, samples, answers
	Index     *index.Index        // who is in the register, in memory
	Alike     *alike.Alike        // who may be whom
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
	return over(n), nil
}

// over puts the use cases over a node that is open.
func over(n *node.Node) *App {
	x := index.New(n)
	weighs := alike.New(n, x)
	a := &App{Node: n, Accounts: account.New(n), Oversight: oversight.New(n), Rights: rights.New(n), Review: review.New(n, weighs),
		Conflicts: conflict.New(n), Links: hublink.New(n),
		Campaigns: campaign.New(n), Surveys: survey.New(n), Index: x, Alike: weighs}
	a.Exchange = exchange.New(n, a.Accounts, a.Review, a.Rights)
	a.Conflicts.Project = a.Exchange.Project
	a.Exchange.KnowTaken(study.KindSubmission, a.Surveys.JudgeTaken)
	a.Courier = courier.New(n, a.Exchange)
	a.Courier.Find, a.Courier.Move = a.findFor, a.moveFor
	return a
}

// Backup saves a copy of the register into a new file, or into a folder; see backup.Save.
func (a *App) Backup(ctx context.Context, actor Actor, path string, job backup.Job) (backup.Report, error) {
	return backup.Save(ctx, a.Node, actor, path, job)
}

// Restored is what came of putting a register back.
type Restored struct {
	Node     string // its name from now on
	From     string // that of the register that the copy is of
	Changes  int64  // in the log
	People   int64
	Cut      int64 // changes of the copy that came after the moment that was asked for
	Findings []audit.Finding
	Drift    []Drift
}

// Restore puts a register back from a backup, proves its log and its lists, and only then
// gives it its place. What the proof finds was in the copy: it is told, and is no reason to
// leave an office without a register.
func Restore(ctx context.Context, actor Actor, r io.Reader, o backup.Order, progress func(done, total int64)) (out Restored, err error) {
	d, err := backup.Restore(ctx, actor, r, o)
	if err != nil {
		return out, err
	}
	a := over(d.Node)
	if err := d.Complete(ctx, actor, a.Exchange); err != nil {
		return out, errors.Join(err, d.Drop(ctx))
	}
	if err := a.DB.Analyze(ctx); err != nil {
		return out, errors.Join(err, d.Drop(ctx))
	}
	out = Restored{Node: string(a.Name()), From: d.Manifest.Node, Cut: d.Cut}
	report, err := a.VerifyLog(ctx, actor, nil, progress)
	if err == nil {
		out.Changes, out.Findings = report.Head.Size, report.Findings
		out.Drift, err = a.VerifyProjections(ctx, actor, nil)
	}
	if err == nil {
		out.People, err = a.CountPeople(ctx)
	}
	if err != nil {
		return out, errors.Join(err, d.Drop(ctx))
	}
	return out, d.Commit()
}

// TravelCode makes a code for a laptop that travels with a campaign: it gets whom that lists,
// the accounts of its team, and nobody else. The actor needs the right over nodes of the
// campaign's office.
func (a *App) TravelCode(ctx context.Context, actor Actor, which, label string) (courier.Code, error) {
	p, err := a.Campaigns.Open(ctx, actor, which)
	if err != nil {
		return courier.Code{}, err
	}
	if p.Campaign.State == rules.Closed {
		return courier.Code{}, fault.New(fault.Conflict, "campaign.closed")
	}
	return a.Courier.MakeCode(ctx, actor, courier.Ask{Office: p.Campaign.Office, Laptop: true, Label: label,
		Scopes: []sync.Scope{sync.Scope(exchange.Campaign(which))}})
}
