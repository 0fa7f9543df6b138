package dev.minions.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All commands. One is loaded when it is asked for: most runs need one. */
final class Commands {
    /** In the order of the help. */
    static final List<String> NAMES = List.of(
            "create",
            "run",
            "list",
            "info",
            "exec",
            "status",
            "logs",
            "start",
            "stop",
            "destroy",
            "cp",
            "rename",
            "resize",
            "snapshot",
            "disk",
            "image",
            "init",
            "doctor",
            "recover",
            "adopt",
            "version",
            "completion",
            "help");

    /**
     * Commands that only lead to others.
     *
     * @param summary what those do
     * @param names their names below this one
     */
    record Group(String summary, List<String> names) {
        Group {
            names = List.copyOf(names);
        }
    }

    private static final Map<String, Group> GROUPS = Map.of(
            "image",
                    new Group(
                            "Build, import, list and remove images",
                            List.of("build", "list", "inspect", "remove", "import")),
            "snapshot",
                    new Group(
                            "Keep what the disks of VMs hold, and bring it back",
                            List.of("create", "list", "restore", "delete")),
            "disk", new Group("Give VMs disks of the host, and take them away", List.of("attach", "detach", "list")));

    static final String SUMMARY = "Micro-VMs on this host";

    private Commands() {}

    /** The command of that name; null if there is none, or if it only leads to others. */
    static @Nullable Verb find(String name) {
        return switch (name) {
            case "create" -> new CreateCommand();
            case "run" -> new RunCommand();
            case "list" -> new ListCommand();
            case "info" -> new InfoCommand();
            case "exec" -> new ExecCommand();
            case "status" -> new StatusCommand();
            case "logs" -> new LogsCommand();
            case "start" -> new StartCommand();
            case "stop" -> new StopCommand();
            case "destroy" -> new DestroyCommand();
            case "cp" -> new CopyCommand();
            case "rename" -> new RenameCommand();
            case "resize" -> new ResizeCommand();
            case "snapshot create" -> new SnapshotCreateCommand();
            case "snapshot list" -> new SnapshotListCommand();
            case "snapshot restore" -> new SnapshotRestoreCommand();
            case "snapshot delete" -> new SnapshotDeleteCommand();
            case "disk attach" -> new DiskAttachCommand();
            case "disk detach" -> new DiskDetachCommand();
            case "disk list" -> new DiskListCommand();
            case "image build" -> new ImageBuildCommand();
            case "image list" -> new ImageListCommand();
            case "image inspect" -> new ImageInspectCommand();
            case "image remove" -> new ImageRemoveCommand();
            case "image import" -> new ImageImportCommand();
            case "init" -> new InitCommand();
            case "doctor" -> new DoctorCommand();
            case "recover" -> new RecoverCommand();
            case "adopt" -> new AdoptCommand();
            case "version" -> new VersionCommand();
            case "completion" -> new CompletionCommand();
            case "help" -> new HelpCommand();
            default -> null;
        };
    }

    /** The group of that name; null if there is none. */
    static @Nullable Group group(String name) {
        return GROUPS.get(name);
    }

    /** The names of all commands that do something, {@code image build} and so on among them. */
    static List<String> leaves() {
        List<String> leaves = new ArrayList<>();
        for (String name : NAMES) {
            Group group = GROUPS.get(name);
            if (group == null) {
                leaves.add(name);
            } else {
                group.names().forEach(below -> leaves.add(name + " " + below));
            }
        }
        return leaves;
    }

    /**
     * What a command line asks for.
     *
     * @param name the command's name, or as much of it as there is: empty, or {@code image}
     * @param verb the command; empty if the name is not that of one
     * @param words what is left when the name is taken out
     */
    record Asked(String name, Optional<Verb> verb, List<String> words) {}

    /**
     * Finds the command in a command line: its first word, or its first two, that are neither an option nor an
     * option's value.
     *
     * @throws UsageException if that is no command, or an option before it is not one of those all commands have
     */
    static Asked in(List<String> words) {
        List<String> rest = new ArrayList<>(words);
        String name = "";
        int i = 0;
        while (i < rest.size()) {
            String word = rest.get(i);
            if (word.startsWith("-")) {
                i += lengthOfGlobal(word, name);
                continue;
            }
            rest.remove(i);
            name = name.isEmpty() ? word : name + " " + word;
            Verb verb = find(name);
            if (verb != null) {
                return new Asked(name, Optional.of(verb), rest);
            }
            if (!GROUPS.containsKey(name)) {
                throw new UsageException(
                        "there is no command '" + Text.clean(name) + "'" + nearest(name) + "; see 'minions --help'");
            }
        }
        return new Asked(name, Optional.empty(), rest);
    }

    private static int lengthOfGlobal(String word, String name) {
        int equals = word.indexOf('=');
        String option = equals < 0 ? word : word.substring(0, equals);
        Option global = GlobalOptions.find(option);
        if (global == null && !GlobalOptions.isClusterOfFlags(word)) {
            String help = name.isEmpty() ? "minions --help" : "minions " + name + " --help";
            throw new UsageException(
                    "unknown option '" + Text.clean(option) + "' before the command; see '" + help + "'");
        }
        return global == null || global.isFlag() || equals >= 0 ? 1 : 2;
    }

    private static String nearest(String name) {
        for (String leaf : leaves()) {
            if (distance(leaf, name) <= 2) {
                return ", perhaps '" + leaf + "' was meant";
            }
        }
        return "";
    }

    /** How many characters must be added, dropped or changed to make one of the other. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
