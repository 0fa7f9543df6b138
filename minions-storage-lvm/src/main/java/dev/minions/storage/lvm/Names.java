package dev.minions.storage.lvm;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What logical volumes are called and tagged with. A VM's volumes and snapshots are known by their tags, which LVM
 * writes in one transaction with the volume itself; an image's copy is known by its name, which it is given last.
 *
 * @param installation whose they are, 12 hexadecimal digits
 * @param pool where they are
 */
record Names(String installation, PoolName pool) {
    /** What every tag for the owner begins with; on a pool it says whose the pool is. */
    static final String OWNER = "minions.owner=";

    private static final String VOLUME = "minions.volume=";
    private static final String GENERATION = "minions.generation=";
    private static final String SNAPSHOT = "minions.snapshot=";
    private static final String PREPARED = "minions.prepared=";
    private static final String OF = "minions.of=";
    private static final String IMAGE = "minions.image=";
    private static final String MAKER = "minions.maker=";

    private static final String HALF_IMAGE = "import.";
    private static final String WHOLE_IMAGE = "image.";

    /** 128 bits of an image's digest, as a whole one would not fit into a device-mapper name. */
    private static final int DIGEST_LENGTH = 32;

    private static final int RANDOM_BYTES = 6;

    /** In what images' copies are counted: LVM's usual extent, so that one name stands for one size. */
    private static final long UNIT = ByteSize.mib(4).bytes();

    private static final Pattern SNAPSHOT_ID = Pattern.compile("[0-9a-f]{12}");
    private static final SecureRandom RANDOM = new SecureRandom();

    String ownerTag() {
        return OWNER + installation;
    }

    String volume(VolumeId id) {
        return "vm." + plain(id) + "." + id.role();
    }

    /** What takes the place of a volume that is restored, until it has its name. */
    String successor(VolumeId id) {
        return volume(id) + ".restored";
    }

    String volumeTag(VolumeId id) {
        return VOLUME + id;
    }

    /** How often a volume has been restored; of two with one id the later one counts. */
    static String generationTag(int generation) {
        return GENERATION + generation;
    }

    static int generationOf(LogicalVolume volume) {
        return volume.tagged(GENERATION).map(Integer::parseInt).orElse(0);
    }

    /** The id of the volume that a logical volume is; empty if it is none. */
    static Optional<VolumeId> volumeOf(LogicalVolume volume) {
        return volume.tagged(VOLUME).map(Names::parse);
    }

    private static VolumeId parse(String text) {
        int uuid = 36;
        return new VolumeId(VmId.of(text.substring(0, uuid)), text.substring(uuid + 1));
    }

    String snapshot(VolumeId id, String snapshot) {
        if (!SNAPSHOT_ID.matcher(snapshot).matches()) {
            throw new IllegalArgumentException(
                    "id of a snapshot must match " + SNAPSHOT_ID + ", got '" + snapshot + "'");
        }
        return "snap." + plain(id) + "." + id.role() + "." + snapshot;
    }

    String snapshotTag(VolumeId id, String snapshot) {
        return SNAPSHOT + id + "/" + snapshot;
    }

    /** What a volume is tagged with that is to take another's place, and does not yet. */
    String preparedTag(VolumeId id, String snapshot) {
        return PREPARED + id + "/" + snapshot;
    }

    /** What every snapshot of that volume is tagged with, so that all of them go with it. */
    static String ofTag(VolumeId id) {
        return OF + id;
    }

    /** The id of that volume's snapshot that a logical volume is; empty if it is none. */
    static Optional<String> snapshotOf(LogicalVolume volume, VolumeId id) {
        return volume.tagged(SNAPSHOT + id + "/");
    }

    /** The whole copy of an image at that size, which clones of that size are taken from. */
    String image(BaseImage image, ByteSize size) {
        return WHOLE_IMAGE + installation + "." + pool.pool() + "." + digestEnd(image) + "." + units(size);
    }

    private static String digestEnd(BaseImage image) {
        return image.digest().substring(image.digest().length() - DIGEST_LENGTH);
    }

    boolean isWholeImage(LogicalVolume volume) {
        return volume.name().startsWith(WHOLE_IMAGE + installation + "." + pool.pool() + ".");
    }

    /** Whether it is an image's copy, whole or not, whoever made it. */
    static boolean isImage(String name) {
        return name.startsWith(WHOLE_IMAGE) || name.startsWith(HALF_IMAGE);
    }

    /** A name that nobody else has, for a copy of an image that is not whole yet. */
    String newHalfImage() {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return HALF_IMAGE + installation + "." + HexFormat.of().formatHex(random);
    }

    boolean isHalfImage(LogicalVolume volume) {
        return volume.name().startsWith(HALF_IMAGE + installation + ".");
    }

    static String imageTag(BaseImage image) {
        return IMAGE + image.digest();
    }

    static Optional<String> digestOf(LogicalVolume volume) {
        return volume.tagged(IMAGE);
    }

    static String makerTag(Maker maker) {
        return MAKER + maker;
    }

    static Optional<Maker> makerOf(LogicalVolume volume) {
        return volume.tagged(MAKER).map(Maker::parse);
    }

    /** What a size is rounded up to before LVM is asked for it. */
    static ByteSize rounded(ByteSize size) {
        return ByteSize.bytes(units(size) * UNIT);
    }

    private static long units(ByteSize size) {
        return Math.ceilDiv(size.bytes(), UNIT);
    }

    private static String plain(VolumeId id) {
        return id.vm().toString().replace("-", "");
    }
}
