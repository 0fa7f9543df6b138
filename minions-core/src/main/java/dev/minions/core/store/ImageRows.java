package dev.minions.core.store;

import dev.minions.ByteSize;
import dev.minions.ImageRef;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageRecord;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** The images and their names. */
final class ImageRows {
    private static final String SELECT = """
            SELECT digest, (SELECT json_group_array(name) FROM image_names WHERE image_names.digest = images.digest),
              fingerprint, os, architecture, size, kernel_arguments, has_kernel, has_initrd, agent_version, packages,
              created_at
            FROM images ORDER BY seq""";

    private static final String PUT = """
            INSERT INTO images (digest, fingerprint, os, architecture, size, kernel_arguments, has_kernel, has_initrd,
              agent_version, packages, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (digest) DO UPDATE SET fingerprint = excluded.fingerprint, os = excluded.os,
              architecture = excluded.architecture, size = excluded.size, kernel_arguments = excluded.kernel_arguments,
              has_kernel = excluded.has_kernel, has_initrd = excluded.has_initrd,
              agent_version = excluded.agent_version, packages = excluded.packages,
              created_at = excluded.created_at""";

    private ImageRows() {}

    static List<ImageRecord> list(Sql sql) {
        return sql.list(SELECT, ImageRows::read);
    }

    static void put(Sql sql, ImageRecord image) {
        String digest = image.digest().value();
        sql.update(
                PUT,
                digest,
                image.fingerprint().orElse(null),
                image.os(),
                image.architecture(),
                image.size().bytes(),
                image.kernelArguments(),
                image.hasKernel() ? 1 : 0,
                image.hasInitrd() ? 1 : 0,
                image.agentVersion().orElse(null),
                Json.write(image.packages()),
                Instants.toNanos(image.createdAt()));
        sql.update("DELETE FROM image_names WHERE digest = ?", digest);
        for (String name : image.names()) {
            sql.update(
                    "INSERT INTO image_names (name, digest) VALUES (?, ?)"
                            + " ON CONFLICT (name) DO UPDATE SET digest = excluded.digest",
                    name,
                    digest);
        }
    }

    static void remove(Sql sql, ImageRef digest) {
        List<String> users =
                sql.list("SELECT name FROM vms WHERE image = ? ORDER BY seq", Sql.Row::text, digest.value());
        if (!users.isEmpty()) {
            throw new MinionsException(
                    ErrorCode.IMAGE_IN_USE,
                    "remove image '" + digest + "': " + (users.size() == 1 ? "vm" : "vms") + " '"
                            + String.join("', '", users) + "' " + (users.size() == 1 ? "stands" : "stand")
                            + " on it; destroy them first");
        }
        sql.update("DELETE FROM images WHERE digest = ?", digest.value());
    }

    private static ImageRecord read(Sql.Row row) throws SQLException {
        return new ImageRecord(
                ImageRef.of(row.text()),
                Set.copyOf(Json.texts(row.text())),
                row.optionalText(),
                row.text(),
                row.text(),
                ByteSize.bytes(row.number()),
                row.text(),
                row.flag(),
                row.flag(),
                row.optionalText(),
                Json.fields(row.text()).textMap(),
                Instants.ofNanos(row.number()));
    }
}
