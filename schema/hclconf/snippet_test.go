package hclconf

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSnippetsShowNoPrivateKey(t *testing.T) {
	const pem = "-----BEGIN PRIVATE KEY-----\nhunter2\nhunter3\n-----END PRIVATE KEY-----\n"
	assert.Equal(t, "cert = <<-EOT\n(private key)", hideKey(nil, "cert = <<-EOT\n"+pem))
	assert.Equal(t, "(private key)", hideKey([]byte("cert = <<-EOT\n-----BEGIN RSA PRIVATE KEY-----\nhunter2\n"), "hunter3"))
	assert.Equal(t, "after = 1", hideKey([]byte(pem), "after = 1"))
	const cert = "-----BEGIN CERTIFICATE-----\nMII"
	assert.Equal(t, cert, hideKey(nil, cert))
}
