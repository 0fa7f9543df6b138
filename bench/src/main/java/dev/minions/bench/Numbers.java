package dev.minions.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as people read them. */
final class Numbers {
    private static final int DIGITS = 3;

    private Numbers() {}

    /** With three digits, or with all before the point: 0.00123, 1.5, 1500. */
    static String text(double value) {
        BigDecimal exact = BigDecimal.valueOf(value);
        BigDecimal rounded = exact.round(new MathContext(DIGITS, RoundingMode.HALF_UP));
        if (rounded.scale() < 0 || exact.abs().compareTo(BigDecimal.valueOf(1000)) >= 0) {
            rounded = exact.setScale(0, RoundingMode.HALF_UP);
        }
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
