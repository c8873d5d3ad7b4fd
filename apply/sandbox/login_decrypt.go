package sandbox

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/beevik/etree"
)

// decryption is how a connection opens encrypted assertions.
type decryption struct {
	key     *rsa.PrivateKey // nil: none configured
	gcmOnly bool            // algorithm_profile v2026-1
}

// decryptionOf reads options.decryptionKey, the PEM or an object that holds it.
func decryptionOf(options object) decryption {
	d := decryption{gcmOnly: text(child(options, "assertion_decryption_settings"), "algorithm_profile") == "v2026-1"}
	raw := text(options, "decryptionKey")
	if raw == "" {
		raw = text(child(options, "decryptionKey"), "key")
	}
	block, _ := pem.Decode([]byte(raw))
	if block == nil {
		return d
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		d.key = key
		return d
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		d.key, _ = key.(*rsa.PrivateKey)
	}
	return d
}

// open decrypts an EncryptedAssertion: RSA-OAEP for the key, AES for the content.
func (d decryption) open(sealed *etree.Element) (*etree.Element, error) {
	data := children(sealed, nsXMLEnc, "EncryptedData")
	if len(data) == 0 {
		return nil, says("EncryptedData not found.")
	}
	if d.key == nil {
		return nil, says("Assertion is encrypted. Please set options.decryptionKey with your decryption private key.")
	}
	wrapped := children(sealed, nsXMLEnc, "EncryptedKey")
	for _, info := range children(data[0], nsSignature, "KeyInfo") {
		wrapped = append(wrapped, children(info, nsXMLEnc, "EncryptedKey")...)
	}
	if len(wrapped) != 1 {
		return nil, says("cant find encryption algorithm")
	}
	key, err := d.unwrap(wrapped[0])
	if err != nil {
		return nil, err
	}
	plain, err := d.decrypt(data[0], key)
	if err != nil {
		return nil, err
	}
	assertion, err := readXML(plain)
	if err != nil {
		return nil, err
	}
	if named(assertion, "Assertion") > 1 {
		return nil, says("A EncryptedAssertion can contain only one Assertion element.")
	}
	if assertion.Tag != "Assertion" || assertion.NamespaceURI() != nsAssertion {
		return nil, nil
	}
	return assertion, nil
}

// algorithmOf is the method of an encrypted element.
func algorithmOf(e *etree.Element) (string, *etree.Element) {
	for _, m := range children(e, nsXMLEnc, "EncryptionMethod") {
		return m.SelectAttrValue("Algorithm", ""), m
	}
	return "", nil
}

// cipherText is the content of CipherData.
func cipherText(e *etree.Element) ([]byte, error) {
	for _, data := range children(e, nsXMLEnc, "CipherData") {
		for _, v := range children(data, nsXMLEnc, "CipherValue") {
			return decodeBase64(inner(v))
		}
	}
	return nil, says("EncryptedData has no CipherValue")
}

// unwrap recovers the content key.
func (d decryption) unwrap(e *etree.Element) ([]byte, error) {
	alg, method := algorithmOf(e)
	data, err := cipherText(e)
	if err != nil {
		return nil, err
	}
	if alg != nsXMLEnc+"rsa-oaep-mgf1p" && alg != "http://www.w3.org/2009/xmlenc11#rsa-oaep" {
		return nil, says("encryption algorithm %s is not supported", alg)
	}
	mgf, digest := crypto.SHA1, crypto.SHA1 // the standard's defaults
	for _, m := range children(method, nsSignature, "DigestMethod") {
		if strings.HasSuffix(m.SelectAttrValue("Algorithm", ""), "#sha256") {
			digest = crypto.SHA256
		}
	}
	for _, m := range children(method, "http://www.w3.org/2009/xmlenc11#", "MGF") {
		if strings.HasSuffix(m.SelectAttrValue("Algorithm", ""), "sha256") {
			mgf = crypto.SHA256
		}
	}
	key, err := d.key.Decrypt(nil, data, &rsa.OAEPOptions{Hash: digest, MGFHash: mgf})
	if err != nil {
		return nil, says("the assertion is encrypted for another key")
	}
	return key, nil
}

// decrypt opens the content. Connections made since 2026-05 accept AES-GCM only (documented: algorithm profiles).
func (d decryption) decrypt(e *etree.Element, key []byte) ([]byte, error) {
	alg, _ := algorithmOf(e)
	data, err := cipherText(e)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, says("encrypted assertion: %v", err)
	}
	switch {
	case strings.HasPrefix(alg, "http://www.w3.org/2009/xmlenc11#aes") && strings.HasSuffix(alg, "-gcm"):
		gcm, err := cipher.NewGCM(block)
		if err != nil || len(data) < gcm.NonceSize() {
			return nil, says("the encrypted assertion is damaged")
		}
		plain, err := gcm.Open(nil, data[:gcm.NonceSize()], data[gcm.NonceSize():], nil)
		if err != nil {
			return nil, says("the encrypted assertion is damaged")
		}
		return plain, nil
	case strings.HasPrefix(alg, nsXMLEnc+"aes") && strings.HasSuffix(alg, "-cbc") && !d.gcmOnly:
		return decryptCBC(block, data)
	}
	return nil, says("encryption algorithm %s is not supported", alg)
}

// decryptCBC opens AES-CBC with the padding of XML Encryption, whose last byte is its length.
func decryptCBC(block cipher.Block, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(data) < 2*size || len(data)%size != 0 {
		return nil, says("the encrypted assertion is damaged")
	}
	plain := make([]byte, len(data)-size)
	cipher.NewCBCDecrypter(block, data[:size]).CryptBlocks(plain, data[size:])
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > size {
		return nil, says("the encrypted assertion is damaged")
	}
	return plain[:len(plain)-pad], nil
}
