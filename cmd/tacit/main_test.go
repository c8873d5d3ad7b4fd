package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestAwait: a signal gives a command a moment, and one that has something to
// put back on a tenant as long as that takes.
func TestAwait(t *testing.T) {
	for name, test := range map[string]struct {
		keeps, takes, lives time.Duration
		code                int
	}{
		"stops at once":           {0, time.Second, time.Second, 7},
		"does not stop":           {0, time.Hour, grace, interrupted},
		"puts something back":     {20 * time.Second, 20 * time.Second, 20 * time.Second, 7},
		"and then does not stop":  {20 * time.Second, time.Hour, 20*time.Second + grace, interrupted},
		"is done before it is up": {time.Second, time.Hour, grace, interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				done, kept := make(chan int, 1), make(keeper, 1)
				if test.keeps > 0 {
					release := kept.keep()
					time.AfterFunc(test.keeps, release)
				}
				time.AfterFunc(test.takes, func() { done <- 7 })
				stop()
				start := time.Now()
				assert.Equal(t, test.code, await(ctx, done, kept))
				assert.Equal(t, test.lives, time.Since(start))
			})
		})
	}
}
