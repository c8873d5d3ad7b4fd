package hclconf

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Limits on what an expression may cost. Files come from pull requests; none
// may hang a runner or exhaust its memory.
const (
	maxSteps    = 1_000_000 // passes through for expressions, all together
	maxParts    = 1_000_000 // elements of one value, nested ones included
	maxText     = 16 << 20  // bytes of text in one value
	maxLevels   = 500       // values inside of each other
	maxElements = 200_000   // elements that one function makes
	maxDigits   = 1000      // of a number that is written as text
	maxExponent = 5000      // bits of a number that is written out

	maxAllText  = 128 << 20     // bytes of text that functions and templates make, all together
	maxAllParts = 4_000_000     // elements that functions make, all together
	maxWork     = 5_000_000_000 // estimated nanoseconds of everything together
	maxTime     = time.Minute   // where the estimate is wrong
)

// What things cost, in estimated nanoseconds.
const (
	costEval     = 1000   // one expression
	costNode     = 100    // one part of its syntax tree
	costCall     = 1000   // one function call
	costPart     = 60     // one element looked at
	costByte     = 4      // one byte looked at
	costOrder    = 8000   // one element of a set
	costArg      = 200    // one element of an argument, which the library walks for marks
	costInstance = 30_000 // one object of a for_each
	costMetadata = 40     // one byte of a metadata document
)

// budget is what one evaluation may still cost. It is charged before the work
// is done. When it is used up the evaluation ends there and then, by a panic
// that [budget.value] turns into a diagnostic: the loops of hcl go on after
// errors and would collect a million of them.
type budget struct {
	ctx   context.Context
	steps int
	parts int
	text  int
	work  int
	// ends is when time is over; ticks counts the charges until the clock is
	// looked at again.
	ends  time.Time
	ticks int
	// over is why the budget is used up; told: somebody reported it.
	over *hcl.Diagnostic
	told bool
	// programs are the sizes of regular expressions seen so far.
	programs map[string]int
	// share makes the limits on everything together smaller, for tests.
	share int
	// evaluations counts expressions evaluated, to test that work grows
	// linearly.
	evaluations int
}

func newBudget(ctx context.Context) *budget {
	if ctx == nil {
		ctx = context.Background()
	}
	b := &budget{ctx: ctx, share: 1}
	b.reset()
	return b
}

func (b *budget) reset() {
	*b = budget{ctx: b.ctx, share: b.share, ends: time.Now().Add(maxTime), programs: map[string]int{}}
}

// usedUp is the panic of a budget that is used up.
type usedUp struct{}

// stop ends the evaluation.
func (b *budget) stop(r hcl.Range, summary, format string, args ...any) {
	b.over = &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Subject: &r, Detail: fmt.Sprintf(format, args...)}
	panic(usedUp{})
}

// goOn ends the evaluation again, where a function took the panic for its own.
func (b *budget) goOn() {
	if b.over != nil {
		panic(usedUp{})
	}
}

// ticksPerLook: looking at the clock takes longer than most charges.
const ticksPerLook = 200

// charge takes work off the budget, before it is done.
func (b *budget) charge(r hcl.Range, cost int) {
	b.work += cost
	if b.work > maxWork/b.share {
		b.stop(r, "Too much work", "Evaluating this configuration takes more than about %d seconds; tacit stops here. Make the lists shorter, or the loops less deep. Look for loops inside of loops, and for functions that go through large values in every pass.", maxWork/1_000_000_000)
	}
	b.ticks--
	if b.ticks > 0 && cost < 1_000_000 {
		return
	}
	b.ticks = ticksPerLook
	if b.ctx.Err() != nil {
		b.stop(r, "Interrupted", "The evaluation was interrupted here.")
	}
	if time.Now().After(b.ends) {
		b.stop(r, "Too much work", "Evaluating this configuration takes longer than %s; tacit stops here.", maxTime)
	}
}

// chargeSteps counts passes through a loop whose body has so many nodes.
func (b *budget) chargeSteps(r hcl.Range, n, nodes int) {
	if b.steps += n; b.steps > maxSteps/b.share {
		b.stop(r, "Too much work", "The loops of this configuration go through more than %d elements; tacit stops here.", maxSteps)
	}
	b.charge(r, n*(costEval+nodes*costNode))
}

// made counts what a function or a template makes.
func (b *budget) made(r hcl.Range, parts, text int) {
	b.parts += parts
	b.text += text
	if b.parts > maxAllParts/b.share || b.text > maxAllText/b.share {
		b.stop(r, "Too much work", "The functions and texts of this configuration make more than %d elements or %d MB of text; tacit stops here.", maxAllParts, maxAllText>>20)
	}
	b.charge(r, parts*costPart+text*costByte)
}

// weight is the size of a value; why says that it is too large to handle.
type weight struct {
	parts, text int
	// ordered are the elements of sets, which are sorted to go through them.
	ordered int
	why     string
}

// weigh walks a value until it is through or over the limits. It must stop
// early: values share parts, so that a small one can be huge to walk.
func (b *budget) weigh(r hcl.Range, v cty.Value) weight {
	var w weight
	w.add(v, 0)
	b.charge(r, w.parts*costPart+w.text*costByte+w.ordered*costOrder)
	return w
}

func (w *weight) add(v cty.Value, level int) bool {
	v, _ = v.Unmark()
	w.parts++
	t := v.Type()
	switch {
	case w.parts > maxParts:
		w.why = tooLarge
	case level > maxLevels:
		w.why = fmt.Sprintf("The values are nested deeper than tacit handles (%d levels).", maxLevels)
	case v.IsNull() || !v.IsKnown():
	case t == cty.String:
		if w.text += len(v.AsString()); w.text > maxText {
			w.why = tooLarge
		}
	case t == cty.Number:
		if hugeNumber(v) {
			w.why = tooHuge
		}
	case !t.IsPrimitiveType() && v.CanIterateElements():
		if t.IsSetType() {
			w.ordered += v.LengthInt()
		}
		for it := v.ElementIterator(); it.Next(); {
			if _, e := it.Element(); !w.add(e, level+1) {
				return false
			}
		}
	}
	return w.why == ""
}

// hugeNumber: writing the number out would take kilobytes of digits.
func hugeNumber(v cty.Value) bool {
	f := v.AsBigFloat()
	e := f.MantExp(nil)
	return e > maxExponent || e < -maxExponent
}

// tooLarge and tooHuge explain the limits of weight.
var (
	tooLarge = fmt.Sprintf("The value has more parts, or more text, than tacit handles (%d parts or %d MB each). Take less into one expression.", maxParts, maxText>>20)
	tooHuge  = fmt.Sprintf("The number is larger, or closer to zero, than tacit handles (2 to the power of %d).", maxExponent)
)

// settle charges for an expression's value after it was evaluated, and says
// why it is too large.
func (b *budget) settle(u *unit, v cty.Value) (why string) {
	defer func() {
		if r := recover(); r != nil {
			if _, mine := r.(usedUp); !mine {
				panic(r)
			}
		}
	}()
	b.charge(u.rng, costEval+u.nodes*costNode)
	return b.weigh(u.rng, v).why
}

// outOfBudget reports, once, that the evaluation ended early.
func (ev *evaluation) outOfBudget() {
	if !ev.f.steps.told {
		ev.f.steps.told = true
		ev.c.hclDiags(hcl.Diagnostics{ev.f.steps.over}, place{})
	}
}
