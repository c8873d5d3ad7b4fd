package saml_test

import (
	"os"
	"testing"

	"github.com/tacit-dev/tacit/schema/saml"
)

func BenchmarkParseMetadata(b *testing.B) {
	text, err := os.ReadFile("testdata/metadata/usable.xml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := saml.ParseMetadata(text); err != nil {
			b.Fatal(err)
		}
	}
}
