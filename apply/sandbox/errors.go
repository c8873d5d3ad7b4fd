package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// apiError is a refusal in Auth0's shape {"statusCode","error","message","errorCode"}; errorCode is left out where the
// recorded bodies have none (reference: wire/errors.jsonl, management-api.md section 6).
type apiError struct {
	status    int
	message   string
	errorCode string
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.status, e.message) }

// body is the JSON form.
func (e *apiError) body() object {
	o := object{"statusCode": e.status, "error": http.StatusText(e.status), "message": e.message}
	if e.errorCode != "" {
		o["errorCode"] = e.errorCode
	}
	return o
}

func fail(status int, code, format string, args ...any) *apiError {
	return &apiError{status: status, errorCode: code, message: fmt.Sprintf(format, args...)}
}

// The refusals whose text is recorded (R) or documented (D) verbatim, or assumed (A); Behaviours repeats the grades.
func errNoClient() *apiError { // R: TF TestAccDataSourceClientNonexistentID
	return fail(http.StatusNotFound, "inexistent_client", "The client does not exist")
}

func errNoConnection() *apiError { // R: TF TestAccDataSourceConnection
	return fail(http.StatusNotFound, "inexistent_connection", "The connection does not exist")
}

func errNoResourceServer() *apiError { // R
	return fail(http.StatusNotFound, "inexistent_resource_server", "The resource server does not exist")
}

func errNoGrant() *apiError { // R
	return fail(http.StatusNotFound, "inexistent_client_grant", "The grant does not exist.")
}

func errUnauthenticated() *apiError { // R: ruby-auth0 DeviceCredentials
	return fail(http.StatusUnauthorized, "", "Missing authentication")
}

func errBearerFormat() *apiError { // R
	return fail(http.StatusBadRequest, "Bearer", "Bad HTTP authentication header format")
}

func errScope(anyOf []string) *apiError { // R: text up to the list; several alternatives joined as in the documentation
	return fail(http.StatusForbidden, "insufficient_scope", "Insufficient scope, expected any of: %s", strings.Join(anyOf, ", "))
}

func errConnectionName() *apiError { // R: deploy-cli issue 221
	return fail(http.StatusConflict, "connection_conflict", "A connection with the same name already exists")
}

func errIdentifierTaken() *apiError { // D: text from the OpenAPI document; code assumed
	return fail(http.StatusConflict, "resource_server_conflict", "A resource server with the same identifier already exists.")
}

func errBody(format string, args ...any) *apiError {
	return fail(http.StatusBadRequest, "invalid_body", format, args...)
}

func errQuery(format string, args ...any) *apiError {
	return fail(http.StatusBadRequest, "invalid_query_string", "Query validation error: "+format, args...)
}

func errNoRoute() *apiError { // A: no unknown route was recorded
	return fail(http.StatusNotFound, "", "Not Found")
}
