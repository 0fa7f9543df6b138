import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Makes what a guest's root directory gets: the agent with a Java runtime of only the modules it needs, the cache of its
 * loaded classes, a script that starts it, a systemd unit and the list of kernel modules. Run by the build with the JDK
 * that compiles.
 *
 * <p>Arguments: module path, junixsocket's jar of native libraries, directory of the guest's files, work directory,
 * tar file to write, timestamp of everything in it, version.
 */
public final class BuildRuntime {
    private static final String MODULE = "dev.minions.agent";
    private static final String AGENT = MODULE + "/" + MODULE + ".guest.AgentMain";
    private static final String REHEARSAL = MODULE + "/" + MODULE + ".guest.Rehearsal";
    private static final String HOME = "opt/minions-agent";
    private static final int FIRST_WITH_AOT_CACHE = 25;

    private final String modulePath;
    private final Path natives;
    private final Path guestFiles;
    private final Path work;
    private final Path tar;
    private final Instant timestamp;
    private final String version;
    private final Path root;
    private final Path home;

    private BuildRuntime(String[] args) {
        modulePath = args[0];
        natives = Path.of(args[1]);
        guestFiles = Path.of(args[2]);
        work = Path.of(args[3]);
        tar = Path.of(args[4]);
        timestamp = Instant.parse(args[5]);
        version = args[6];
        root = work.resolve("root");
        home = root.resolve(HOME);
    }

    public static void main(String[] args) throws Exception {
        new BuildRuntime(args).build();
    }

    /** Not made again of the same things: the cache differs each time, and every image with it. */
    private void build() throws Exception {
        Path madeOf = work.resolve("made-of");
        String inputs = inputs();
        if (Files.exists(tar) && Files.exists(madeOf) && Files.readString(madeOf).equals(inputs)) {
            return;
        }
        delete(work);
        Files.createDirectories(root.resolve("opt"));
        link();
        copyNativeLibrary();
        copyGuestFiles();
        stamp(); // before the cache is made: the JVM refuses a cache older or newer than its modules
        makeCache();
        stamp();
        pack();
        Files.writeString(madeOf, inputs);
    }

