package schema

import (
	"fmt"
	"regexp"
)

var hostNames = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`)

func hosts(v any) error {
	list, _ := v.([]any)
	for _, e := range list {
		if _, ok := e.(string); ok {
			if err := host(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func host(v any) error {
	s, _ := v.(string)
	if !hostNames.MatchString(s) {
		return fmt.Errorf("%q is not a host name; write it without https:// and without a path, such as login.example.com", s)
	}
	return nil
}
