package apply_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/schema"
)

func TestWritesSayWhoAndWhat(t *testing.T) {
	l := follow(t, t.TempDir(), customers(1), connected(1), sandbox.Options{})
	run, err := mgmt.New(context.Background(), mgmt.Options{Domain: domain, Token: "t", Transport: l.srv.Transport(), UserAgent: "test", RunID: "tacit-1"})
	require.NoError(t, err)
	made, err := run.Create(t.Context(), schema.Clients, map[string]any{"name": "New", "app_type": "spa"})
	require.NoError(t, err)
	l.now = l.now.Add(time.Minute)
	l.rename("Clicked")
	l.login()
	_, err = run.Update(t.Context(), schema.TenantSettings, "", map[string]any{"friendly_name": 7})
	require.Error(t, err)

	h, err := apply.Writes(t.Context(), l.ten, time.Date(2026, 9, 1, 8, 30, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.Equal(t, time.Date(2026, 9, 1, 8, 30, 0, 0, time.UTC), h.Since, "the log reaches back that far")
	require.Len(t, h.Writes, 4, "newest first; the one of the seed is the last")

	clicked, created := h.Writes[1], h.Writes[2]
	if h.Writes[0].Dashboard() { // both in one millisecond
		clicked = h.Writes[0]
	}
	assert.True(t, clicked.Dashboard())
	assert.Equal(t, "admin@example.com", clicked.Who())
	assert.Equal(t, "Update a connection", clicked.What)
	assert.Equal(t, schema.Connections, clicked.Collection)
	assert.Equal(t, "con_0000000000000000", clicked.ID)
	assert.Equal(t, l.now, clicked.At)

	assert.Equal(t, "tacit-1", created.Correlation)
	assert.Equal(t, "unknown", created.Who(), "the token of this test says nothing")
	assert.Equal(t, "POST", created.Method)
	assert.Equal(t, "/clients", created.Path)
	assert.Equal(t, made.ID, created.ID)
	assert.False(t, created.Failed)
}

func TestWritesReachAsFarAsTheLog(t *testing.T) {
	l := follow(t, t.TempDir(), customers(1), connected(1), sandbox.Options{LogRetention: 3*time.Hour + 30*time.Minute})
	l.rename("Clicked")
	h, err := apply.Writes(t.Context(), l.ten, time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.Len(t, h.Writes, 2)
	assert.Equal(t, time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC), h.Since, "the entry of 08:00 is gone, so what was before 09:00 is unknown")

	l.now = l.now.Add(24 * time.Hour)
	h, err = apply.Writes(t.Context(), l.ten, time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.Empty(t, h.Writes)
	assert.Equal(t, l.now, h.Since, "an empty log tells of no time")
}

func TestWritesEndWhereTheSearchDoes(t *testing.T) {
	var logs []any
	for i := range 1000 {
		logs = append(logs, map[string]any{"type": "sapi", "date": time.Date(2026, 8, 1, 0, i, 0, 0, time.UTC).Format(time.RFC3339)})
	}
	seed := connected(1)
	seed["logs"] = logs
	l := follow(t, t.TempDir(), customers(1), seed, sandbox.Options{})
	h, err := apply.Writes(t.Context(), l.ten, time.Time{})
	require.NoError(t, err)
	assert.Len(t, h.Writes, 1000)
	assert.Equal(t, time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), h.Since)
	assert.Equal(t, 10, l.ten.Requests())
}
