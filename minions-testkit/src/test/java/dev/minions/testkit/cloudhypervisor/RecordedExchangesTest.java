package dev.minions.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.testkit.Await;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays what was recorded of a true v53.0 against the fake, and compares status, headers, body and events. What needs a
 * true guest (its words, its times, its memory) is left out, and what is counted here makes sure that no more is.
 */
class RecordedExchangesTest {
    /** Compared by their status alone: what they count has no counterpart. */
    private static final Set<String> BODY_IS_THE_GUESTS = Set.of("counters");

    private static final String SLOW = " guest.boot-millis=400";

    private final Map<String, FakeRun> runs = new LinkedHashMap<>();
    private final List<String> differences = new ArrayList<>();
    private int compared;
    private int events;
    private String current = "";
    private Path program = Path.of("/");

    @TempDir
    Path directory;

    @AfterEach
    void endAll() {
        runs.values().forEach(FakeRun::close);
    }

    @Test
    void theFakeAnswersAsTheTrueProgramDid() throws Exception {
        prepare();
        for (String line : lines()) {
            replay(Json.table(Json.of(line)));
        }

        assertThat(differences).isEmpty();
        assertThat(compared).as("requests that were compared").isEqualTo(72);
        assertThat(events).as("lists of events that were compared").isEqualTo(4);
    }

    private void prepare() throws IOException {
        program = FakeCloudHypervisor.of(Release.V53)
                .calling("v53.0-dirty")
                .withLandlock(2)
                .lenient()
                .installIn(directory);
        Files.createDirectories(directory.resolve("img"));
        Files.createDirectories(directory.resolve("vm"));
        for (String file : List.of("img/kernel", "img/initrd", "vm/b.ext4", "vm/t.ext4", "vm/g.ext4", "vm/data.raw")) {
            Files.writeString(directory.resolve(file), "");
        }
    }

