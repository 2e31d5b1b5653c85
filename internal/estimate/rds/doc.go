// Package rds estimates proportions of a population without a frame from respondent-driven
// sampling: people recruit people they know, and everybody says how many he knows.
//
// The estimators are RDS-I (Salganik and Heckathorn 2004), RDS-II (Volz and Heckathorn 2008) and
// successive sampling (Gile 2011), the last for a stated population size. Their uncertainty comes
// from three bootstraps: the Markov chain of recruitments (Salganik 2006), the successive sampling
// one (Gile 2011) and the tree one (Baraff, McCormick and Raftery 2016), which is wide and covers.
// A plain standard error is never given: it ignores that recruits resemble their recruiters.
//
// Chance comes from a seed. Rows are put in an order of their own first, so the same sample and
// seed give the same bytes whatever order the file has and however many processors work.
package rds
