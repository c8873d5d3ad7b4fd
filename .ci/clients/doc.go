// Package clients holds the sandbox against clients of the Management API that nobody here wrote. Each failure is the
// sandbox's fault until shown otherwise.
package clients
