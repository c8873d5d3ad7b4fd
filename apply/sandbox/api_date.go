package sandbox

import "time"

// change is a day on which Auth0's behaviour changed, as far as recordings bracket it (month precision).
type change struct{ year, month int }

// Changes that Options.APIDate switches, with the recordings that bracket them (management-api.md 1 to 4).
func crossOriginAuthentication() change { return change{2024, 11} } // cross_origin_authentication beside cross_origin_auth
func connectionPageOf50() change        { return change{2025, 3} }  // default page of GET /connections, 100 before
func subjectTypes() change              { return change{2025, 8} }  // subject_type and subject_type_authorization
func connectionPurposes() change        { return change{2025, 11} } // authentication and connected_accounts
func decryptionSettings() change        { return change{2026, 5} }  // assertion_decryption_settings on create
func passwordBehaviour() change         { return change{2026, 1} }  // api_behavior of database passwords
func signupBehaviour() change           { return change{2026, 4} }  // signup_behavior of database passwords
func thirdPartyMode() change            { return change{2026, 7} }  // third_party_security_mode
func thirdPartyTokens() change          { return change{2024, 1} }  // refresh_token of third-party clients rotates
func organizationAccess() change        { return change{2026, 8} }  // third_party_client_access of organizations
func membersElsewhere() change          { return change{2026, 7} }  // enabled_clients leaves connection bodies

// since says whether the tenant behaves as after a change.
func (s *Server) since(c func() change) bool {
	if s.opts.APIDate.IsZero() {
		return true
	}
	when := c()
	return !s.opts.APIDate.Before(time.Date(when.year, time.Month(when.month), 1, 0, 0, 0, 0, time.UTC))
}
