package rules

// tenantRows says which rules judge the prerequisites of the tenant, its MFA
// and its Actions, or why none does.
func tenantRows() map[string]string {
	return map[string]string{
		"tenant-default-audience":   "TAC401",
		"tenant-resource-param":     "TAC608",
		"tenant-enable-sso":         "TAC402",
		"tenant-session-lifetime":   "TAC403",
		"tenant-cookie-mode":        "TAC404",
		"tenant-skip-nonverifiable": "TAC405",
		"tenant-par":                "TAC406",
		"tenant-mfa-policy":         "TAC407",
		"tenant-customize-mfa":      "TAC408",
		"action-redirect":           "TAC409",
		"action-mfa":                "TAC410",
		"action-deny":               "TAC411",
		"action-scope":              "TAC412",
		"action-session":            "TAC413",
		"rules":                     "Rules and Hooks are gone from Auth0, so there is nothing to read",
		"tenant-new-client-conns":   "TAC414",
		"tenant-misc":               "no effect on the upgrade",
	}
}

// domainRows says the same of domains, sessions, organizations and the SPA.
func domainRows() map[string]string {
	return map[string]string{
		"domain-same-host":       "TAC501",
		"domain-same-site":       "TAC502",
		"domain-ready":           "TAC503",
		"domain-iss":             "TAC504",
		"domain-placeholder":     "TAC505",
		"session-connection":     "TAC101 TAC103",
		"session-invalidated":    "TAC506",
		"org-acs":                "TAC507 TAC508",
		"org-silent":             "TAC509",
		"org-name":               "TAC510",
		"org-entitlement":        "TAC511",
		"attack-protection":      "concerns passwords and not SAML; TAC512 says so",
		"suspicious-ip":          "TAC512",
		"spa-state":              "TAC601",
		"spa-checksession":       "TAC602",
		"spa-refresh-mode":       "TAC603",
		"spa-redirect-vs-silent": "TAC604",
		"spa-authjs-code":        "TAC605",
		"spa-csp":                "TAC606",
		"spa-nonce":              "TAC607",
	}
}
