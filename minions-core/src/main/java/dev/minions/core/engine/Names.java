package dev.minions.core.engine;

import dev.minions.VmName;
import java.security.SecureRandom;
import java.util.List;

/** Makes up names that people can read, say and type. */
final class Names {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NUMBERS = 1000;

    private static final List<String> KINDS = List.of(
            "amber", "brave", "calm", "clever", "coral", "eager", "fair", "gentle", "golden", "happy", "honest",
            "jolly", "keen", "kind", "light", "lively", "lucky", "mellow", "merry", "neat", "nimble", "noble",
            "patient", "plain", "proud", "quick", "quiet", "ready", "round", "silver", "sober", "steady", "stout",
            "sunny", "swift", "tidy", "warm", "wise", "witty", "young");

    private static final List<String> THINGS = List.of(
            "acorn", "badger", "beaver", "birch", "brook", "cedar", "cliff", "clover", "crane", "dune", "falcon",
            "fern", "finch", "forest", "fox", "glade", "harbor", "hazel", "heron", "island", "juniper", "lake", "lark",
            "maple", "meadow", "moss", "oak", "otter", "pebble", "pine", "raven", "reef", "river", "robin", "sparrow",
            "stone", "thicket", "valley", "willow", "wren");

    private Names() {}

    /** A name such as {@code quiet-heron-417}, one of 1.6 million. */
    static VmName random() {
        return VmName.of(pick(KINDS) + "-" + pick(THINGS) + "-" + RANDOM.nextInt(NUMBERS));
    }

    private static String pick(List<String> words) {
        return words.get(RANDOM.nextInt(words.size()));
    }
}
