package dev.minions.core.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/** What a Debian image is made of: the suite, the packages and the scripts that come with the program. */
final class DebianRecipe {
    static final String SUITE = "bookworm";
    static final String OS = "debian 12";
    static final String ARCHITECTURE = "x86_64";

    /**
     * How the kernel is started. The self-tests of its ciphers cost a third of a second under emulation; a kernel that
     * panics ends the machine, so that its death is seen.
     */
    static final String KERNEL_ARGUMENTS = "root=/dev/vda rw console=ttyS0 quiet panic=1 cryptomgr.notests";

    /** 10 June 2023, the day of this release: the date of whatever is newer, so that equal images are equal. */
    static final long DATE = 1_686_355_200L;

    /** What a machine needs to boot, be reached and be worked in. */
    static final List<String> BASE = List.of(
            "busybox-static",
            "ca-certificates",
            "dbus",
            "iproute2",
            "less",
            "libnss-myhostname",
            "linux-image-cloud-amd64",
            "openssh-server",
            "systemd",
            "systemd-sysv",
            "udev");

    private static final String VERSION = "1";

    /** The scripts and files, by the name they have beside this class. */
    enum Part {
        SETUP("setup.sh"),
        FETCH("fetch.sh"),
        FETCHED("fetched.sh"),
        CUSTOMIZE("customize.sh"),
        ASSEMBLE("assemble.sh"),
        INIT("init"),
        EARLY("early"),
        ADOPT("adopt"),
        AGENT_UNIT("agent-unit.conf");

        private final String file;

        Part(String file) {
            this.file = file;
        }

        String file() {
            return file;
        }

        String text() {
            try (InputStream in = DebianRecipe.class.getResourceAsStream("debian/" + file)) {
                if (in == null) {
                    throw new IllegalStateException("the program lacks its part debian/" + file);
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException("read debian/" + file, e);
            }
        }
    }

    private DebianRecipe() {}

    /** A text that changes with anything a build depends on, besides the state of the archive it fetches from. */
    static String fingerprint(Iterable<String> inputs) {
        MessageDigest digest = DiskDigest.sha256();
        add(digest, VERSION);
        add(digest, SUITE + ' ' + KERNEL_ARGUMENTS + ' ' + DATE);
        new TreeSet<>(BASE).forEach(name -> add(digest, name));
        for (Part part : Part.values()) {
            add(digest, part.text());
        }
        inputs.forEach(input -> add(digest, input));
        return "debian-" + HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }
}
