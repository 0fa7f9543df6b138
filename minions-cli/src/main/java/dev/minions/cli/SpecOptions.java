package dev.minions.cli;

import dev.minions.AllowedSource;
import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.DataRate;
import dev.minions.GuestFile;
import dev.minions.ImageRef;
import dev.minions.PortForward;
import dev.minions.VmSpec;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options that say what a VM should be, for {@code create} and {@code run}. */
final class SpecOptions {
    static final String IMAGE = "--image";
    static final String LABEL = "--label";
    static final String ENV = "--env";
    static final String BOOT_TIMEOUT = "--boot-timeout";
    static final String KEEP = "--keep";

    static final Option BOOT_TIMEOUT_OPTION = Option.value(
            "TIME", "How long the guest may take to its first answer; 60s with KVM, 300s without", BOOT_TIMEOUT);

    private static final String CPUS = "--cpus";
    private static final String MEMORY = "--memory";
    private static final String DISK = "--disk";
    private static final String DATA = "--data";
    private static final String ATTACH = "--attach";
    private static final String SSH_KEY = "--ssh-key";
    private static final String PUBLISH = "--publish";
    private static final String ALLOW_FROM = "--allow-from";
    private static final String BANDWIDTH = "--bandwidth";
    private static final String FILE = "--file";
    private static final String KERNEL = "--kernel";
    private static final String INITRD = "--initrd";
    private static final String CMDLINE = "--cmdline";

    /** What both commands take. */
    static final List<Option> ALL = List.of(
            Option.value("N", "Virtual CPUs; 2 if not given", CPUS),
            Option.value("SIZE", "Memory; a bare number is MiB; 1024 if not given", MEMORY),
            Option.value("SIZE", "Root disk, thin; a bare number is GB; 10 if not given", DISK),
            Option.value("SIZE", "Give the VM an empty data disk too, thin; a bare number is GB", DATA),
            Option.value("FILE[:ro]", "Give the VM this raw disk of the host too; with :ro only to read", ATTACH)
                    .repeated(),
            Option.value("FILE", "Let the holder of this public key log in as root", SSH_KEY)
                    .repeated(),
            Option.value(
                            "[ADDRESS:]HOST:GUEST",
                            "Lead a TCP port of this host, on 127.0.0.1 unless an address is given, to one of the guest",
                            PUBLISH,
                            "-p")
                    .repeated(),
            Option.value(
                            "VM|CIDR",
                            "Let another VM, or the addresses of a network, open connections to the VM (bridge only)",
                            ALLOW_FROM)
                    .repeated(),
            Option.value(
                    "RATE", "Let no more than this through in each direction, as 100mbit (bridge only)", BANDWIDTH),
            Option.value("KEY=VALUE", "Label the VM, to find it by", LABEL).repeated(),
            Option.value("KEY=VALUE", "Set a variable for commands in the guest", ENV, "-e")
                    .repeated(),
            Option.value(
                            "LOCAL:GUEST[:MODE]",
                            "Write a file of this host into the guest before it counts as ready; mode 0644 if not given",
                            FILE)
                    .repeated(),
            Option.value("FILE", "Boot this kernel instead of the image's", KERNEL),
            Option.value("FILE", "Boot with this initramfs; only with --kernel", INITRD),
            Option.value("TEXT", "Append to the kernel's command line", CMDLINE),
            BOOT_TIMEOUT_OPTION);

    private static final Pattern FILE_FORM = Pattern.compile("(.+?):(/[^:]*)(?::([0-7]{3,4}))?", Pattern.DOTALL);
    private static final String READ_ONLY = ":ro";
    private static final int OCTAL = 8;

    private SpecOptions() {}

