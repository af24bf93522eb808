package dev.vmcp.verify.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private static Options told(String... words) {
        return new Options(List.of(words));
    }

    private static AbstractThrowableAssert<?, ?> wrong(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(Options.Wrong.class);
    }

    @Test
    void whatWasToldCountsAndElseWhatIsUsual() {
        var options = told("--rounds", "3", "--backends", "qemu,mvisor");

        assertThat(options.count("rounds", 20)).isEqualTo(3);
        assertThat(options.number("seed", -7)).isEqualTo(-7);
        assertThat(options.word("backends", "qemu")).isEqualTo("qemu,mvisor");
        assertThatCode(options::requireNoOther).doesNotThrowAnyException();
    }

    @Test
    void aNameThatNobodyAsksForIsRefusedWithThoseThatAreAskedFor() {
        var options = told("--round", "3");

        assertThat(options.count("rounds", 20)).isEqualTo(20);
        assertThat(options.count("seed", 0)).isEqualTo(0);
        wrong(options::requireNoOther).hasMessage("--round (expected: --rounds, --seed)");
    }

    @Test
    void whatIsNoPairOrDoesNotFitIsRefusedByName() {
        wrong(() -> told("--rounds")).hasMessage("--rounds (expected: --name VALUE)");
        wrong(() -> told("rounds", "3")).hasMessage("rounds (expected: --name VALUE)");
        wrong(() -> told("--rounds", "three").count("rounds", 20))
                .hasMessage("--rounds: three (expected: a whole number)");
        wrong(() -> told("--rounds", "-1").count("rounds", 20))
                .hasMessage("--rounds: -1 (expected: 0 to 2147483647)");
        wrong(() -> told("--backend", "xen").choice("backend", "qemu", List.of("qemu", "mvisor")))
                .hasMessage("--backend: xen (expected: qemu, mvisor)");
    }
}
