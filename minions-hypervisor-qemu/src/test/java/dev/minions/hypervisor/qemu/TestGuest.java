package dev.minions.hypervisor.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A kernel of a few hundred bytes that boots in a fraction of a second, for what a hypervisor can be asked without a
 * Linux. Its source is {@code test-guest.S}.
 */
final class TestGuest {
    /** What the last letter of the command line tells it to do. */
    enum Deed {
        POWER_OFF('p'),
        PANIC('c'),
        RESET('r'),
        FLOOD('f'),
        WAIT_FOR_BUTTON('b'),
        HALT('h');

        private final char letter;

        Deed(char letter) {
            this.letter = letter;
        }

        String kernelArguments() {
            return "do=" + letter;
        }
    }

    static final String FIRST_WORDS = "hello from the guest";
    static final String LISTENING = "waiting for the power button";

    private static final String CODE = ""
            + "eb2e486472530402000000000000000000010000000010000000000000000000000000000000000000000000ffffff37"
            + "fafc8cc88ed831db66a1280066c1e8048ec0beee00e8990031ff268a05e87c0084c0740347ebf3be2401e88400268a45"
            + "ff3c7074143c6374193c72741d3c6674213c627425fbf4ebfcba0406b80020efebf3ba0505b001eeebebbaf90cb006ee"
            + "ebe3beee00e84900ebf8ba0206b80001efbe0501e83a00fbf4fabad00c6631c066efbac40c66ed6685c07405bac80c66"
            + "efba0006eda9000174ddebad505288c4bafd03eca82074f888e0baf803ee5a58c350ac84c07405e8e2ffebf658c36865"
            + "6c6c6f2066726f6d207468652067756573740d0a0077616974696e6720666f722074686520706f77657220627574746f"
            + "6e0d0a000d0a00";

    private static final int SECTOR = 512;
    private static final int SETUP_SECTORS = 4;

    private TestGuest() {}

    /** A kernel image: a boot sector, the program, and an empty protected-mode part. */
    static Path writeTo(Path file) throws IOException {
        byte[] image = new byte[(1 + SETUP_SECTORS + 1) * SECTOR];
        image[0x1f1] = SETUP_SECTORS;
        image[0x1fe] = 0x55;
        image[0x1ff] = (byte) 0xaa;
        byte[] code = HexFormat.of().parseHex(CODE);
        System.arraycopy(code, 0, image, SECTOR, code.length);
        return Files.write(file, image);
    }
}
