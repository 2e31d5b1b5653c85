//go:build mutant

package sim

import protocol "quipu/internal/sync"

var bugMemory, bugLast, bugCursor bool

// Plant plants the bug of that name, here or in the rules, and takes any other out.
func Plant(name string) {
	bugMemory, bugLast, bugCursor = name == "memory", name == "last", name == "cursor"
	if bugMemory || bugLast || bugCursor {
		name = ""
	}
	protocol.Plant(name)
}
