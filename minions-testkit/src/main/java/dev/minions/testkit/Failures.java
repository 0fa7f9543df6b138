package dev.minions.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;

/** Assertions on the world's failures. */
final class Failures {
    private Failures() {}

    /** That the call fails with that code, and says so in a message that can be shown. */
    static ThrowableAssertAlternative<MinionsException> assertFails(ErrorCode code, ThrowingCallable call) {
        return assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(call)
                .satisfies(failure -> assertThat(failure.code())
                        .as("code of: %s", failure.getMessage())
                        .isEqualTo(code))
                .satisfies(
                        failure -> assertThat(failure.getMessage()).isNotBlank().doesNotEndWith("."));
    }
}
