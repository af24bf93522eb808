package dev.vmcp.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AmountsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0 B",
        "1023, 1023, 1023 B",
        "1k, 1024, 1 KiB",
        "512MiB, 536870912, 512 MiB",
        "512 mb, 536870912, 512 MiB",
        "1536M, 1610612736, 1.5 GiB",
        "2G, 2147483648, 2 GiB",
        "8191PiB, 9222246136947933184, 8191 PiB"
    })
    void sizesAreReadAndShown(String text, long bytes, String shown) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
        assertThat(ByteSize.show(bytes)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "-1", "1.5G", "1X", "1GiBs", "9223372036854775808", "8192PiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageStartingWith("'" + text + "' is not a size");
    }

    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S, 0s",
        "119, PT1M59S, 119s",
        "120s, PT2M, 2m",
        "59m, PT59M, 59m",
        "60m, PT1H, 1h",
        "192m, PT3H12M, 3h12m",
        "48h, PT48H, 2d",
        "30d, PT720H, 30d"
    })
    void timesAreReadAndShown(String text, Duration time, String shown) {
        assertThat(Span.parse(text)).isEqualTo(time);
        assertThat(Span.show(time)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1s", "1w", "1 s", "99999999999999999999"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Span.parse(text))
                .withMessageStartingWith("'" + text + "' is not a time");
    }
}
