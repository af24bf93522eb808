package dev.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecFindingsTest {

    private static final Violation WRONG = new Violation("a", "1", "2");
    private static final Violation MISSING = new Violation("b", "x", "y");

    @Test
    void nothingFoundIsNoProblem() {
        assertThat(SpecFindings.NONE.problem("qemu")).isEmpty();
    }

    @Test
    void oneWrongValueMakesTheWholeAnswerInvalidInput() {
        var both = new SpecFindings(List.of(WRONG), List.of(MISSING));

        assertThat(both.problem("qemu"))
                .contains(new Problem.InvalidInput(List.of(WRONG, MISSING)));
    }

    @Test
    void theSameFieldIsObjectedToOnce() {
        var first = new SpecFindings(List.of(WRONG), List.of());
        var second = new SpecFindings(List.of(new Violation("a", "1", "3"), MISSING), List.of());

        assertThat(first.and(second).invalid()).containsExactly(WRONG, MISSING);
    }
}
