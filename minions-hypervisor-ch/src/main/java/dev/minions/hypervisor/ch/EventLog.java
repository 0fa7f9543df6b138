package dev.minions.hypervisor.ch;

import dev.minions.spi.process.RotatedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a VMM left in its log: its events, each a JSON object over several lines, and between them what it wrote for
 * people. Events can be lost; they are hints, and the process and its answers are the truth.
 */
final class EventLog {
    /**
     * Something that happened.
     *
     * @param source {@code vmm}, {@code vm}, {@code guest} or {@code virtio-device}
     * @param name what
     * @param subject the id of the device, or what kind of panic; empty if there is none
     */
    record Event(String source, String name, String subject) {
        private static final String DEVICE = "virtio-device";

        boolean is(String aSource, String aName) {
            return source.equals(aSource) && name.equals(aName);
        }

        boolean isAbout(String aSubject) {
            return subject.equals(aSubject);
        }

        boolean isOfDevice() {
            return source.equals(DEVICE);
        }
    }

    private static final int LAST_LINES = 8;
    private static final Pattern PREFIX = Pattern.compile("^cloud-hypervisor: +[0-9.]+s: <[^>]*> ");

    private final List<Event> events = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    private EventLog(String text) {
        StringBuilder object = null;
        for (String line : text.lines().toList()) {
            if (line.equals("{")) {
                object = new StringBuilder();
            }
            if (object == null) {
                addLine(line);
                continue;
            }
            object.append(line).append('\n');
            if (line.equals("}")) {
                event(object.toString()).ifPresent(events::add);
                object = null;
            }
        }
    }

    static EventLog of(RotatedLog log) {
        return new EventLog(log.text());
    }

    static EventLog of(String text) {
        return new EventLog(text);
    }

    private void addLine(String line) {
        if (!line.isBlank()) {
            lines.add(PREFIX.matcher(line).replaceFirst("").strip());
        }
    }

    /** Empty for half an event, as at the beginning of a log that was cut. */
    private static Optional<Event> event(String text) {
        try {
            JsonNode node = Answer.Json.read(text);
            JsonNode properties = node.path("properties");
            return Optional.of(new Event(
                    node.path("source").asString(""),
                    node.path("event").asString(""),
                    properties.path("id").asString(properties.path("event").asString(""))));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** In order. */
    List<Event> events() {
        return events;
    }

    /** The last of what it wrote for people. */
    List<String> tail() {
        return List.copyOf(lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** Whether the guest's kernel panicked and has not been started anew since; one that saves its memory goes on. */
    boolean isPanicked() {
        return sinceBoot().stream().anyMatch(event -> event.is("guest", "panic") && event.isAbout("panic"));
    }

    /** Whether the guest's driver has the device now. */
    boolean isActive(String device) {
        return sinceBoot().stream()
                .filter(event -> event.isOfDevice() && event.isAbout(device))
                .reduce((first, second) -> second)
                .filter(event -> event.name().equals("activated"))
                .isPresent();
    }

    /** How often a device has gone. */
    long removals(String device) {
        return events.stream()
                .filter(event -> event.is("vm", "device-removed") && event.isAbout(device))
                .count();
    }

    /**
     * Whether the VM was shut down by its guest. A VMM that is told to end reports the same, but for this: a guest that
     * powers itself off puts its devices away first. One that never took any has none to put away, so what a stranger
     * ended that early passes for it too; what we end is written down before.
     */
    boolean isPoweredOff() {
        List<Event> last = sinceBoot();
        boolean shutDown = last.stream().anyMatch(event -> event.is("vm", "shutdown"));
        return shutDown
                && last.stream()
                        .filter(Event::isOfDevice)
                        .reduce((first, second) -> second)
                        .map(event -> event.name().equals("reset"))
                        .orElse(true);
    }

    private List<Event> sinceBoot() {
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i).is("vm", "rebooted") || events.get(i).is("vm", "booting")) {
                return events.subList(i, events.size());
            }
        }
        return events;
    }
}
