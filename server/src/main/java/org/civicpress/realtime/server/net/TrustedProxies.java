package org.civicpress.realtime.server.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The proxies whose word for a client's address is taken. Each adds, at the end of `X-Forwarded-For`, the address from
/// which it was called; what stands before the first address that is not one of theirs, read from the end, anybody may
/// have written. `Forwarded` (RFC 7239) is not read: where both were, a client could choose the one that its proxy
/// does not overwrite.
///
/// ```
/// entry := address [ "/" bits ]          IPv4 or IPv6; an IPv4 address mapped to IPv6 is the IPv4 address
/// ```
///
/// No name is ever looked up. Immutable.
final class TrustedProxies {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private final List<Range> ranges;

    private record Range(InetAddress first, int bits) {
        boolean contains(InetAddress address) {
            byte[] one = first.getAddress();
            byte[] other = address.getAddress();
            if (one.length != other.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                if (((one[bit >> 3] ^ other[bit >> 3]) & 0x80 >> (bit & 7)) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /// @throws IllegalArgumentException when one of them is neither an address nor a range
    TrustedProxies(List<String> entries) {
        ranges = entries.stream().map(TrustedProxies::range).toList();
    }

    private static Range range(String entry) {
        int slash = entry.indexOf('/');
        InetAddress first = InetAddress.ofLiteral(slash < 0 ? entry : entry.substring(0, slash));
        int most = first.getAddress().length * 8;
        int bits = slash < 0 ? most : Integer.parseInt(entry.substring(slash + 1));
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("too many bits: " + entry);
        }
        return new Range(first, bits);
    }

    boolean trusts(InetAddress address) {
        for (Range range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /// Who is at the other end.
    ///
    /// @param peer from where the connection comes
    /// @param forwardedFor the header's values, in their order
    InetAddress client(InetAddress peer, List<String> forwardedFor) {
        InetAddress known = peer;
        if (forwardedFor.isEmpty() || !trusts(peer)) {
            return known;
        }
        List<String> calledFrom = new ArrayList<>();
        forwardedFor.forEach(line -> Collections.addAll(calledFrom, line.split(",", -1)));
        for (String text : calledFrom.reversed()) {
            Optional<InetAddress> address = address(withoutPort(text.strip()));
            if (address.isEmpty()) {
                return known; // what stands before it says nothing either
            }
            known = address.get();
            if (!trusts(known)) {
                return known;
            }
        }
        return known;
    }

    private static String withoutPort(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? "" : text.substring(1, end);
        }
        int colon = text.indexOf(':');
        return colon >= 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
    }

    private static Optional<InetAddress> address(String text) {
        if (!IPV4.matcher(text).matches()
                && !(text.indexOf(':') >= 0 && IPV6.matcher(text).matches())) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
