package dev.minions.testkit.cloudhypervisor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which requests go wrong. */
final class FaultPlan {
    private record Entry(String endpoint, ApiFault fault) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Integer> calls = new HashMap<>();

    void add(String endpoint, ApiFault fault) {
        entries.add(new Entry(endpoint, fault));
    }

    static FaultPlan parse(String text) {
        var plan = new FaultPlan();
        for (String entry : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            String[] words = entry.split(" ", -1);
            plan.add(
                    words[0],
                    new ApiFault(
                            ApiFault.Deed.valueOf(words[1]),
                            ApiFault.Moment.valueOf(words[2]),
                            Integer.parseInt(words[3]),
                            Integer.parseInt(words[4])));
        }
        return plan;
    }

    /** What {@link #parse} reads. */
    String text() {
        var text = new ArrayList<String>();
        for (Entry entry : entries) {
            ApiFault fault = entry.fault;
            text.add(entry.endpoint + " " + fault.deed() + " " + fault.moment() + " " + fault.number() + " "
                    + fault.call());
        }
        return String.join(";", text);
    }

    /** The fault of the next request of that kind. */
    Optional<ApiFault> next(String endpoint) {
        int call = calls.merge(endpoint, 1, Integer::sum);
        return entries.stream()
                .filter(entry -> entry.endpoint.equals(endpoint))
                .map(Entry::fault)
                .filter(fault -> fault.call() == 0 || fault.call() == call)
                .findFirst();
    }
}
