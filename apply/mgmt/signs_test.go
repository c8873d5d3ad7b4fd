package mgmt

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestReadSigns(t *testing.T) {
	const date = "Sat, 01 Jan 2000 00:00:10 GMT" // 946684810
	for name, test := range map[string]struct {
		limit, remaining, reset, date string
		want                          signs
	}{
		"all":             {"50", "49", "946684811", date, signs{true, 50, 49, time.Second}},
		"no reset":        {"50", "0", "", date, signs{true, 50, 0, 0}},
		"no date":         {"50", "0", "946684811", "", signs{true, 50, 0, 0}},
		"reset passed":    {"50", "0", "946684801", date, signs{true, 50, 0, 0}},
		"reset far away":  {"50", "0", "946689999", date, signs{true, 50, 0, time.Minute}},
		"not unix":        {"50", "0", "17", date, signs{true, 50, 0, 0}},
		"more than limit": {"50", "90", "", "", signs{true, 50, 50, 0}},
		"nothing":         {"", "49", "946684811", date, signs{}},
		"no remaining":    {"50", "", "", "", signs{}},
		"zero":            {"0", "0", "", "", signs{}},
		"negative":        {"50", "-1", "", "", signs{}},
		"nonsense":        {"50, 50;w=1", "x", "", "", signs{}},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			h.Set("X-RateLimit-Limit", test.limit)
			h.Set("X-RateLimit-Remaining", test.remaining)
			h.Set("X-RateLimit-Reset", test.reset)
			h.Set("Date", test.date)
			assert.Equal(t, test.want, readSigns(h))
		})
	}
}
