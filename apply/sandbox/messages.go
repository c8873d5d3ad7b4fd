package sandbox

import (
	"fmt"
	"regexp"
)

// Templates of z-schema 3.x, which every recorded validation message matches (management-api.md 4.6).
func msgType(want, found string) string { return "Expected type " + want + " but found type " + found }

func msgEnum(value string) string { return "No enum match for: " + value }

func msgShort(have, least int64) string {
	return fmt.Sprintf("String is too short (%d chars), minimum %d", have, least)
}

func msgLong(have, most int64) string {
	return fmt.Sprintf("String is too long (%d chars), maximum %d", have, most)
}

func msgBelow(value, least string) string { return "Value " + value + " is less than minimum " + least }

func msgAbove(value, most string) string {
	return "Value " + value + " is greater than maximum " + most
}

// formatCheck is the test behind a format name of Auth0's schemas, or nil for an unknown name. The names are documented;
// what they test is assumed, and lenient: only what no reading of the name would allow is refused.
func formatCheck(name string) func(string) bool {
	switch name {
	case "client-id":
		return idCheck(64)
	case "organization-id", "credential-id", "connection-id", "connection-profile-id", "user-attribute-profile-id",
		"client-grant-id":
		return idCheck(64)
	case "connection-realm":
		return func(s string) bool { return s != "" && len(s) <= 256 }
	case "organization-name":
		return regexp.MustCompile(organizationNamePattern).MatchString
	case "html-color":
		return regexp.MustCompile(`^#[0-9A-Fa-f]{3,8}$`).MatchString
	case "strict-https-uri-or-null":
		return func(s string) bool { return hasScheme(s, "https") }
	case "callback-url", "url-with-placeholders", "absolute-uri-or-empty", "url", "url-or-null", "email-or-empty", "acr",
		"ipv6_cidr", "date-time", "ec-initiate-login-uri-template-url":
		return looseCheck(name)
	case "absolute-https-uri-or-empty", "absolute-https-uri-with-placeholders-or-empty":
		return func(s string) bool { return s == "" || hasScheme(s, "https") }
	}
	return nil
}

func idCheck(most int) func(string) bool {
	return func(s string) bool {
		if s == "" || len(s) > most {
			return false
		}
		for _, r := range s {
			if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '_' && r != '-' {
				return false
			}
		}
		return true
	}
}

// looseCheck covers the formats of which only the outline is known.
func looseCheck(name string) func(string) bool {
	switch name {
	case "callback-url", "url-with-placeholders":
		return func(s string) bool { return hasScheme(s, "") }
	case "absolute-uri-or-empty":
		return func(s string) bool { return s == "" || hasScheme(s, "") }
	case "email-or-empty":
		return func(s string) bool { return s == "" || regexp.MustCompile(`^[^@\s]+@[^@\s]+$`).MatchString(s) }
	default:
		return func(string) bool { return true }
	}
}

// hasScheme says whether s starts with a URL scheme, or with the given one.
func hasScheme(s, scheme string) bool {
	for i, r := range s {
		switch {
		case r == ':':
			return i > 0 && (scheme == "" || s[:i] == scheme)
		case i == 0 && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z'):
			return false
		case (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '+' && r != '-' && r != '.':
			return false
		}
	}
	return false
}
