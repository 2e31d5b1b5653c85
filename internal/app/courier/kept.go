package courier

import (
	"encoding/json"

	"quipu/internal/sync"
)

// A receipt that says that the hub keeps what a node found travels as the hub made it when it took
// the batch: to the node it is one that was long under way, which it has to take anyhow. It is
// kept in the hub's database beside what was found, and is gone with it when that is put back from
// an older copy.

// keptOf names the setting that keeps such receipts of a node's last file.
func keptOf(node string) string { return "kept/" + node }

// keep keeps the receipt of a batch if it says something that only it says.
func (s *Stick) keep(r *sync.Receipt) error {
	if len(r.Found) == 0 {
		return nil
	}
	text, err := r.Encode()
	if err == nil {
		s.kept = append(s.kept, text)
	}
	return err
}

// receipts writes what was kept so, before everything else: what the node then forgets, the hub keeps.
func (s *stickWriter) receipts(kept string) error {
	if kept == "" {
		return nil
	}
	var all []json.RawMessage
	if err := json.Unmarshal([]byte(kept), &all); err != nil {
		return err
	}
	for _, r := range all {
		if err := s.put(partReceipt, r); err != nil {
			return err
		}
	}
	return nil
}
