package survey

import (
	"strconv"

	app "quipu/internal/app/survey"
)

// tree draws who recruited whom: a chain below another, wave by wave to the right. The table
// beside it says how many there are; the list of cases says which.
type tree struct {
	Width, Height int
	Nodes         []treeNode
	Heads         []treeHead
}

type treeNode struct {
	X, Y   int
	Path   string // the line from the recruiter, "" of a seed
	Asked  bool
	Label  string // of a seed
	LabelX int
	LabelY int
}

type treeHead struct {
	X    int
	Text string
}

const (
	treeLeft  = 90
	treeWide  = 64
	treeTop   = 28
	treeLine  = 13
	mostNodes = 500
)

// growTree lays it out: a leaf a line, everybody in the middle of whom he recruited. None where
// there are too many to be seen.
func growTree(w words, c *app.Chains) *tree {
	if len(c.Links) == 0 || len(c.Links) > mostNodes {
		return nil
	}
	t := &tree{}
	at, children := map[uint64]int{}, map[uint64][]int{}
	for i := range c.Links {
		at[c.Links[i].Number] = i
	}
	var roots []int
	waves := 0
	for i := range c.Links {
		l := &c.Links[i]
		waves = max(waves, l.Wave)
		if _, ok := at[l.Recruiter]; ok {
			children[l.Recruiter] = append(children[l.Recruiter], i)
		} else {
			roots = append(roots, i)
		}
	}
	line := 0
	var place func(i int) int
	place = func(i int) int {
		l := &c.Links[i]
		var ys []int
		for _, k := range children[l.Number] {
			ys = append(ys, place(k))
		}
		n := treeNode{X: treeLeft + l.Wave*treeWide, Asked: l.Submission != ""}
		if len(ys) == 0 {
			n.Y = treeTop + line*treeLine
			line++
		} else {
			n.Y = (ys[0] + ys[len(ys)-1]) / 2
		}
		for _, y := range ys {
			x := n.X + treeWide
			t.Nodes = append(t.Nodes, treeNode{Path: "M" + strconv.Itoa(n.X) + " " + strconv.Itoa(n.Y) + "C" + strconv.Itoa(n.X+treeWide/2) + " " + strconv.Itoa(n.Y) + " " +
				strconv.Itoa(n.X+treeWide/2) + " " + strconv.Itoa(y) + " " + strconv.Itoa(x) + " " + strconv.Itoa(y)})
		}
		t.Nodes = append(t.Nodes, n)
		return n.Y
	}
	for _, i := range roots {
		y := place(i)
		last := &t.Nodes[len(t.Nodes)-1]
		last.Label, last.LabelX, last.LabelY = c.Links[i].Stratum, last.X-8, y+4
		line++
	}
	for k := range waves + 1 {
		text := strconv.Itoa(k)
		if k == 0 {
			text = w.T("chain.seed")
		}
		t.Heads = append(t.Heads, treeHead{treeLeft + k*treeWide, text})
	}
	t.Width, t.Height = treeLeft+waves*treeWide+30, treeTop+line*treeLine
	return t
}
