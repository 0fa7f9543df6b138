package dev.minions.e2e.lab;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.ImageBuild;
import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.VmSpec;
import dev.minions.core.LocalMinions;
import dev.minions.core.NoNetwork;
import dev.minions.e2e.suite.Suite;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.hypervisor.qemu.Qemu;
import dev.minions.spi.process.HostProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A lab on this machine: makes hosts, each a VM of Minions in software emulation, whose emulated CPU has AMD's
 * virtualization, so that it has a KVM of its own. Images and the Java runtime stay from lab to lab; the rest goes when
 * the lab is closed, or with this process.
 *
 * <p>It makes one host today. What hosts share is the lab's, the images and the disk with what they take in; what each
 * has for itself is the {@link Host}'s. Several hosts on one bridge need the lab opened on another network than none.
 */
final class Lab implements AutoCloseable {
    private static final ByteSize HOST_MEMORY = ByteSize.gib(6);
    private static final int HOST_CPUS = 2;
    private static final ByteSize HOST_IMAGE_SIZE = ByteSize.gib(4);
    private static final ByteSize GUEST_IMAGE_SIZE = ByteSize.gib(1);
    private static final ByteSize HOST_DISK = ByteSize.gib(16);
    private static final ByteSize SPARE_DISK = ByteSize.gib(8);
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(5);

    /** What a host of Minions has installed, beside what every image has. */
    private static final String[] HOST_PACKAGES = {
        "arch-test",
        "e2fsprogs",
        "lvm2",
        "mmdebstrap",
        "nftables",
        "openssh-client",
        "passt",
        "procps",
        "qemu-system-x86",
        "qemu-utils",
        "thin-provisioning-tools",
        "uidmap",
    };

    private final Path work;
    private final PrintStream out;
    private final Minions minions;
    private final Path payload;

    private Lab(Path work, PrintStream out, Minions minions, Path payload) {
        this.work = work;
        this.out = out;
        this.minions = minions;
        this.payload = payload;
    }

    /**
     * Opens a lab.
     *
     * @param home what may stay
     * @param product what its hosts take in
     * @param out where it says what it does
     */
    static Lab open(Path home, Product product, PrintStream out) {
        Minions minions = LocalMinions.builder()
                .dataDirectory(home.resolve("data"))
                .hypervisor(Qemu.onPath().emulated())
                .network(NoNetwork.factory())
                .agentRuntime(product.agentRuntime())
                .build();
        boolean opened = false;
        try {
            minions.images().build(hostImage(), new Steps("host image", out));
            ImageInfo guest = minions.images().build(guestImage(), new Steps("guest image", out));
            Path work = WorkDirectory.make(home);
            out.println("e2e: taking the product in");
            Path payload = gather(new Payload(work.resolve("payload")), JavaRuntime.in(home, work), product, guest)
                    .disk(work.resolve("payload.disk"));
            opened = true;
            return new Lab(work, out, minions, payload);
        } catch (IOException e) {
            throw failure("open the lab in '" + home + "'", e);
        } finally {
            if (!opened) {
                minions.close();
            }
        }
    }

    private static ImageBuild hostImage() {
        return ImageBuild.of("debian")
                .named("lab-host")
                .including(HOST_PACKAGES)
                .sized(HOST_IMAGE_SIZE);
    }

    /** Small, as every byte of it is hashed when a host takes it in as an image, at the speed of an emulated CPU. */
    private static ImageBuild guestImage() {
        return ImageBuild.of("debian").named("lab-guest").sized(GUEST_IMAGE_SIZE);
    }

    private static Payload gather(Payload payload, Path java, Product product, ImageInfo guest) throws IOException {
        payload.add("java", java);
        for (String part : new String[] {"bin", "lib", "agent"}) {
            payload.add("product/" + part, product.distribution().resolve(part));
        }
        payload.add("lib", product.libraries()).add("lib/minions-e2e.jar", product.suites());
        payload.add("guest/disk", guest.disk()).addText("guest/arguments", guest.kernelArguments());
        payload.add("guest/kernel", guest.kernel().orElseThrow());
        payload.add("guest/initrd", guest.initrd().orElseThrow());
        for (String script : new String[] {"prepare.sh", "guest-init"}) {
            payload.addText("suite/" + script, script(script));
        }
        HostProgram found = HostProgram.find("cloud-hypervisor").orElse(null);
        return found == null ? payload : payload.add("bin/cloud-hypervisor", Path.of(found.toString()));
    }

    private static String script(String name) throws IOException {
        try (InputStream in = Suite.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its part " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Boots a host, which ends when it is closed, or with this process. */
    Host start() {
        out.println("e2e: booting a host");
        long began = System.nanoTime();
        try {
            Path spare = Files.createTempFile(work, "spare", ".disk");
            try (RandomAccessFile file = new RandomAccessFile(spare.toFile(), "rw")) {
                file.setLength(SPARE_DISK.bytes());
            }
            VmSpec spec = VmSpec.builder(ImageRef.of("lab-host"))
                    .cpus(HOST_CPUS)
                    .memory(HOST_MEMORY)
                    .disk(HOST_DISK)
                    .attach(AttachedDisk.readOnly(payload))
                    .attach(AttachedDisk.readWrite(spare))
                    .build();
            Host host = new Host(minions.launch(spec, CreateOptions.defaults().bootTimeout(BOOT_LIMIT)), out);
            out.println("e2e: the host answers after "
                    + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s");
            return host;
        } catch (IOException e) {
            throw failure("make a disk in '" + work + "'", e);
        }
    }

    private static MinionsException failure(String doing, IOException e) {
        return new MinionsException(ErrorCode.IO_ERROR, doing + ": " + e, e);
    }

    @Override
    public void close() {
        minions.close();
        WorkDirectory.remove(work);
    }

    /** Says each step of a long work when it begins. */
    private static final class Steps implements ProgressListener {
        private final String what;
        private final PrintStream out;
        private String last = "";

        Steps(String what, PrintStream out) {
            this.what = what;
            this.out = out;
        }

        @Override
        public void onProgress(Progress progress) {
            if (!progress.step().equals(last)) {
                last = progress.step();
                out.println("e2e: " + what + ": " + last);
            }
        }
    }
}