    /**
     * What the options ask for; keys and a name are the caller's.
     *
     * @throws IllegalArgumentException if one of them cannot be meant
     * @throws MinionsException {@code PATH_NOT_FOUND} if a file that is named is not there
     */
    static VmSpec.Builder builder(Given given, String image) {
        VmSpec.Builder builder = VmSpec.builder(ImageRef.of(image));
        given.value(CPUS).ifPresent(text -> builder.cpus(Values.whole(CPUS, text)));
        given.value(MEMORY).ifPresent(text -> builder.memory(Values.size(MEMORY, text, ByteSize.Unit.MIB)));
        given.value(DISK).ifPresent(text -> builder.disk(Values.size(DISK, text, ByteSize.Unit.GB)));
        given.value(DATA).ifPresent(text -> builder.data(Values.size(DATA, text, ByteSize.Unit.GB)));
        given.all(ATTACH).forEach(text -> builder.attach(attached(text)));
        given.value(KERNEL).ifPresent(text -> builder.kernel(path(KERNEL, text)));
        given.value(INITRD).ifPresent(text -> builder.initrd(path(INITRD, text)));
        given.value(CMDLINE).ifPresent(builder::kernelArguments);
        given.all(PUBLISH).forEach(text -> builder.publish(PortForward.parse(text)));
        given.value(BANDWIDTH).ifPresent(text -> builder.bandwidth(DataRate.parse(text)));
        given.all(SSH_KEY).forEach(text -> SshKeys.read(path(SSH_KEY, text)).forEach(builder::sshKey));
        given.all(FILE).forEach(text -> builder.file(file(text)));
        for (String text : given.all(LABEL)) {
            Map.Entry<String, String> label = Values.pair(LABEL, text);
            builder.label(label.getKey(), label.getValue());
        }
        return builder;
    }

    /**
     * Lets in whom the options name. A VM is looked up now: it is meant whatever it is called later.
     *
     * @throws MinionsException {@code VM_NOT_FOUND} if there is no such VM
     */
    static void addSources(Session session, VmSpec.Builder builder) {
        for (String text : session.given().all(ALLOW_FROM)) {
            boolean network = text.indexOf('/') >= 0 || text.indexOf(':') >= 0 || text.matches("\\d+(\\.\\d+)+");
            builder.allowFrom(
                    network
                            ? AllowedSource.parse(text)
                            : AllowedSource.vm(session.vm(text).id()));
        }
    }

    static boolean hasKey(Given given) {
        return given.has(SSH_KEY);
    }

    /** How to go about it. */
    static CreateOptions create(Given given) {
        return given.value(BOOT_TIMEOUT)
                .map(text -> CreateOptions.defaults().bootTimeout(Values.duration(BOOT_TIMEOUT, text)))
                .orElse(CreateOptions.defaults());
    }

    static Path path(String option, String text) {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            throw new UsageException(option + " '" + Text.clean(text) + "' is no path");
        }
        throw new UsageException(option + " must name a file");
    }

    static AttachedDisk attached(String text) {
        return text.endsWith(READ_ONLY)
                ? AttachedDisk.readOnly(path(ATTACH, text.substring(0, text.length() - READ_ONLY.length())))
                : AttachedDisk.readWrite(path(ATTACH, text));
    }

    private static GuestFile file(String text) {
        Matcher matcher = FILE_FORM.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException(FILE + " '" + Text.clean(text)
                    + "' must read LOCAL:GUEST or LOCAL:GUEST:MODE, for example app.conf:/etc/app.conf:0600");
        }
        Path local = path(FILE, matcher.group(1));
        GuestFile file = GuestFile.bytes(matcher.group(2), content(local));
        return matcher.group(3) == null ? file : file.mode(Integer.parseInt(matcher.group(3), OCTAL));
    }

    private static byte[] content(Path local) {
        try {
            if (Files.size(local) > GuestFile.MAX_SIZE) {
                throw new UsageException(FILE + " '" + Text.clean(local.toString()) + "' has " + Files.size(local)
                        + " bytes; " + GuestFile.MAX_SIZE + " are the most");
            }
            return Files.readAllBytes(local);
        } catch (IOException e) {
            throw unreadable(FILE, local, e);
        }
    }

    static MinionsException unreadable(String option, Path file, IOException e) {
        String name = option + " '" + Text.clean(file.toString()) + "'";
        return e instanceof NoSuchFileException
                ? new MinionsException(ErrorCode.PATH_NOT_FOUND, name + " is not there", e)
                : new MinionsException(ErrorCode.IO_ERROR, name + " cannot be read: " + e, e);
    }
}