    private static List<String> lines() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(RecordedExchangesTest.class.getResourceAsStream("v53-exchanges.jsonl"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private void replay(Map<String, Object> step) throws Exception {
        String name = Json.field(step, "step").toString();
        if (name.endsWith(": spawn to socket file")) {
            spawn(name.replace("(second run) ", "2").replaceFirst(":.*", ""));
        } else if (step.containsKey("method")) {
            compare(name, step);
        } else if (step.containsKey("ready_s")) {
            awaitAgent(step);
        } else if (step.containsKey("exit")) {
            end(name, step);
        } else if (name.startsWith("connection 1")) {
            compareTooMany(name, step);
        } else if (Set.of("guest reboots itself answer", "guest panics answer").contains(name)) {
            return; // the guest of the recording has a shell
        } else if (step.containsKey("events")) {
            compareEvents(name, step);
        } else if (name.equals("snapshot again into the same directory")) {
            return;
        }
    }

    private void spawn(String name) throws IOException {
        if (!name.equals("lock")) {
            current = name;
        }
        if (name.equals("r") || name.equals("r2") || name.equals("r3") || name.equals("s")) {
            runs.values().forEach(FakeRun::close);
        }
        if (!name.equals("s")) {
            Files.deleteIfExists(directory.resolve("vm/b.serial"));
            Files.deleteIfExists(directory.resolve("vm/b.vsock"));
        }
        runs.put(name, new FakeRun(program, directory.resolve("vm"), name));
    }

    private FakeRun run(String step) {
        return Objects.requireNonNull(runs.get(step.startsWith("second VMM") ? "lock" : current));
    }

    private void compare(String name, Map<String, Object> step) throws IOException {
        if (name.equals("snapshot")) {
            Files.createDirectories(directory.resolve("vm/snap"));
        }
        FakeClient.Answer answer = run(name)
                .call(
                        Json.field(step, "method").toString(),
                        Json.field(step, "path").toString(),
                        request(step));
        compared++;
        compareText(name + ": status", Json.field(step, "status").toString().strip(), answer.status());
        for (Object header : Json.list(Json.field(step, "headers"))) {
            if (!header.toString().startsWith("Content-Length: ")
                    && !answer.headers().contains(header + "\n")) {
                differences.add(name + ": header " + header + " is not in " + answer.headers());
            }
        }
        if (!BODY_IS_THE_GUESTS.contains(name)) {
            compareBody(name, Json.field(step, "body").toString(), answer.body());
        }
    }

    private String request(Map<String, Object> step) {
        Object request = step.getOrDefault("request", "");
        if (request.equals("(60,008 bytes)")) {
            return "x".repeat(60_008);
        }
        // Spaced as the recorded client spaced it, since complaints name the column.
        return request instanceof String text
                ? text
                : here(Json.print(request).replace("\":", "\": ").replace(",\"", ", \""));
    }

    private String here(String recorded) {
        return recorded.replace("\"/vm", "\"" + directory + "/vm")
                .replace("file:///vm", "file://" + directory + "/vm")
                .replace("\"/img", "\"" + directory + "/img")
                .replaceAll("(root=/dev/vda rw( quiet)?)", "$1" + SLOW);
    }

    private void compareBody(String name, String recorded, String body) {
        String said = body.replace(directory.toString(), "").replace(SLOW, "");
        if (!recorded.startsWith("{\"")) {
            compareText(name + ": body", recorded, said);
            return;
        }
        // The tree of devices is cut off in the recording; the other is the MAC of the host's TAP.
        String whole = recorded.replaceFirst(",\"device_tree\":.*", "}").replaceAll("\"host_mac\":\"[^\"]*\",", "");
        Map<String, Object> wanted = Json.table(Json.of(whole));
        Map<String, Object> got = Json.table(Json.of(said));
        wanted.remove("pid");
        got.remove("pid");
        if (!wanted.equals(got)) {
            differences.add(name + ":\n  recorded " + Json.print(wanted) + "\n  answered " + Json.print(got));
        }
    }

    private void compareText(String what, String recorded, String said) {
        if (!recorded.equals(said)) {
            differences.add(what + ":\n  recorded " + recorded + "\n  answered " + said);
        }
    }

    /** The tenth connection is served, the next are not. */
    private void compareTooMany(String name, Map<String, Object> step) throws IOException {
        int number = Integer.parseInt(name.replaceAll("\\D", ""));
        List<FakeClient> held = new ArrayList<>();
        Await.until(
                "earlier connections are closed", FakeRun.LIMIT, () -> run(name).connections() == 0);
        try {
            for (int i = 1; i < number; i++) {
                held.add(new FakeClient(run(name).socket()));
            }
            try (var last = new FakeClient(run(name).socket())) {
                FakeClient.Answer answer = number > 10 ? last.answer() : last.call("GET", "vmm.ping", "");
                String recorded = Json.field(step, "answer").toString();
                compareText(name, recorded.lines().findFirst().orElseThrow().strip(), answer.status());
                if (number > 10) {
                    compareText(name, recorded.substring(recorded.indexOf('{')), answer.body());
                }
            }
        } finally {
            for (FakeClient client : held) {
                client.close();
            }
        }
        Await.until("the connections are closed", FakeRun.LIMIT, () -> run(name).connections() == 0);
    }

    private void awaitAgent(Map<String, Object> step) {
        if (Json.field(step, "ready_s") == Json.Null.NULL) {
            return; // for lack of an image_type; that has a test of its own
        }
        Path vsock = directory.resolve("vm/" + (current.equals("g") ? "g" : "b") + ".vsock");
        Await.until("the agent answers", FakeRun.LIMIT, () -> answers(vsock));
    }

    private static boolean answers(Path vsock) {
        try {
            return FakeRun.connect(vsock, 1024).startsWith("OK ");
        } catch (IOException e) {
            return false;
        }
    }

    private void end(String name, Map<String, Object> step) {
        FakeRun run = run(name);
        if (name.startsWith("SIGTERM")) {
            run.process().destroy();
        } else if (name.startsWith("SIGKILL")) {
            run.process().destroyForcibly();
        }
        long recorded = (Long) Json.field(step, "exit");
        assertThat(run.awaitExit()).as(name).isEqualTo(recorded < 0 ? 128 - (int) recorded : (int) recorded);
        assertThat(Files.exists(run.socket()))
                .as("the API socket after " + name)
                .isEqualTo(recorded < 0);
        assertThat(run.file(".sock.lock")).exists();
    }

    /** Their order and what they are about; that of devices among each other is the guest's affair. */
    private void compareEvents(String name, Map<String, Object> step) {
        List<String> recorded = new ArrayList<>();
        for (Object event : Json.list(Json.field(step, "events"))) {
            recorded.add(FakeRun.name(Json.table(event)));
        }
        if (!name.startsWith("events of a VMM")
                && !name.equals("events after boot")
                && !name.equals("all events of this life")
                && !name.equals("events of the restored VM")) {
            return;
        }
        events++;
        List<String> said = run(name).events();
        if (!plain(recorded).equals(plain(said))) {
            differences.add(name + ":\n  recorded " + plain(recorded) + "\n  reported " + plain(said));
        }
    }

    private static List<String> plain(List<String> events) {
        return events.stream()
                .filter(event -> !event.startsWith("virtio-device"))
                .toList();
    }
}
