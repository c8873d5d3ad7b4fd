package hclconf

import (
	"fmt"
	"slices"
	"strings"
)

// DidYouMean returns a sentence that names the closest candidate, "" when none
// is close.
func DidYouMean(given string, candidates []string) string {
	if s := nearest(given, candidates); s != "" {
		return fmt.Sprintf(" Did you mean %q?", s)
	}
	return ""
}

// nearest returns the candidate that a person most likely meant.
func nearest(given string, candidates []string) string {
	const maxCandidates, maxLength = 10000, 200
	if len(given) > maxLength || len(candidates) > maxCandidates {
		return ""
	}
	best, bestDistance := "", max(1, min(3, len(given)/3))+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if len(c) > maxLength {
			continue
		}
		d := distance(strings.ToLower(given), strings.ToLower(c))
		if len(given) > 2 && strings.HasPrefix(c, given) {
			d = min(d, 1) // the beginning of a word means the word
		}
		if d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is Levenshtein's, and two swapped letters count once: how many
// letters to insert, drop, change or swap.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// oneOf lists alternatives for a sentence: "a", "b" or "c".
func oneOf(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}
