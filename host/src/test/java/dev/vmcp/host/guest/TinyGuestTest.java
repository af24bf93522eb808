package dev.vmcp.host.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TinyGuestTest {

    @Test
    void theImageIsAnElfThatPvhLoadersTake() {
        var image = ByteBuffer.wrap(TinyGuest.image()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(image.getInt(0)).isEqualTo(0x464c457f);
        assertThat(image.get(4)).as("64-bit").isEqualTo((byte) 2);
        assertThat(image.getShort(18)).as("x86-64").isEqualTo((short) 62);
        var note = (int) image.getLong(64 + 8);
        assertThat(image.getInt(note + 4)).as("size of the entry address").isEqualTo(8);
        assertThat(image.getInt(note + 8)).as("type").isEqualTo(18);
        assertThat(image.getLong(note + 16)).isEqualTo(image.getLong(24));
        var load = 64 + 56;
        assertThat(image.getLong(load + 8) + image.getLong(load + 32))
                .as("the segment ends with the file")
                .isEqualTo(image.capacity());
    }

    @Test
    void theImageIsTiny() {
        assertThat(TinyGuest.image().length).isLessThan(2560);
    }

    @Test
    void theImageIsTheSameEachTime(@TempDir Path directory) throws Exception {
        TinyGuest.main(new String[] {directory.resolve("guest").toString()});
        assertThat(Files.readAllBytes(directory.resolve("guest"))).isEqualTo(TinyGuest.image());
        assertThat(new String(TinyGuest.image(), StandardCharsets.ISO_8859_1))
                .contains(TinyGuest.BANNER);
    }
}
