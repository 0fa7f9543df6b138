package dev.minions.testkit.cloudhypervisor;

import java.util.List;

/** A request that is refused: a status, and messages from the outermost to the root cause. */
final class ApiError extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient List<String> messages;

    ApiError(int status, List<String> messages) {
        super(status + " " + messages);
        this.status = status;
        this.messages = messages;
    }

    static ApiError badRequest(String... messages) {
        return new ApiError(400, List.of(messages));
    }

    /** What a handler of the VMM says, which every failure of its begins with. */
    static ApiError internal(String... messages) {
        return handler(500, messages);
    }

    static ApiError handler(int status, String... messages) {
        var all = new java.util.ArrayList<String>();
        all.add("Error from API");
        all.addAll(List.of(messages));
        return new ApiError(status, all);
    }

    int status() {
        return status;
    }

    String body() {
        return messages.isEmpty() ? "" : Json.print(messages);
    }
}
