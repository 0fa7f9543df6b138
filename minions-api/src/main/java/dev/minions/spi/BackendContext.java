package dev.minions.spi;

import java.nio.file.Path;

/**
 * Whom a backend works for.
 *
 * @param installation the id of the data directory on this machine, 12 hexadecimal digits; what is made on the host and
 *     holds no data is marked with it, and only what bears the mark is removed
 * @param dataDirectory where everything lasting is kept
 * @param socketDirectory where sockets are made: a short path on a local file system, gone after a reboot
 */
public record BackendContext(String installation, Path dataDirectory, Path socketDirectory) {}
