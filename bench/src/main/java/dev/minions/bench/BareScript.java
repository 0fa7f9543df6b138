package dev.minions.bench;

import dev.minions.VmId;
import dev.minions.VmInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The script that boots a machine like one that runs. It takes the arguments of that machine's processes as the kernel
 * shows them, so that the two are alike without a second description of a machine: only the paths and the VM's id are
 * others, and the control channel by which QEMU calls the engine is left out.
 */
final class BareScript {
    /** Written just before the script becomes QEMU. */
    static final String MARK = "executed";

    /** What QEMU reads from its standard input. */
    static final String INPUT = "input";

    /** The socket of the first port to the agent. */
    static final String LANE = "agent0";

    private static final String PASST_SOCKET = "passt.sock";
    private static final String PASST_PID = "passt.pid";
    private static final Pattern PID = Pattern.compile("\\bpid=(\\d+)");
    private static final Pattern CARD = Pattern.compile("^stream,.*addr\\.path=([^,]+)$");
    private static final Pattern LAYER = Pattern.compile("filename=([^,]+/root\\.qcow2)$");
    private static final Pattern RAW = Pattern.compile("filename=([^,]+/root\\.raw)$");
    private static final Pattern BASE = Pattern.compile("node-name=disk0-base-file,.*filename=([^,]+)$");

    private final String text;

    private BareScript(String text) {
        this.text = text;
    }

    /** The script, to be run in a directory of its own. */
    String text() {
        return text;
    }

    /** Reads the arguments of a VM that runs. */
    static BareScript like(VmInfo running) throws IOException, NotPossibleException {
        List<String> qemu = arguments(running.pid().orElseThrow());
        List<String> lines = new ArrayList<>(List.of("set -eu"));
        lines.add(makeDisk(running, qemu));
        Optional<String> card = qemu.stream()
                .map(CARD::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst();
        if (card.isPresent()) {
            lines.add(words(passt(passtOf(running))));
        }
        lines.add(": >" + MARK);
        lines.add("exec " + words(machine(running, qemu, card)) + " <" + INPUT + " 4>>console.log");
        return new BareScript(String.join("\n", lines) + "\n");
    }

    /** The arguments of a process. */
    static List<String> arguments(long pid) throws IOException {
        byte[] line = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
        return List.of(new String(line, StandardCharsets.UTF_8).split("\0"));
    }

    /** A disk of the same kind, from the same image. */
    private static String makeDisk(VmInfo running, List<String> qemu) throws IOException {
        String size = Long.toString(running.disk().bytes());
        if (find(LAYER, qemu).isPresent()) {
            String base = find(BASE, qemu).orElseThrow();
            return words(
                    List.of("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base, "root.qcow2", size));
        }
        String disk =
                find(RAW, qemu).orElseThrow(() -> new IOException("no disk is known in: " + String.join(" ", qemu)));
        return words(List.of("cp", "--reflink=auto", "--sparse=always", disk, "root.raw"));
    }

    private static Optional<String> find(Pattern pattern, List<String> words) {
        return words.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    /** The arguments of the VM's passt, whose id its launcher wrote down. */
    private static List<String> passtOf(VmInfo running) throws IOException, NotPossibleException {
        Path identity = BareMachine.path(running, "directory").resolve("net/identity");
        Matcher pid = PID.matcher(Files.readString(identity));
        List<String> arguments = pid.find() ? arguments(Long.parseLong(pid.group(1))) : List.of("");
        if (!arguments.getFirst().endsWith("passt")) {
            throw new NotPossibleException(
                    "passt works in a namespace of its own here, which a bare script has not;" + " run this as root");
        }
        return arguments;
    }

    /** Not in the foreground: it then returns when its socket is there. */
    private static List<String> passt(List<String> arguments) {
        List<String> changed = new ArrayList<>(arguments);
        changed.remove("-f");
        changed.set(changed.indexOf("-s") + 1, PASST_SOCKET);
        changed.set(changed.indexOf("-P") + 1, PASST_PID);
        return changed;
    }

    private static List<String> machine(VmInfo running, List<String> qemu, Optional<String> card) throws IOException {
        String records = BareMachine.path(running, "directory").toString();
        String id = VmId.random().toString();
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < qemu.size(); i++) {
            String word = qemu.get(i);
            boolean callsTheEngine = i + 1 < qemu.size()
                    && (qemu.get(i + 1).startsWith("socket,id=up,")
                            || qemu.get(i + 1).startsWith("chardev=up,"));
            if (callsTheEngine) {
                i++;
            } else {
                String own =
                        card.map(socket -> word.replace(socket, PASST_SOCKET)).orElse(word);
                changed.add(own.replace(records + "/", "").replace(running.id().toString(), id));
            }
        }
        return changed;
    }

    private static String words(List<String> words) {
        return words.stream().map(BareScript::quoted).collect(Collectors.joining(" "));
    }

    static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Ends the passt of a directory if no machine ever used it; by itself it ends with its machine. */
    static void endPasst(Path directory) throws IOException {
        Path file = directory.resolve(PASST_PID);
        if (!Files.exists(file)) {
            return;
        }
        long pid = Long.parseLong(Files.readString(file).strip());
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isPresent() && isPasst(pid)) {
            process.get().destroyForcibly();
        }
    }

    private static boolean isPasst(long pid) {
        try (Stream<String> words = arguments(pid).stream()) {
            return words.anyMatch(PASST_PID::equals);
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
