package rules

// clientRows says which rules judge the prerequisites of the application, or
// why none does.
func clientRows() map[string]string {
	return map[string]string{
		"client-app-type":             "TAC210",
		"client-auth-method":          "TAC208 TAC211",
		"client-grant-code":           "TAC204",
		"client-grant-implicit":       "TAC205",
		"client-grant-refresh":        "TAC212",
		"client-oidc-conformant":      "TAC206",
		"client-first-party":          "TAC213",
		"client-callbacks-silent":     "TAC202",
		"client-callbacks-idp":        "TAC108",
		"client-callbacks-order":      "TAC201",
		"client-callbacks-wildcard":   "TAC214",
		"client-callbacks-verifiable": "TAC215",
		"client-skip-nonverifiable":   "TAC215",
		"client-web-origins":          "TAC203",
		"client-allowed-origins":      "TAC216",
		"client-jwt-alg":              "TAC207",
		"client-sso-disabled":         "TAC209",
		"client-sso-legacy":           "counts only with the tenant's flag, so it is judged with tenant-enable-sso",
		"client-par":                  "TAC217",
		"client-pop":                  "TAC218",
		"client-compliance":           "TAC219",
		"client-signed-request":       "TAC220",
		"client-org-usage":            "TAC221",
		"client-org-behavior":         "TAC222",
		"client-refresh-token":        "TAC223",
		"client-cross-origin-auth":    "embedded password login, no part in the upgrade",
		"client-logout-urls":          "TAC224",
		"client-id-token-lifetime":    "any value works",
	}
}

// apiRows says the same of the API and the grants for it.
func apiRows() map[string]string {
	return map[string]string{
		"api-identifier":        "TAC301",
		"api-not-userinfo":      "TAC301",
		"api-skip-consent":      "TAC302",
		"api-localhost-consent": "TAC215",
		"api-signing-alg":       "TAC303",
		"api-user-policy":       "TAC305",
		"grant-user":            "TAC306",
		"grant-scope-ceiling":   "TAC307",
		"api-explicit-scopes":   "TAC308",
		"api-scopes-defined":    "TAC304",
		"api-rbac":              "TAC309",
		"api-dialect":           "TAC310",
		"api-encryption":        "TAC311",
		"api-pop":               "TAC312",
		"api-consent-policy":    "TAC313",
		"api-authz-policy":      "TAC314",
		"api-offline":           "TAC315",
		"api-online":            "TAC316",
		"api-lifetime":          "TAC317",
		"api-management":        "TAC301",
	}
}
