package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;

class TrustedProxiesTest {
    private final TrustedProxies proxies =
            new TrustedProxies(List.of("127.0.0.1", "10.0.0.0/8", "2001:db8::/33", "::1"));

    private String client(String peer, String... forwardedFor) {
        return proxies.client(InetAddress.ofLiteral(peer), List.of(forwardedFor))
                .getHostAddress();
    }

    @Test
    void nobodyIsTrustedWhoIsNotNamed() {
        TrustedProxies none = new TrustedProxies(List.of());
        assertThat(none.client(InetAddress.ofLiteral("127.0.0.1"), List.of("192.0.2.1"))
                        .getHostAddress())
                .isEqualTo("127.0.0.1");
        assertThat(client("11.0.0.1", "192.0.2.1")).isEqualTo("11.0.0.1");
    }

    @Test
    void theLastAddressThatIsNoProxyIsTheClient() {
        assertThat(client("127.0.0.1")).isEqualTo("127.0.0.1");
        assertThat(client("127.0.0.1", "192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(client("127.0.0.1", "198.51.100.7, 192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(client("127.0.0.1", "198.51.100.7, 192.0.2.1, 10.1.2.3 , 10.255.0.1"))
                .isEqualTo("192.0.2.1");
        assertThat(client("127.0.0.1", "198.51.100.7", "192.0.2.1,10.1.2.3")).isEqualTo("192.0.2.1");
        assertThat(client("127.0.0.1", "10.0.0.9, 10.0.0.8")).isEqualTo("10.0.0.9");
    }

    @Test
    void addressesOfBothKindsAndWithPortsAreUnderstood() {
        assertThat(client("::1", "2001:db8:ffff::1")).isEqualTo("2001:db8:ffff:0:0:0:0:1");
        assertThat(client("::1", "192.0.2.1, 2001:db8:7fff::1")).isEqualTo("192.0.2.1");
        assertThat(client("127.0.0.1", "192.0.2.1:4711")).isEqualTo("192.0.2.1");
        assertThat(client("127.0.0.1", "[2001:db9::1]:4711")).isEqualTo("2001:db9:0:0:0:0:0:1");
        assertThat(client("::ffff:127.0.0.1", "::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
    }

    @Test
    void whatIsNoAddressEndsWhatCanBeKnown() {
        for (String garbage :
                List.of("", "unknown", "localhost", "1", "127.1", "300.1.1.1", "fe80::1%lo", "[::1", ":")) {
            assertThat(client("127.0.0.1", garbage)).as(garbage).isEqualTo("127.0.0.1");
            assertThat(client("127.0.0.1", "192.0.2.1, " + garbage + ", 10.0.0.1"))
                    .as(garbage)
                    .isEqualTo("10.0.0.1");
        }
    }

    @Test
    void noHeaderIsTooStrange() {
        Seeds.each(2000, random -> {
            StringBuilder header = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                header.append("0123456789abcdef:.,[]%/ \t-".charAt(random.nextInt(26)));
            }
            assertThat(client("127.0.0.1", header.toString())).isNotEmpty();
        });
    }

    @Test
    void aRangeThatIsNoneIsRefused() {
        for (String entry : List.of("localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "", "::/129")) {
            assertThatThrownBy(() -> new TrustedProxies(List.of(entry)))
                    .as(entry)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
