package rights

import (
	"cmp"
	"context"
	"slices"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

var proposals = &matter[rules.Proposal]{
	kind: rules.KindRetention, fold: rules.LoadProposal, office: func(p *rules.Proposal) string { return p.Office },
	project: func(ctx context.Context, tx *store.Tx, p *rules.Proposal) error {
		row := store.RetentionRow{ID: p.Entity.ID, Office: p.Office, State: string(p.Stage), Day: p.Text("day"), Author: p.Created.Author, Approver: p.Approver,
			People: int64(len(p.Items)), Request: p.Request}
		if p.Stage == rules.Done {
			row.People = int64(p.Erased)
		}
		return tx.PutRetention(ctx, row)
	},
}

// ProposeRetention proposes to erase what is kept no longer at an office, of so many people
// as one proposal holds. There is one open proposal an office at a time.
func (r *Rights) ProposeRetention(ctx context.Context, actor Actor, office string) (proposal string, people int, err error) {
	if office == "" {
		return "", 0, fault.New(fault.Invalid, "rights.which_office").On("office")
	}
	found, err := r.WhatIsDue(ctx, actor, office, rules.MostPeople, nil)
	if err != nil {
		return "", 0, err
	}
	var items []rules.Item
	for _, l := range found.Lines {
		items = append(items, rules.Item{Person: l.Who.ID, Classes: classesOf(l.Due)})
	}
	c, err := rules.Propose(office, "", "", items, r.Today())
	if err != nil {
		return "", 0, err
	}
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		if err := noneOpen(ctx, tx, office); err != nil {
			return err
		}
		proposal, _, err = start(ctx, r, tx, proposals, actor, c)
		return err
	})
	return proposal, len(items), err
}

// noneOpen refuses a second proposal by terms at an office.
func noneOpen(ctx context.Context, tx *store.Tx, office string) error {
	all, err := tx.Retentions(ctx, office, 100)
	if slices.ContainsFunc(all, func(p store.RetentionRow) bool { return p.State == string(rules.Proposed) && p.Request == "" }) {
		return fault.New(fault.Conflict, "rights.proposal_open")
	}
	return err
}

// classesOf lists the classes of what is due, sorted.
func classesOf(due []rules.Due) (out []string) {
	for _, d := range due {
		out = append(out, d.Class)
	}
	slices.Sort(out)
	return out
}

// ProposeErasure proposes to erase what a person asked to have erased: the whole entry, or
// sections of it.
func (r *Rights) ProposeErasure(ctx context.Context, actor Actor, request, data, reason string) (proposal string, err error) {
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		q, _, err := open(ctx, r, tx, requests, actor, authz.Rights, request)
		if err != nil {
			return err
		}
		if q.Kind != rules.Cancellation && q.Kind != rules.Opposition || !q.State.Open() {
			return fault.New(fault.Conflict, "rights.not_erasable")
		}
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: q.Person})
		if err != nil {
			return err
		}
		p := registry.Load(changes)
		if registry.Merged(&p) {
			return fault.New(fault.Conflict, "registry.merged", "number", p.Text("number"))
		}
		office := registry.Summarise(&p).Office
		if err := authz.Check(actor, authz.Retention, office); err != nil {
			return err
		}
		if _, err := rules.Asked(&p, data); err != nil {
			return err
		}
		c, err := rules.Propose(cmp.Or(office, actor.Office), request, reason, []rules.Item{{Person: q.Person, Classes: []string{rules.ClassAsked}, Data: data}}, r.Today())
		if err != nil {
			return err
		}
		proposal, _, err = start(ctx, r, tx, proposals, actor, c)
		return err
	})
	return proposal, err
}

// Proposals lists the proposals to erase, the newest first.
func (r *Rights) Proposals(ctx context.Context, actor Actor, limit int) (out []store.RetentionRow, err error) {
	office, err := officeIn(actor, authz.Retention)
	if err != nil {
		return nil, err
	}
	return out, r.DB.View(ctx, func(tx *store.Tx) error {
		out, err = tx.Retentions(ctx, office, limit)
		return err
	})
}

// ProposalPage is a proposal as who decides on it sees it.
type ProposalPage struct {
	Proposal rules.Proposal
	Changes  []change.Change
	People   map[string]store.PersonRow // by id
	May      struct{ Approve, Reject bool }
}

// Proposal opens a proposal. It names its people, and so it is logged.
func (r *Rights) Proposal(ctx context.Context, actor Actor, proposal string) (*ProposalPage, error) {
	page := &ProposalPage{}
	err := r.DB.View(ctx, func(tx *store.Tx) (err error) {
		page.Proposal, page.Changes, err = open(ctx, r, tx, proposals, actor, authz.Retention, proposal)
		if err != nil {
			return err
		}
		var ids []string
		for _, it := range page.Proposal.Items {
			ids = append(ids, it.Person)
		}
		page.People, err = people(ctx, tx, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &page.Proposal
	page.May.Reject = p.Stage == rules.Proposed
	page.May.Approve = authz.May(actor, authz.RetentionApprove, p.Office) && p.Approvable(actor.Login) == nil
	return page, r.LogReads(ctx, actor, store.Read{Action: "search", Detail: "retention " + p.Office})
}

// ApproveProposal erases what another officer proposed, as far as it is still due, all of it
// or nothing. It returns of how many people something was erased.
func (r *Rights) ApproveProposal(ctx context.Context, actor Actor, proposal string, seen id.Change) (people int, err error) {
	err = act(ctx, r, proposals, actor, authz.RetentionApprove, proposal, seen, func(tx *store.Tx, p *rules.Proposal) (change.Change, error) {
		if err := p.Approvable(actor.Login); err != nil {
			return change.Change{}, err
		}
		var whole []string
		for _, it := range p.Items {
			done, all, err := r.erase(ctx, tx, actor, it, p)
			if err != nil {
				return change.Change{}, err
			}
			if done {
				people++
			}
			if all {
				whole = append(whole, it.Person)
			}
		}
		if err := tx.ForgetRowsOf(ctx, whole); err != nil {
			return change.Change{}, err
		}
		return p.Carried(actor.Login, people)
	})
	return people, err
}

// RejectProposal ends a proposal without erasing anything.
func (r *Rights) RejectProposal(ctx context.Context, actor Actor, proposal, reason string, seen id.Change) error {
	return act(ctx, r, proposals, actor, authz.Retention, proposal, seen, func(_ *store.Tx, p *rules.Proposal) (change.Change, error) {
		return p.Reject(actor.Login, reason)
	})
}
