package sync

import (
	"maps"
	"slices"

	"quipu/internal/change"
	"quipu/internal/id"
)

// patience is how long after the hub went back, by the hub's clock, a node's changes wait for
// those of others that they rest on, microseconds: whoever has them may be a laptop that
// travels. After that they are offered as they are, and an officer decides.
const patience = 14 * 24 * 3600 * 1_000_000

// rests says on which changes of others that the hub may have lost the changes of a batch
// rest: of each author the last, for the first change that rests on it.
func rests(log NodeLog, s *NodeState, b *Batch) (out []Rest, err error) {
	if s.Back == 0 || s.Now-s.Back > patience || len(b.Bodies) == 0 || bugEarly {
		return nil, nil
	}
	of := map[change.Ref][]int64{} // entity: own changes that look at it, in order
	met := map[change.Ref]bool{}
	for i, body := range b.Bodies {
		c, err := change.Decode(body)
		if err != nil {
			return nil, err
		}
		for _, ref := range []change.Ref{c.Entity, subject(c.Entity)} {
			if n := b.First + int64(i); len(of[ref]) == 0 || of[ref][len(of[ref])-1] != n {
				of[ref], met[ref] = append(of[ref], n), true
			}
		}
	}
	held, err := log.Unplaced(sortedRefs(met))
	if err != nil {
		return nil, err
	}
	first := map[id.Node]map[int64]int64{} // author: own change: the last of the author's that it rests on
	for _, u := range held {
		for _, n := range of[u.Entity] {
			if n <= u.Own {
				continue
			}
			if first[u.ID.Node] == nil {
				first[u.ID.Node] = map[int64]int64{}
			}
			first[u.ID.Node][n] = max(first[u.ID.Node][n], u.ID.N)
			break
		}
	}
	for i := range b.Bodies {
		n := b.First + int64(i)
		for _, author := range slices.Sorted(maps.Keys(first)) {
			if on := first[author][n]; on > 0 {
				out = append(out, Rest{n, id.Change{Node: author, N: on}})
			}
		}
	}
	return out, nil
}

// subject is the person of an erasure; any other entity is its own.
func subject(ref change.Ref) change.Ref {
	if ref.Kind == change.Erasure {
		return change.Ref{Kind: change.Person, ID: ref.ID}
	}
	return ref
}

// same reports whether the hub's log is still the one that the node has seen. After the hub
// was restored from a backup a node knows on what its changes rest only once it has asked.
func same(log HubLog, seen Mark) (bool, error) {
	if seen.Size <= 0 || bugEarly {
		return true, nil
	}
	size, err := log.Size()
	if err != nil || seen.Size > size {
		return false, err
	}
	root, err := log.RootAt(seen.Size)
	return root == seen.Root, err
}

// inTime leaves, of the changes of a batch that the hub lacks, those before the first that
// rests on what its author has still to offer. An author who was revoked, whom the hub does not
// know, or of whom an officer said so, is not waited for.
func inTime(log HubLog, b *Batch, in []Incoming) ([]Incoming, *Refusal, error) {
	if len(in) == 0 {
		return in, nil, nil
	}
	if ok, err := same(log, b.Seen); err != nil || !ok {
		return nil, refuse(RefusedBack), err
	}
	for _, r := range b.Rests {
		if len(in) == 0 || r.Own < in[0].Change.ID.N || r.Own > in[len(in)-1].Change.ID.N || r.On.Node == b.Node {
			continue
		}
		p, ok, err := log.Peer(r.On.Node)
		if err != nil {
			return nil, nil, err
		}
		if !ok || p.Revoked || p.Unawaited || p.Last >= r.On.N {
			continue
		}
		keep := r.Own - in[0].Change.ID.N
		if keep == 0 {
			return nil, refuse(RefusedEarly, "n", decimal(r.Own), "node", string(r.On.Node), "on", decimal(r.On.N)), nil
		}
		in = in[:keep]
	}
	return in, nil, nil
}
