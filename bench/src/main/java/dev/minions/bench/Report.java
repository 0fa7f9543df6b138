package dev.minions.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures as text. */
final class Report {
    private static final List<String> HEADER =
            List.of("NAME", "OURS", "MIN", "MAX", "PEER", "UNIT", "RATIO", "RUNS", "TARGET");
    private static final String NONE = "-";

    private Report() {}

    /** One object, in one line: medians, and {@code null} for a peer or a ratio that is not there. */
    static String json(Figure figure) {
        return String.format(
                Locale.ROOT,
                "{\"name\":\"%s\",\"ours\":%s,\"peer\":%s,\"unit\":\"%s\",\"ratio\":%s,\"runs\":%d}",
                figure.name(),
                number(figure.ours().median()),
                figure.peer().map(peer -> number(peer.median())).orElse("null"),
                figure.unit(),
                figure.ratio().isPresent() ? number(figure.ratio().getAsDouble()) : "null",
                figure.runs());
    }

    private static String number(double value) {
        return Numbers.text(value);
    }

    /** A table of medians. MIN and MAX are of ours. */
    static String table(List<Figure> figures) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        figures.forEach(figure -> rows.add(row(figure)));
        int[] widths = new int[HEADER.size()];
        rows.forEach(row ->
                Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length())));
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining());
    }

    private static List<String> row(Figure figure) {
        return List.of(
                figure.name(),
                Numbers.text(figure.ours().median()),
                Numbers.text(figure.ours().min()),
                Numbers.text(figure.ours().max()),
                figure.peer().map(peer -> Numbers.text(peer.median())).orElse(NONE),
                figure.unit(),
                figure.ratio().isPresent() ? Numbers.text(figure.ratio().getAsDouble()) : NONE,
                Integer.toString(figure.runs()),
                figure.target()
                        .map(target -> target + (target.isMet(figure) ? " met" : " MISSED"))
                        .orElse(NONE));
    }

    /** Numbers to the right, words to the left. */
    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            boolean word = i == 0 || i == HEADER.indexOf("UNIT") || i == HEADER.indexOf("TARGET");
            line.append(String.format(Locale.ROOT, "%" + (word ? "-" : "") + widths[i] + "s  ", row.get(i)));
        }
        return line.toString().stripTrailing() + "\n";
    }
}
