// Package sim runs the protocol of package sync through bad weather: one hub and several
// nodes on the real rules, in one thread, driven by a seed.
//
// Messages are lost, doubled, late and out of order; machines crash inside transactions,
// disks fail, clocks jump, lines are cut, persons move, rights are given and taken, a hub
// comes back from an old backup, a disk is cloned. Check says whether what must always hold
// still does. The same seed is the same world, to the byte.
package sim