    /** A digest of all that goes in, and of the JDK. */
    private String inputs() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((Runtime.version() + " " + System.getProperty("os.arch") + " " + timestamp + " " + version)
                .getBytes(StandardCharsets.UTF_8));
        List<Path> files = new ArrayList<>(Stream.of(modulePath.split(":")).map(Path::of).toList());
        files.add(natives);
        files.add(guestFiles.resolveSibling("runtime").resolve("BuildRuntime.java"));
        try (Stream<Path> own = Files.walk(guestFiles)) {
            own.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
        for (Path file : files) {
            digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
            digest.update(Files.readAllBytes(file));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void link() throws IOException {
        ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow();
        int code = jlink.run(
                System.out,
                System.err,
                "--module-path", modulePath,
                "--add-modules", MODULE,
                "--output", home.toString(),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--vm", "server");
        if (code != 0) {
            throw new IOException("jlink exited with " + code);
        }
        for (String unused : List.of("bin/keytool", "lib/jexec", "lib/libjsig.so", "lib/security/cacerts")) {
            Files.deleteIfExists(home.resolve(unused));
        }
        Files.move(home.resolve("release"), home.resolve("runtime-release"));
    }

    /** One library, of this machine's kind, under the name that the options have. */
    private void copyNativeLibrary() throws IOException {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String folder = "lib/" + (arch.equals("x86_64") ? "amd64" : arch) + "-Linux-clang/jni/";
        try (ZipFile jar = new ZipFile(natives.toFile())) {
            ZipEntry library = jar.stream()
                    .filter(entry -> entry.getName().startsWith(folder))
                    .filter(entry -> entry.getName().matches(".*/libjunixsocket-native-[\\d.]+\\d\\.so"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no junixsocket library for " + arch + " in " + natives));
            try (InputStream in = jar.getInputStream(library)) {
                Files.copy(in, home.resolve("lib/libjunixsocket.so"));
            }
        }
    }

    private void copyGuestFiles() throws IOException {
        Path units = root.resolve("usr/lib/systemd/system");
        Path wants = units.resolve("sysinit.target.wants");
        Files.createDirectories(wants);
        Files.copy(guestFiles.resolve("minions-agent.service"), units.resolve("minions-agent.service"));
        Files.createSymbolicLink(wants.resolve("minions-agent.service"), Path.of("../minions-agent.service"));
        Path modules = root.resolve("usr/lib/modules-load.d");
        Files.createDirectories(modules);
        Files.copy(guestFiles.resolve("modules.conf"), modules.resolve("minions-agent.conf"));
        Files.copy(guestFiles.resolve("run"), home.resolve("run"));
        Files.setPosixFilePermissions(home.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("VERSION"), version + "\n");
        Files.write(home.resolve("agent.options"), options("/" + HOME, AGENT));
    }

    private List<String> options(String at, String main) throws IOException {
        List<String> options = new ArrayList<>();
        for (String line : Files.readAllLines(guestFiles.resolve("agent.options"))) {
            options.add(line.replace("/" + HOME, at));
        }
        options.add((hasAotCache() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + at + "/lib/agent.cache");
        options.add("-m");
        options.add(main);
        return options;
    }

    private static boolean hasAotCache() {
        return Runtime.version().feature() >= FIRST_WITH_AOT_CACHE;
    }

    private void makeCache() throws Exception {
        Path cache = home.resolve("lib/agent.cache");
        Path guest = work.resolve("rehearsal");
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin/java").toString());
        for (String option : options(home.toAbsolutePath().toString(), REHEARSAL)) {
            if (option.startsWith("-XX:AOTCache=")) {
                command.add("-XX:AOTCacheOutput=" + cache);
            } else if (option.startsWith("-XX:SharedArchiveFile=")) {
                command.add("-XX:ArchiveClassesAtExit=" + cache);
            } else if (!option.startsWith("#") && !option.isBlank()) {
                command.add(option);
            }
        }
        makeGuest(guest);
        command.add(guest.toString());
        run(command);
        if (!Files.isRegularFile(cache)) {
            throw new IOException("no cache was written to " + cache);
        }
    }

    private static void makeGuest(Path guest) throws IOException {
        Map<String, String> files = new TreeMap<>();
        files.put("proc/cmdline", "root=/dev/vda minions.vm=0190a5b0-0000-7000-8000-000000000000");
        files.put("proc/uptime", "1.00 2.00");
        files.put("proc/meminfo", "MemTotal: 1024 kB\nMemAvailable: 512 kB\n");
        files.put("proc/stat", "cpu  1 2 3 4 5 6 7 8 9 10\n");
        files.put("proc/loadavg", "0.10 0.20 0.30 1/100 1000");
        files.put("proc/sys/kernel/hostname", "rehearsal");
        files.put("proc/sys/kernel/random/boot_id", "0190a5b0-0000-7000-8000-000000000001");
        files.put("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        files.put("sys/class/net/eth0/device", "");
        files.put("sys/class/net/eth0/address", "52:54:00:00:00:03");
        files.put("sys/class/net/eth0/statistics/rx_bytes", "1");
        files.put("sys/class/net/eth0/statistics/tx_bytes", "1");
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path target = guest.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
        }
    }

    /** Everything of one age, so that two builds give the same archive as far as the JVM's part of it allows. */
    private void stamp() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(p -> !Files.isSymbolicLink(p)).toList()) {
                Files.setLastModifiedTime(path, FileTime.from(timestamp));
            }
        }
    }

    private void pack() throws Exception {
        Files.deleteIfExists(tar);
        run(List.of(
                "tar", "--create", "--gzip", "--file", tar.toString(), "--directory", root.toString(),
                "--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner",
                "--mtime=" + timestamp, "opt", "usr"));
    }

    /** What it says is worth reading only if it fails: the JVM tells of each class that a cache does without. */
    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.get(0) + " exited with " + process.exitValue() + ":\n" + said);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
