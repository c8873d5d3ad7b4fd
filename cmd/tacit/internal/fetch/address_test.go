package fetch

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPublicAddresses(t *testing.T) {
	for _, a := range []string{
		"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "168.63.129.15", "198.17.0.1", "223.255.255.255",
		"2606:4700:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
	} {
		assert.True(t, public(netip.MustParseAddr(a)), a)
	}
	for _, a := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
		"64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:0808:0808::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
		"fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1%eth0",
	} {
		assert.False(t, public(netip.MustParseAddr(a)), a)
	}
	assert.False(t, public(netip.Addr{}))
}

// FuzzAddress: no spelling of an IPv4 address is more public than the address.
func FuzzAddress(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1})
	f.Add([]byte{169, 254, 169, 254})
	f.Add([]byte{8, 8, 8, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != 4 {
			return
		}
		plain := netip.AddrFrom4([4]byte(b))
		if plain.IsLoopback() || plain.IsPrivate() || plain.IsLinkLocalUnicast() || plain.IsMulticast() || plain.IsUnspecified() {
			assert.False(t, public(plain), plain)
		}
		embed := func(prefix string) netip.Addr {
			at := netip.MustParseAddr(prefix).As16()
			copy(at[12:], b)
			return netip.AddrFrom16(at)
		}
		assert.Equal(t, public(plain), public(embed("::ffff:0:0")), "mapped %s", plain)
		assert.Equal(t, public(plain), public(embed("64:ff9b::")), "NAT64 %s", plain)
		assert.False(t, public(embed("::")), "compatible %s", plain)
		sixToFour := netip.MustParseAddr("2002::1").As16()
		copy(sixToFour[2:], b)
		assert.False(t, public(netip.AddrFrom16(sixToFour)), "6to4 %s", plain)
	})
}

// FuzzParse: what may be fetched is https, has a host, carries no password and
// shows none of its query; no refusal quotes a password.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"https://idp.example.com/metadata?app=1#x", "http://example.com", "https://u:p@host/", "https:example.com", "//host/", "https://[::1]:9031/pf",
		"HTTPS://EXAMPLE.COM", "https://\u202eexample.com", "https://host\\@other/", "https://0x7f.1/", "https://2130706433/", " https://h ", "https://h:port/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := Parse(raw)
		if err != nil {
			if at, e := url.Parse(strings.TrimSpace(raw)); e == nil && at.User != nil {
				if p, _ := at.User.Password(); len(p) > 8 {
					assert.NotContains(t, err.Error(), p)
				}
			}
			return
		}
		assert.Equal(t, "https", u.Scheme)
		assert.NotEmpty(t, u.Hostname())
		assert.Nil(t, u.User)
		assert.Empty(t, u.Fragment)
		if bare, e := url.Parse(Bare(u)); assert.NoError(t, e, Bare(u)) {
			assert.Empty(t, bare.RawQuery)
			assert.Equal(t, u.Host, bare.Host)
		}
	})
}
