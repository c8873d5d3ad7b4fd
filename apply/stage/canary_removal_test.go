package stage_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
)

const connections = "/api/v2/connections"

// carryOut lets the tenant do what was asked, and throws its answer away.
func (w *wire) carryOut(t *testing.T, r *http.Request) {
	t.Helper()
	resp, err := w.base.RoundTrip(r)
	require.NoError(t, err)
	_ = resp.Body.Close()
}

// TestCreationInDoubt: a canary that may have been made is looked for and removed, and told of when it is not found.
func TestCreationInDoubt(t *testing.T) {
	for name, test := range map[string]struct {
		made bool
		// status of the answer, 0 when none comes.
		status int
	}{
		"made, and the answer lost": {true, 0},
		"made, and 500":             {true, http.StatusInternalServerError},
		"made, and 502":             {true, http.StatusBadGateway},
		"made, and 408":             {true, http.StatusRequestTimeout},
		"not made, and no answer":   {false, 0},
		"not made, and 500":         {false, http.StatusInternalServerError},
	} {
		t.Run(name, func(t *testing.T) {
			a := act(t, ready(), declared(""))
			a.meddle = func(r *http.Request) (*http.Response, error) {
				if r.Method != http.MethodPost || r.URL.Path != connections {
					return nil, nil
				}
				if test.made {
					a.carryOut(t, r)
				}
				if test.status == 0 {
					return nil, errors.New("connection reset")
				}
				return answer(test.status, `{"message":"Internal error"}`), nil
			}
			r, err := a.live.Rehearse(t.Context())
			require.ErrorContains(t, err, "no clear answer")
			canary := a.sent[0]["name"].(string)
			a.unchanged(t)
			if test.made {
				require.NotErrorAs(t, err, new(*stage.LeftBehind))
				assert.Equal(t, []rehearse.Canary{{Name: canary, For: "acme", Removed: true}}, r.Live.Canaries)
				return
			}
			require.ErrorAs(t, err, new(*stage.LeftBehind))
			assert.Contains(t, err.Error(), "THE CANARY MAY BE THERE: look for the SAML connection "+canary+" on "+canonical)
			assert.Equal(t, []string{canary}, r.Live.Left)
			assert.Equal(t, []rehearse.Canary{{Name: canary, For: "acme", Unsure: true}}, r.Live.Canaries)
		})
	}
}

// TestInterruptedCreation: the canary is on the tenant, whose list does not show it yet.
func TestInterruptedCreation(t *testing.T) {
	a := act(t, ready(), declared(""))
	ctx, stop := context.WithCancel(t.Context())
	a.meddle = func(r *http.Request) (*http.Response, error) {
		switch {
		case r.URL.Path != connections:
		case r.Method == http.MethodGet:
			return answer(http.StatusOK, `{"connections":[]}`), nil
		case r.Method == http.MethodPost:
			a.carryOut(t, r)
			stop()
			return nil, context.Canceled
		}
		return nil, nil
	}
	r, err := a.live.Rehearse(ctx)
	require.ErrorAs(t, err, new(*stage.LeftBehind))
	canary := a.sent[0]["name"].(string)
	assert.Contains(t, a.state(t), canary)
	assert.Contains(t, err.Error(), "THE CANARY MAY BE THERE: look for the SAML connection "+canary)
	assert.Equal(t, []string{canary}, r.Live.Left)
}

// TestDeletionInDoubt: without a clear answer it is asked again, and what the tenant then shows counts.
func TestDeletionInDoubt(t *testing.T) {
	for name, test := range map[string]struct {
		// failing is how many deletions have no clear answer.
		failing, deletions int
		carriedOut         bool
	}{
		"one fails":                     {failing: 1, deletions: 2},
		"one is done, its answer lost":  {failing: 1, deletions: 2, carriedOut: true},
		"all are done, no answer comes": {failing: 9, deletions: 5, carriedOut: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := act(t, ready(), declared(""))
			a.meddle = func(r *http.Request) (*http.Response, error) {
				if r.Method != http.MethodDelete || !strings.HasPrefix(r.URL.Path, connections) || a.count("DELETE") > test.failing {
					return nil, nil
				}
				if test.carriedOut {
					a.carryOut(t, r)
				}
				return answer(http.StatusInternalServerError, `{"message":"Internal error"}`), nil
			}
			r, err := a.live.Rehearse(t.Context())
			require.NoError(t, err)
			assert.True(t, r.Live.Canaries[0].Removed)
			assert.Equal(t, test.deletions, a.count("DELETE"))
			a.unchanged(t)
		})
	}
}

// TestDeletionUnseen: neither the deletion nor the look at it had an answer.
func TestDeletionUnseen(t *testing.T) {
	a := act(t, ready(), declared(""))
	a.meddle = func(r *http.Request) (*http.Response, error) {
		if strings.HasPrefix(r.URL.Path, connections+"/") && a.count("DELETE") > 0 {
			if r.Method == http.MethodDelete {
				a.carryOut(t, r)
			}
			return nil, errors.New("connection reset")
		}
		return nil, nil
	}
	r, err := a.live.Rehearse(t.Context())
	require.ErrorContains(t, err, "THE CANARY MAY BE THERE")
	require.NotContains(t, err.Error(), "STILL THERE")
	assert.True(t, r.Live.Canaries[0].Unsure)
}

// TestNothingTold: a tenant that was written to and told nothing is no success.
func TestNothingTold(t *testing.T) {
	a := act(t, ready(), declared(""))
	a.meddle = func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == arrives {
			return answer(http.StatusServiceUnavailable, `{}`), nil
		}
		return nil, nil
	}
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	require.Equal(t, rehearse.Counts{Unknown: 1}, r.Counts, explain(r))
	assert.True(t, r.Failing(false))
	assert.Equal(t, "nothing could be told", r.Verdict)
	a.unchanged(t)
}
