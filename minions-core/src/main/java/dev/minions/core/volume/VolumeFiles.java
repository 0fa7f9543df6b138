package dev.minions.core.volume;

import dev.minions.ByteSize;
import dev.minions.core.file.DurableFiles;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of volumes: their names, and what is in them. Everything appears whole under its name or not at all. */
final class VolumeFiles {
    private static final String RAW = ".raw";
    private static final String LAYER = ".qcow2";
    private static final String BASE = ".base";
    private static final String SNAPSHOT = "@";
    private static final Pattern DISK = Pattern.compile("([a-z][a-z0-9-]{0,23})\\.(raw|qcow2)");
    private static final Pattern VM = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");

    private static final Pattern KEPT = Pattern.compile(".*@([0-9a-f]{12})\\.(raw|qcow2)");

    private final Path root;

    /** Fills a new file. */
    @FunctionalInterface
    interface Filling {
        void into(Path temporary) throws IOException;
    }

    VolumeFiles(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    Path directory(VolumeId id) {
        return root.resolve(id.vm().toString());
    }

    Path raw(VolumeId id) {
        return directory(id).resolve(id.role() + RAW);
    }

    Path layer(VolumeId id) {
        return directory(id).resolve(id.role() + LAYER);
    }

    /** The link by which a layer finds the file it stands on. */
    Path base(VolumeId id) {
        return directory(id).resolve(id.role() + BASE);
    }

    /** Makes that link, which a layer makes durable with itself, and returns its name. */
    String link(VolumeId id, Path base) throws IOException {
        Path link = base(id);
        // Relative, so that a data directory can be moved as a whole.
        Path target = directory(id).toRealPath().relativize(base.toRealPath());
        Path temporary = DurableFiles.temporaryBeside(link);
        Files.createSymbolicLink(temporary, target);
        Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE);
        return link.getFileName().toString();
    }

    /** Where a snapshot of a volume of that format lies. */
    Path snapshot(VolumeId id, String snapshot, DiskFormat format) {
        return directory(id).resolve(id.role() + SNAPSHOT + snapshot + (format == DiskFormat.QCOW2 ? LAYER : RAW));
    }

    /** A snapshot that is there. */
    Optional<Path> snapshot(VolumeId id, String snapshot) {
        return Stream.of(DiskFormat.RAW, DiskFormat.QCOW2)
                .map(format -> snapshot(id, snapshot, format))
                .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                .findFirst();
    }

    /** Where what a restore will put in the volume's place lies. */
    Path prepared(VolumeId id, String snapshot) {
        return directory(id).resolve(id.role() + SNAPSHOT + snapshot + ".restore");
    }

    static boolean isLayer(Path file) {
        return file.getFileName().toString().endsWith(LAYER);
    }

    /** The ids of a volume's snapshots, the oldest first. */
    List<String> snapshots(VolumeId id) throws IOException {
        record Kept(String id, FileTime at) {}
        List<Kept> kept = new ArrayList<>();
        for (Path file : beside(id)) {
            Matcher matcher = KEPT.matcher(file.getFileName().toString());
            if (matcher.matches()) {
                kept.add(new Kept(matcher.group(1), Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)));
            }
        }
        return kept.stream()
                .sorted(Comparator.comparing(Kept::at).thenComparing(Kept::id))
                .map(Kept::id)
                .toList();
    }

    /** The files of a volume's snapshots, whole and half. */
    private List<Path> beside(VolumeId id) throws IOException {
        List<Path> found = new ArrayList<>(matching(id, id.role() + SNAPSHOT + "*"));
        found.addAll(matching(id, "." + id.role() + SNAPSHOT + "*.tmp"));
        return found;
    }

    /** Makes the VM's directory, and removes what a killed process left of an earlier attempt. */
    void prepare(VolumeId id) throws IOException {
        Path directory = directory(id);
        if (!Files.isDirectory(directory)) {
            // The VMM's user passes through to its disk, and can list nothing.
            var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));
            Files.createDirectories(directory, mode);
            DurableFiles.sync(root);
        }
        sweep(id);
    }

    /** Fills a file under a temporary name and then gives it its own. */
    void make(Path file, Filling filling) throws IOException {
        Path temporary = DurableFiles.temporaryBeside(file);
        try {
            filling.into(temporary);
            DurableFiles.publish(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    void makeEmpty(VolumeId id, ByteSize size) throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        make(raw(id), temporary -> {
            Files.createFile(temporary, mode);
            Lengths.extend(temporary, size);
        });
    }

    Optional<Volume> find(VolumeId id) throws IOException {
        Path raw = raw(id);
        if (Files.isRegularFile(raw, LinkOption.NOFOLLOW_LINKS)) {
            ByteSize size = ByteSize.bytes(Files.size(raw));
            return Optional.of(new Volume(id, raw, DiskFormat.RAW, size, Optional.empty()));
        }
        Path layer = layer(id);
        if (!Files.isRegularFile(layer, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        Qcow2.Header header = Qcow2.read(layer);
        Path link = base(id);
        if (!header.base().equals(link.getFileName().toString())) {
            throw new IOException("its header names another base than '" + link.getFileName()
                    + "', so somebody else has written to it");
        }
        Path base = directory(id).resolve(Files.readSymbolicLink(link)).normalize();
        return Optional.of(new Volume(id, layer, DiskFormat.QCOW2, header.size(), Optional.of(base)));
    }

    void grow(Volume volume, ByteSize size) throws IOException {
        if (volume.format() == DiskFormat.QCOW2) {
            Qcow2.grow(volume.path(), size);
        } else {
            Lengths.extend(volume.path(), size);
        }
    }

    /** The disk first and its link after it, so that a disk never lacks the link. */
    void delete(VolumeId id) throws IOException {
        if (!Files.isDirectory(directory(id), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        sweep(id);
        for (Path snapshot : beside(id)) {
            Files.deleteIfExists(snapshot);
        }
        boolean removed = Files.deleteIfExists(raw(id));
        removed |= Files.deleteIfExists(layer(id));
        removed |= Files.deleteIfExists(base(id));
        if (removed) {
            DurableFiles.sync(directory(id));
        }
    }

    private void sweep(VolumeId id) throws IOException {
        for (Path file : matching(id, "." + id.role() + ".*.tmp")) {
            Files.deleteIfExists(file);
        }
    }

    /** Removes what a killed process left of a snapshot, or of its restore. */
    void sweep(VolumeId id, String snapshot) throws IOException {
        for (Path file : matching(id, "." + id.role() + SNAPSHOT + snapshot + "*.tmp")) {
            Files.deleteIfExists(file);
        }
    }

    private List<Path> matching(VolumeId id, String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory(id), LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(id), glob)) {
                files.forEach(found::add);
            }
        }
        return found;
    }

    /** The directories of VMs, in the order of their ids. */
    List<Path> directories() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(
                            path -> VM.matcher(path.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /** The roles of the disks in a VM's directory. */
    Set<String> roles(Path directory) throws IOException {
        Set<String> roles = new TreeSet<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.map(path -> DISK.matcher(path.getFileName().toString()))
                    .filter(Matcher::matches)
                    .forEach(matcher -> roles.add(matcher.group(1)));
        }
        return roles;
    }
}
