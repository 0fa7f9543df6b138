package dev.minions.core.image;

import dev.minions.ByteSize;
import dev.minions.ImageRef;
import dev.minions.spi.ImageRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What lies beside the parts of an image and says all that the database says of it, so that it can be known again when
 * the database is lost.
 *
 * @param image what the store keeps
 * @param data how many bytes of the disk are not zero, so take room
 * @param parts the digest of each part, by its file name: the disk's is {@link DiskDigest}'s, of others SHA-256
 */
record ImageManifest(ImageRecord image, ByteSize data, Map<String, String> parts) {
    private static final int FORMAT = 1;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Copies the map. */
    ImageManifest {
        parts = Map.copyOf(parts);
    }

    /**
     * The digest of an image: of what a VM that stands on it sees, its parts and how they are started, and not of names,
     * dates, or the way they are stored.
     */
    static ImageRef digest(String architecture, String kernelArguments, Map<String, String> parts) {
        StringBuilder text = new StringBuilder("minions image 1\n");
        text.append("architecture ").append(architecture).append('\n');
        text.append("arguments ").append(kernelArguments).append('\n');
        new TreeMap<>(parts)
                .forEach(
                        (name, sum) -> text.append(name).append(' ').append(sum).append('\n'));
        MessageDigest digest = DiskDigest.sha256();
        return ImageRef.of("sha256:"
                + HexFormat.of().formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8))));
    }

    byte[] toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT);
        root.put("digest", image.digest().value());
        var names = root.putArray("names");
        new TreeSet<>(image.names()).forEach(names::add);
        image.fingerprint().ifPresent(text -> root.put("fingerprint", text));
        root.put("os", image.os());
        root.put("architecture", image.architecture());
        root.put("size", image.size().bytes());
        root.put("data", data.bytes());
        root.put("kernelArguments", image.kernelArguments());
        image.agentVersion().ifPresent(text -> root.put("agentVersion", text));
        root.set("packages", object(image.packages()));
        root.put("createdAt", image.createdAt().toString());
        root.set("parts", object(parts));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    }

    private static ObjectNode object(Map<String, String> map) {
        ObjectNode object = JSON.createObjectNode();
        new TreeMap<>(map).forEach(object::put);
        return object;
    }

    /**
     * Reads a manifest.
     *
     * @throws IOException if it is none, or of a newer program
     */
    static ImageManifest fromJson(byte[] json) throws IOException {
        try {
            JsonNode root = JSON.readTree(json);
            int format = root.path("format").asInt(0);
            if (format != FORMAT) {
                throw new IOException("manifest of format " + format + ", known is " + FORMAT);
            }
            Map<String, String> parts = map(root.path("parts"));
            Set<String> names = new TreeSet<>();
            root.path("names").forEach(name -> names.add(name.asString()));
            ImageRecord image = new ImageRecord(
                    ImageRef.of(root.path("digest").asString("")),
                    names,
                    text(root, "fingerprint"),
                    root.path("os").asString(""),
                    root.path("architecture").asString(""),
                    ByteSize.bytes(root.path("size").asLong()),
                    root.path("kernelArguments").asString(""),
                    parts.containsKey(ImageFiles.KERNEL),
                    parts.containsKey(ImageFiles.INITRD),
                    text(root, "agentVersion"),
                    map(root.path("packages")),
                    Instant.parse(root.path("createdAt").asString("")));
            return new ImageManifest(image, ByteSize.bytes(root.path("data").asLong()), parts);
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("no manifest of an image: " + e.getMessage(), e);
        }
    }

    private static Optional<String> text(JsonNode root, String field) {
        return root.hasNonNull(field) ? Optional.of(root.path(field).asString()) : Optional.empty();
    }

    private static Map<String, String> map(JsonNode object) {
        Map<String, String> map = new TreeMap<>();
        object.properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asString()));
        return map;
    }
}
