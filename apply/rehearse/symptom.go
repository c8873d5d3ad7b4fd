package rehearse

// sees is what the user sees of a failed login: the error codes are for developers.
func sees(s *Stop, via Via) string {
	switch s.Code {
	case "timeout":
		return "Nothing for 60 seconds; then the application treats the user as logged out."
	case "cors":
		return "The application reports a network error (Failed to fetch) and treats the user as logged out."
	case "opaque_token", "invalid_token":
		return "The user is logged in, and every call of the API is refused (401)."
	case "insufficient_scope":
		return "The user is logged in, and calls of the API that need the missing scopes are refused (403)."
	}
	switch s.Step {
	case StepACS:
		return "An error page of the tenant; the application never opens."
	case StepIDP:
		return "The second login stops on a page of the tenant or of the IdP."
	case StepLanding:
		if s.Code != "" {
			return "The application opens and reports an error."
		}
		return "Another page than the one that goes on with the login."
	case StepAuthorize, StepCallback:
		if via == ViaIframe {
			return "The application opens and treats the user as logged out: it asks for a login, though the user has just logged in."
		}
		return "The application opens, goes to the tenant for a token and comes back with an error, or not at all."
	case StepUserinfo:
		return "The user is logged in, and calls with the token are refused (401)."
	case StepRefresh:
		return "All is well until the access token expires; then the user has to log in again."
	default:
		return "The application opens, and treats the user as logged out."
	}
}
