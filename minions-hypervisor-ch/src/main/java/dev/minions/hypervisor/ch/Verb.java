package dev.minions.hypervisor.ch;

import java.time.Duration;

/** A request to a VMM, and how long it may take. The VMM serves one after the other, so that a slow one delays all. */
enum Verb {
    PING("GET", "vmm.ping", 5),
    INFO("GET", "vm.info", 5),
    CREATE("PUT", "vm.create", 10),
    BOOT("PUT", "vm.boot", 60),
    DELETE("PUT", "vm.delete", 10),
    SHUT_DOWN("PUT", "vm.shutdown", 10),
    SHUT_DOWN_VMM("PUT", "vmm.shutdown", 10),
    POWER_BUTTON("PUT", "vm.power-button", 2),
    PAUSE("PUT", "vm.pause", 10),
    RESUME("PUT", "vm.resume", 10),
    RESIZE("PUT", "vm.resize", 10),
    RESIZE_DISK("PUT", "vm.resize-disk", 10),
    ADD_DISK("PUT", "vm.add-disk", 10),
    ADD_NET("PUT", "vm.add-net", 10),
    REMOVE_DEVICE("PUT", "vm.remove-device", 10),
    /** Writes, or reads, all of the memory. */
    SNAPSHOT("PUT", "vm.snapshot", 900),
    RESTORE("PUT", "vm.restore", 900);

    private final String method;
    private final String endpoint;
    private final int seconds;

    Verb(String method, String endpoint, int seconds) {
        this.method = method;
        this.endpoint = endpoint;
        this.seconds = seconds;
    }

    String method() {
        return method;
    }

    String endpoint() {
        return endpoint;
    }

    Duration limit() {
        return Duration.ofSeconds(seconds);
    }
}
