package dev.minions.core.engine;

import java.util.Locale;

/** MAC addresses, which follow from CIDs and so are as unique. */
final class Macs {
    private Macs() {}

    /** {@code 52:54:00} and the low 24 bits of the CID. */
    static String of(long cid) {
        return String.format(Locale.ROOT, "52:54:00:%02x:%02x:%02x", cid >> 16 & 0xFF, cid >> 8 & 0xFF, cid & 0xFF);
    }
}
