// Package saml reads what a customer's identity provider hands out: metadata
// documents and certificates. It uses the standard library only, touches no
// network and no clock, and takes every document for hostile: sizes, depth and
// counts are bounded, document type declarations are refused.
//
// [ParseCertificates] reads certificates, [Certificate.Flaws] judges one at a moment.
//
// Certificates with a negative serial number exist (Entra's own access control
// service signed with one); crypto/x509 reads them only because go.mod says
// godebug x509negativeserial=1.
package saml
