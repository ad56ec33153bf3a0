package org.civicpress.realtime.server.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SignatureTest {
    /// The example of the libraries of Standard Webhooks.
    @Test
    void signsAsTheSpecificationHasIt() {
        assertThat(new Signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                        .of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void aPlainSecretIsItsBytes() {
        assertThat(new Signature("0123456789abcdef").of("a", 1, "b"))
                .isEqualTo(new Signature("whsec_MDEyMzQ1Njc4OWFiY2RlZg==").of("a", 1, "b"));
    }

    @Test
    void whatIsNotBase64IsRefused() {
        assertThatThrownBy(() -> new Signature("whsec_?")).isInstanceOf(IllegalArgumentException.class);
    }
}
