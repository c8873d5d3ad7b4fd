package fetch

import "net/netip"

// public reports whether the address belongs to a host that anyone can reach:
// no network of the machine, of its cloud, or of a carrier, in no disguise. Of
// IPv6 only 2000::/3 is handed out to hosts (IANA, IPv6 global unicast).
func public(a netip.Addr) bool {
	a = a.Unmap() // ::ffff:10.0.0.1 is dialled as 10.0.0.1
	if a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	// What ends in the IPv4 address that a translator connects to (RFC 6052). In
	// a network without IPv4 every host of the other kind has such an address.
	if nat64 := netip.MustParsePrefix("64:ff9b::/96"); nat64.Contains(a) {
		b := a.As16()
		return public(netip.AddrFrom4([4]byte(b[12:])))
	}
	if handedOut := netip.MustParsePrefix("2000::/3"); a.Is6() && !handedOut.Contains(a) {
		return false
	}
	for _, p := range special() {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// special are the ranges that IANA's special-purpose registries keep from
// ordinary hosts, beside those that netip knows.
func special() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),        // this network
		netip.MustParsePrefix("100.64.0.0/10"),    // carriers (RFC 6598), and Alibaba's metadata service
		netip.MustParsePrefix("168.63.129.16/32"), // Azure's agent, a public address that only its machines reach
		netip.MustParsePrefix("192.0.0.0/24"),     // protocol assignments, and Oracle's metadata service
		netip.MustParsePrefix("192.0.2.0/24"),     // documentation
		netip.MustParsePrefix("192.88.99.0/24"),   // 6to4 relays
		netip.MustParsePrefix("198.18.0.0/15"),    // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"),  // documentation
		netip.MustParsePrefix("203.0.113.0/24"),   // documentation
		netip.MustParsePrefix("240.0.0.0/4"),      // reserved, and broadcast
		netip.MustParsePrefix("2001::/23"),        // protocol assignments, Teredo among them
		netip.MustParsePrefix("2001:db8::/32"),    // documentation
		netip.MustParsePrefix("2002::/16"),        // 6to4: an IPv4 address in disguise
		netip.MustParsePrefix("3fff::/20"),        // documentation
	}
}
