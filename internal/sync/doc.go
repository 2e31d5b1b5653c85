// Package sync is the protocol by which offices without a network keep one register: a
// log of changes that the hub puts in order, pushed and pulled by nodes.
//
// It is rules only. It has no clock, network, file or database: the hub's side works on a
// HubLog, a node's side on a NodeLog, and each call of one of its functions is one
// transaction of the caller's. What the function returns without an error is committed as
// a whole or not at all. DESIGN.md says why it is right.
//
//	node                             hub
//	NextBatch  ------ Batch ------>  TakeBatch
//	TakeReceipt <---- Receipt -----
//	NextAsk    ------- Ask ------->  MakeAnswer
//	TakeAnswer <----- Answer ------
//
// Any message may be lost, come twice, late or in another order.
package sync
