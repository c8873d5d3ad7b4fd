package schema

import (
	"fmt"
	"regexp"
)

var hosts = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`)

func host(v any) error {
	s, _ := v.(string)
	if !hosts.MatchString(s) {
		return fmt.Errorf("%q is not a host name; write it without https:// and without a path, such as login.example.com", s)
	}
	return nil
}
