// Package saml reads what a customer's identity provider hands out: metadata
// documents and certificates. It uses the standard library only, touches no
// network and no clock, and takes every document for hostile: size, depth and
// counts are bounded, document type declarations are refused.
//
// [ParseMetadata] reads a document, [Document.IDP] chooses one of several
// identity providers, [Metadata.SigningCertificate] one of several
// certificates. [ParseCertificates] reads certificates alone, and
// [Certificate.Flaws] judges one at a moment. What cannot be used is refused
// with a [Refusal], a plain reason and its place.
//
// Certificates with a negative serial number exist (Entra's own access control
// service signed with one); crypto/x509 reads them only because go.mod says
// godebug x509negativeserial=1.
//
// Package schema compares certificates by DER without reading them (CertDER)
// and may not import this package; a fuzz test holds the two to each other.
package saml
