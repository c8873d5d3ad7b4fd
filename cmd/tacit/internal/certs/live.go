package certs

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Merge adds what the tenant's connections hold to what the files declare: the
// certificates of connections that nobody declared, those that differ, and
// those that only the tenant knows.
func Merge(declared []Row, live []*schema.Observed) []Row {
	out := slices.Clone(declared)
	byName := map[string][]int{}
	for i := range out {
		byName[out[i].Connection] = append(byName[out[i].Connection], i)
		out[i].Live = Missing
	}
	for _, o := range live {
		found := held(o)
		rows := byName[o.String("name")]
		for _, r := range found {
			if len(rows) == 0 {
				if r.Note == "" {
					r.Note = "no block declares this connection"
				}
				out = append(out, r)
				continue
			}
			out = append(out, match(out, rows, r)...)
		}
	}
	for i := range out {
		if r := &out[i]; r.Live == Missing && r.From == FromFiles && r.Note == "" && r.Used {
			r.Note = "not on the tenant yet"
		}
	}
	return out
}

// match compares a live certificate with the declared rows of its connection;
// what they do not say comes back as a row.
func match(all []Row, rows []int, live Row) []Row {
	var same, none *Row
	used := false
	for _, i := range rows {
		r := &all[i]
		if r.Use != live.Use || r.From != FromFiles {
			continue
		}
		live.Address = r.Address
		switch {
		case r.Certificate == nil:
			none = r
		case live.Certificate != nil && r.Certificate.SHA256 == live.Certificate.SHA256:
			same = r
		case r.Used && live.Certificate != nil:
			r.Live, used = Differs, true
		}
	}
	switch {
	case same != nil && (same.Used || !used):
		same.Live = Same
		return nil
	case same != nil: // it stands beside the declared one, and is the one in use
		same.Live, same.Used, same.Note = Same, true, "the tenant still holds this one"
		return nil
	case none != nil:
		none.From, none.Live, none.Certificate, none.Used = FromTenant, Same, live.Certificate, live.Used
		if live.Certificate != nil {
			none.Note = ""
		} else if live.Note != "" {
			none.Note = live.Note
		}
		return nil
	case used:
		live.Note, live.Live = "the tenant holds it; the files declare another one", Differs
	case live.Certificate != nil:
		live.Note = "the tenant holds it; the files do not say"
	default:
		return nil
	}
	return []Row{live}
}

// held lists the certificates of a connection on the tenant. Auth0 holds the
// identity provider's as signingCert, or, derived from metadata, as cert.
func held(o *schema.Observed) []Row {
	row := func(use Use) Row { return Row{Connection: o.String("name"), Use: use, From: FromTenant, Used: true} }
	signing := row(IDPSigning)
	text := o.String("options.signingCert")
	if text == "" {
		text = o.String("options.cert")
	}
	if text == "" {
		signing.Used, signing.Note = false, "the tenant holds no certificate for it"
	} else {
		signing.read(text)
	}
	out := []Row{signing}
	for _, key := range []struct {
		path string
		use  Use
	}{{"options.signing_key", RequestSigning}, {"options.decryptionKey", Decryption}} {
		if v, presence := o.At(key.path); presence == schema.Known {
			pair, _ := v.(map[string]any)
			r := row(key.use)
			r.read(pair["cert"])
			out = append(out, r)
		}
	}
	return out
}
