package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
)

// alphabet of the random part of Auth0's ids (recorded: client_id 32 alphanumeric, con_, cgr_ and org_ plus 16).
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// idShape says how the ids of a kind look.
type idShape struct {
	prefix string
	chars  int  // length of the random part
	hex    bool // lower-case hexadecimal instead of alphanumeric
}

// Shapes recorded in management-api.md 4.1.
func clientIDShape() idShape       { return idShape{chars: 32} }
func connectionIDShape() idShape   { return idShape{prefix: "con_", chars: 16} }
func resourceIDShape() idShape     { return idShape{chars: 24, hex: true} }
func grantIDShape() idShape        { return idShape{prefix: "cgr_", chars: 16} }
func organizationIDShape() idShape { return idShape{prefix: "org_", chars: 16} }
func domainIDShape() idShape       { return idShape{prefix: "cd_", chars: 16} }
func credentialShape() idShape     { return idShape{prefix: "cred_", chars: 22} }
func ticketShape() idShape         { return idShape{chars: 8} }
func secretShape() idShape         { return idShape{chars: 64} }

// render turns bytes into an id of the shape.
func (sh idShape) render(b []byte) string {
	if sh.hex {
		return sh.prefix + hex.EncodeToString(b)[:sh.chars]
	}
	out := make([]byte, sh.chars)
	for i := range out {
		out[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return sh.prefix + string(out)
}

// newID draws an id from the tenant's random source, one that no object has: a seeded source may repeat what a loaded
// snapshot holds.
func (s *Server) newID(sh idShape) (string, error) {
	for {
		b, err := s.entropy(sh.chars)
		if err != nil {
			return "", err
		}
		if id := sh.render(b); !s.tenant.holds(id) {
			return id, nil
		}
	}
}

// idFor derives an id from what names the object, so that a seed without ids gives the same tenant each time.
func idFor(sh idShape, natural string) string {
	var b []byte
	for n := byte(0); len(b) < sh.chars; n++ {
		sum := sha256.Sum256(append([]byte{n}, natural...))
		b = append(b, sum[:]...)
	}
	return sh.render(b)
}

// holds tells whether some object has the id.
func (t *tenant) holds(id string) bool {
	for _, part := range objectParts() {
		if t.collectionOf(part).get(id) != nil {
			return true
		}
	}
	return false
}
