package hclconf

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parser and the evaluator recurse into brackets, signs, operators and
// index chains; a file must not be able to exhaust the stack.
const (
	maxNesting = 250
	maxChain   = 5000 // operators and indexes of one statement

	// The parser joins neighbouring pieces of text, such as the lines of a
	// heredoc, in time that grows with the square of their number: this allows
	// for one text of 20000 lines.
	maxMelds = 20_000 * 20_000 / 2
)

// tooDeep looks at the tokens of a file before it is parsed. Besides nesting it
// finds numbers of thousands of digits, and texts of too many pieces; melds
// counts these over all files.
func tooDeep(name string, text []byte, melds *int) (hcl.Range, bool) {
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	depth, signs, chain, literals := 0, 0, 0, 0
	previous := hclsyntax.TokenNil
	for _, t := range tokens {
		depth += nesting(t.Type)
		if sign := t.Type == hclsyntax.TokenBang || t.Type == hclsyntax.TokenMinus; sign {
			signs++
		} else {
			signs = 0
		}
		switch {
		case chains(t.Type, previous):
			chain++
		case t.Type == hclsyntax.TokenNewline && depth <= 1:
			chain = 0
		}
		if t.Type == hclsyntax.TokenQuotedLit || t.Type == hclsyntax.TokenStringLit {
			*melds += literals
			literals++
		} else {
			literals = 0
		}
		if *melds > maxMelds || depth > maxNesting || signs > maxNesting || chain > maxChain {
			return t.Range, true
		}
		if t.Type == hclsyntax.TokenNumberLit && len(t.Bytes) > maxDigits {
			return t.Range, true // reading it takes time that grows with the square
		}
		previous = t.Type
	}
	return hcl.Range{}, false
}

// nesting says whether a token opens (1) or closes (-1) something.
func nesting(t hclsyntax.TokenType) int {
	switch t {
	case hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOQuote,
		hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return 1
	case hclsyntax.TokenCParen, hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCQuote,
		hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
		return -1
	default:
		return 0
	}
}

// chains reports whether a token makes the syntax tree one deeper: operators,
// conditionals, and brackets that index what stands before them.
func chains(t, previous hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
		hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
		hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenQuestion:
		return true
	case hclsyntax.TokenOBrack:
		return previous == hclsyntax.TokenIdent || previous == hclsyntax.TokenCBrack || previous == hclsyntax.TokenCParen
	default:
		return false
	}
}
