package dev.minions.core.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Takes the kernel proper out of the file that a boot loader would unpack. Hypervisors that know the PVH entry start it
 * at once; under emulation that saves the guest a third of a second.
 */
final class LinuxKernel {
    private static final int SETUP_SECTORS = 0x1F1;
    private static final int SECTOR = 512;
    private static final int MAGIC = 0x202;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24C;
    private static final int HDRS = 0x53726448; // "HdrS"
    private static final int LZ4_LEGACY = 0x184C2102;
    private static final int LZ4_BLOCK = 8 << 20;
    private static final int LARGEST = 512 << 20;
    private static final int ELF = 0x464C457F;
    private static final int PROGRAM_HEADER = 56;
    private static final int PT_NOTE = 4;
    private static final int XEN = 0x006E6558; // "Xen\0"
    private static final int PVH_ENTRY = 18;

    private LinuxKernel() {}

    /**
     * Writes the kernel proper, if the boot file is packed with LZ4 and the kernel has a PVH entry; else copies the
     * file as it is, which every hypervisor takes too.
     *
     * @param bootFile a kernel as distributions ship it
     * @param target a new file
     * @return whether it was unpacked
     */
    static boolean unpack(Path bootFile, Path target) throws IOException {
        byte[] file = Files.readAllBytes(bootFile);
        byte[] kernel = kernelIn(file);
        boolean usable =
                kernel.length > 0 && hasPvhEntry(ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN));
        byte[] chosen = usable ? kernel : file;
        try (SparseFile out = SparseFile.create(target, chosen.length)) {
            out.write(0, chosen, chosen.length);
        }
        return usable;
    }

    /** The unpacked kernel; empty if the file is none that is understood. */
    private static byte[] kernelIn(byte[] bytes) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (file.limit() < PAYLOAD_LENGTH + Integer.BYTES || file.getInt(MAGIC) != HDRS) {
            return new byte[0];
        }
        int sectors = file.get(SETUP_SECTORS) & 0xFF;
        long from = (long) ((sectors == 0 ? 4 : sectors) + 1) * SECTOR
                + Integer.toUnsignedLong(file.getInt(PAYLOAD_OFFSET));
        long end = from + Integer.toUnsignedLong(file.getInt(PAYLOAD_LENGTH)) - Integer.BYTES;
        if (end > file.limit() || end - from < 2 * Integer.BYTES || file.getInt((int) from) != LZ4_LEGACY) {
            return new byte[0];
        }
        int size = file.getInt((int) end); // the kernel's build appends it
        if (size <= 0 || size > LARGEST) {
            throw new IOException("a kernel that says it unpacks to " + Integer.toUnsignedLong(size) + " bytes");
        }
        return unpackLz4(bytes, (int) from + Integer.BYTES, (int) end, size);
    }

    private static byte[] unpackLz4(byte[] bytes, int from, int end, int size) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] kernel = new byte[size];
        byte[] block = new byte[LZ4_BLOCK];
        int written = 0;
        int at = from;
        while (at + Integer.BYTES <= end) {
            int packed = file.getInt(at);
            at += Integer.BYTES;
            if (packed <= 0 || packed > end - at) {
                throw new IOException("a packed kernel with a block of " + Integer.toUnsignedLong(packed) + " bytes");
            }
            int length = Lz4Blocks.unpack(bytes, at, at + packed, block);
            if (length > size - written) {
                throw new IOException("a packed kernel of more than the " + size + " bytes it says");
            }
            System.arraycopy(block, 0, kernel, written, length);
            written += length;
            at += packed;
        }
        return Arrays.copyOf(kernel, written);
    }

    private static boolean hasPvhEntry(ByteBuffer elf) {
        if (elf.limit() < 64 || elf.getInt(0) != ELF) {
            return false;
        }
        long headers = elf.getLong(32);
        int count = elf.getShort(56) & 0xFFFF;
        for (int i = 0; i < count; i++) {
            long header = headers + (long) i * PROGRAM_HEADER;
            if (header < 0 || header + PROGRAM_HEADER > elf.limit()) {
                return false;
            }
            if (elf.getInt((int) header) == PT_NOTE
                    && pvhNoteIn(elf, elf.getLong((int) header + 8), elf.getLong((int) header + 32))) {
                return true;
            }
        }
        return false;
    }

    private static boolean pvhNoteIn(ByteBuffer elf, long from, long size) {
        long at = from;
        while (at >= 0 && at + 16 <= Math.min(elf.limit(), from + size)) {
            int nameSize = elf.getInt((int) at);
            int contentSize = elf.getInt((int) at + 4);
            if (elf.getInt((int) at + 8) == PVH_ENTRY && nameSize == 4 && elf.getInt((int) at + 12) == XEN) {
                return true;
            }
            at += 12 + aligned(nameSize) + aligned(contentSize);
        }
        return false;
    }

    private static long aligned(int size) {
        return (Integer.toUnsignedLong(size) + 3) & ~3L;
    }
}
