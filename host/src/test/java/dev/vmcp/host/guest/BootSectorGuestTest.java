package dev.vmcp.host.guest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BootSectorGuestTest {

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFirstSectorIsOneThatFirmwareBootsAndTheRestIsEmpty(boolean listening) {
        var image = BootSectorGuest.image(listening);
        assertThat(image).hasSize(1 << 20);
        assertThat(Arrays.copyOfRange(image, 510, 512)).containsExactly(0x55, 0xaa);
        assertThat(new String(image, 0, 510, ISO_8859_1)).contains(TinyGuest.BANNER);
        assertThat(Arrays.copyOfRange(image, 512, image.length)).containsOnly(0);
    }

    @Test
    void theProgramWritesOneThatDoesNotListen() throws Exception {
        var file = directory.resolve("disk.raw");
        BootSectorGuest.main(new String[] {file.toString()});
        assertThat(Files.readAllBytes(file)).isEqualTo(BootSectorGuest.image(false));
        assertThat(BootSectorGuest.image(false)).isNotEqualTo(BootSectorGuest.image(true));
    }

    @Test
    void aCommandStandsInTheSecondSectorWithItsCount() throws Exception {
        var file = directory.resolve("disk.raw");
        BootSectorGuest.writeTo(file, true);
        BootSectorGuest.tell(file, 'N', 258);
        var told = Files.readAllBytes(file);
        assertThat(Arrays.copyOfRange(told, 512, 515)).containsExactly('N', 2, 0);
        assertThat(Arrays.copyOf(told, 512))
                .isEqualTo(Arrays.copyOf(BootSectorGuest.image(true), 512));
    }
}
