package dev.minions.core.store;

import dev.minions.AllowedSource;
import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.DataRate;
import dev.minions.GuestFile;
import dev.minions.ImageRef;
import dev.minions.PortForward;
import dev.minions.SshPublicKey;
import dev.minions.VmName;
import dev.minions.VmSpec;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A {@link VmSpec} as the JSON text that is kept of it, in the database and wherever else it must outlast a process.
 * What a text lacks has the default that the spec's builder gives it, so texts of earlier versions stay readable.
 */
public final class SpecJson {
    private SpecJson() {}

    /** The text of a spec, on one line. */
    public static String write(VmSpec spec) {
        Map<String, Object> json = new LinkedHashMap<>();
        spec.name().ifPresent(name -> json.put("name", name.value()));
        json.put("image", spec.image().value());
        json.put("cpus", spec.cpus());
        json.put("memory", spec.memory().bytes());
        json.put("disk", spec.disk().bytes());
        spec.data().ifPresent(size -> json.put("data", size.bytes()));
        json.put("attached", spec.attached().stream().map(SpecJson::disk).toList());
        json.put("labels", spec.labels());
        json.put("environment", spec.environment());
        json.put(
                "sshKeys",
                spec.sshKeys().stream().map(SshPublicKey::line).sorted().toList());
        json.put("files", spec.files().stream().map(SpecJson::file).toList());
        json.put("publish", spec.publish().stream().map(PortForward::toString).toList());
        json.put(
                "allowFrom",
                spec.allowFrom().stream().map(AllowedSource::toString).sorted().toList());
        spec.bandwidth().ifPresent(rate -> json.put("bandwidth", rate.toString()));
        spec.kernel().ifPresent(path -> json.put("kernel", path.toString()));
        spec.initrd().ifPresent(path -> json.put("initrd", path.toString()));
        spec.kernelArguments().ifPresent(text -> json.put("kernelArguments", text));
        spec.idempotencyKey().ifPresent(text -> json.put("idempotencyKey", text));
        json.values()
                .removeIf(value -> (value instanceof List<?> list && list.isEmpty())
                        || (value instanceof Map<?, ?> map && map.isEmpty()));
        return Json.write(json);
    }

    private static Map<String, Object> disk(AttachedDisk disk) {
        return Map.of("path", disk.path().toString(), "access", disk.access().name());
    }

    private static Map<String, Object> file(GuestFile file) {
        return Map.of(
                "path", file.path(),
                "mode", file.mode(),
                "content", Base64.getEncoder().encodeToString(file.content()));
    }

    /**
     * The spec that a text was written of.
     *
     * @throws RuntimeException if {@link #write} did not write it
     */
    public static VmSpec read(String text) {
        return read(Json.fields(text));
    }

    static VmSpec read(Json.Fields json) {
        VmSpec.Builder spec = VmSpec.builder(ImageRef.of(json.text("image")))
                .cpus(Math.toIntExact(json.number("cpus")))
                .memory(ByteSize.bytes(json.number("memory")))
                .disk(ByteSize.bytes(json.number("disk")));
        json.optionalNumber("data").ifPresent(bytes -> spec.data(ByteSize.bytes(bytes)));
        ifPresent(json, "name", name -> spec.name(VmName.of(name)));
        json.objects("attached").forEach(disk -> spec.attach(disk(disk)));
        json.textMap("labels").forEach(spec::label);
        json.textMap("environment").forEach(spec::environment);
        json.texts("sshKeys").forEach(line -> spec.sshKey(SshPublicKey.of(line)));
        json.objects("files").forEach(file -> spec.file(file(file)));
        json.texts("publish").forEach(forward -> spec.publish(PortForward.parse(forward)));
        json.texts("allowFrom").forEach(source -> spec.allowFrom(AllowedSource.parse(source)));
        ifPresent(json, "bandwidth", rate -> spec.bandwidth(DataRate.parse(rate)));
        ifPresent(json, "kernel", path -> spec.kernel(Path.of(path)));
        ifPresent(json, "initrd", path -> spec.initrd(Path.of(path)));
        ifPresent(json, "kernelArguments", spec::kernelArguments);
        ifPresent(json, "idempotencyKey", spec::idempotencyKey);
        return spec.build();
    }

    private static AttachedDisk disk(Json.Fields json) {
        return new AttachedDisk(Path.of(json.text("path")), AttachedDisk.Access.valueOf(json.text("access")));
    }

    private static GuestFile file(Json.Fields json) {
        return GuestFile.bytes(json.text("path"), Base64.getDecoder().decode(json.text("content")))
                .mode(Math.toIntExact(json.number("mode")));
    }

    private static void ifPresent(Json.Fields json, String name, Consumer<String> setter) {
        String value = json.optionalText(name);
        if (value != null) {
            setter.accept(value);
        }
    }
}
