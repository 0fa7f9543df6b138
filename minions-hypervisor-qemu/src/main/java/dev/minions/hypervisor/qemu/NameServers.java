package dev.minions.hypervisor.qemu;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The name servers for guests whose packets leave from this host's addresses. */
final class NameServers {
    private static final List<String> PUBLIC = List.of("1.1.1.1", "8.8.8.8");
    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final Pattern LINE = Pattern.compile("nameserver\\s+(\\d{1,3}(?:\\.\\d{1,3}){3})\\s*");

    private NameServers() {}

    /** Those this host uses itself, where the way there is not one that is closed to guests; or public ones. */
    static List<String> ofThisHost() {
        return usable(Path.of("/etc/resolv.conf"));
    }

    static List<String> usable(Path resolvConf) {
        try {
            List<String> usable = Files.readAllLines(resolvConf).stream()
                    .map(LINE::matcher)
                    .filter(matcher -> matcher.matches())
                    .map(matcher -> matcher.group(1))
                    .filter(NameServers::isElsewhere)
                    .toList();
            return usable.isEmpty() ? PUBLIC : usable;
        } catch (IOException e) {
            return PUBLIC;
        }
    }

    /** Checks that it is an IPv4 address and no name. */
    static String requireLiteral(String text) {
        if (!LITERAL.matcher(text).matches()) {
            throw new IllegalArgumentException("a name server must be an IPv4 address, got '" + text + "'");
        }
        return text;
    }

    private static boolean isElsewhere(String literal) {
        try {
            InetAddress address = InetAddress.getByName(literal); // a literal: nothing is looked up
            return !address.isLoopbackAddress()
                    && !address.isLinkLocalAddress()
                    && !address.isAnyLocalAddress()
                    && NetworkInterface.getByInetAddress(address) == null;
        } catch (IOException e) {
            return false;
        }
    }
}
