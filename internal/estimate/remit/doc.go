// Package remit makes the indicators of remittances: how much is sent in a year, by which channel and
// to where, how large a sending is, and how that compares with the published total.
//
// Each sender says an amount for one sending and how many he makes in a year. A share of "small"
// amounts is a different figure for sendings, for months, for senders and for money, so each table
// says its base; 250 is an amount at which answers heap, so "at most" and "less than" are both given;
// and since a few large senders carry a total, it is shown with them, without them and with them cut.
// Errors come from the design through estimate's Statistic, replicate weights included.
package remit
