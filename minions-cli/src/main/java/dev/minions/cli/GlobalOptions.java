package dev.minions.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options that every command has, before or after its name. */
final class GlobalOptions {
    static final String DATA_DIR = "--data-dir";
    static final String PROJECT = "--project";
    static final String JSON = "--json";
    static final String VERBOSE = "--verbose";
    static final String QUIET = "--quiet";
    static final String HYPERVISOR = "--hypervisor";
    static final String VOLUMES = "--volumes";
    static final String NETWORK = "--network";
    static final String ALLOW_HOST_ACCESS = "--allow-host-access";
    static final String WAIT = "--wait";
    static final String HELP = "--help";
    static final String VERSION = "--version";

    static final List<Option> ALL = List.of(
            Option.value("DIR", "Where VMs and images are kept (MINIONS_DATA_DIR)", DATA_DIR),
            Option.value(
                    "NAME", "The project that VM names belong to; 'default' if not given (MINIONS_PROJECT)", PROJECT),
            Option.flag("Print JSON, failures too, and nothing else on standard output", JSON),
            Option.flag("Log what is done; twice for more", VERBOSE, "-v").repeated(),
            Option.flag("Show no progress and print names only", QUIET, "-q"),
            Option.value("ID", "The hypervisor to use (MINIONS_HYPERVISOR)", HYPERVISOR),
            Option.value("ID", "What keeps the disks (MINIONS_VOLUMES)", VOLUMES),
            Option.value("ID", "The network to use (MINIONS_NETWORK)", NETWORK),
            Option.flag(
                    "Use the user-mode network also where guests could reach the host through it"
                            + " (MINIONS_ALLOW_HOST_ACCESS)",
                    ALLOW_HOST_ACCESS),
            Option.value(
                    "TIME",
                    "How long to wait while something else changes the VM; 60s if not given (MINIONS_WAIT)",
                    WAIT),
            Option.flag("Show this help", HELP, "-h"),
            Option.flag("Show the version", VERSION, "-V"));

    private GlobalOptions() {}

    /** The option that is written so; null if it is none of these. */
    static @Nullable Option find(String written) {
        for (Option option : ALL) {
            if (option.names().contains(written)) {
                return option;
            }
        }
        return null;
    }

    /** Whether it is several flags in one word, such as {@code -vq}. */
    static boolean isClusterOfFlags(String word) {
        return word.length() > 2
                && word.charAt(1) != '-'
                && word.substring(1).chars().allMatch(letter -> find("-" + (char) letter) != null);
    }
}
