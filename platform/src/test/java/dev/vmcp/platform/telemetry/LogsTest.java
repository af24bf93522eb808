package dev.vmcp.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

final class LogsTest {

    @AfterEach
    void restore() {
        Logs.start(Logs.Format.JSON, Level.INFO);
    }

    @Test
    void theLevelOfOursChangesAtRunTime() {
        var ours = LoggerFactory.getLogger("dev.vmcp.Sample");
        Logs.start(Logs.Format.JSON, Level.INFO);
        assertThat(ours.isDebugEnabled()).isFalse();

        Logs.level(Level.DEBUG);
        assertThat(ours.isDebugEnabled()).isTrue();

        Logs.level(Level.ERROR);
        assertThat(ours.isWarnEnabled()).isFalse();
    }

    @Test
    void talkativeLibrariesAreHeardFromWarnUpWhateverOurLevel() {
        var library = LoggerFactory.getLogger("com.linecorp.armeria.server.Server");
        Logs.level(Level.TRACE);
        assertThat(library.isInfoEnabled()).isFalse();
        assertThat(library.isWarnEnabled()).isTrue();

        Logs.level(Level.ERROR);
        assertThat(library.isWarnEnabled()).isFalse();
    }
}
