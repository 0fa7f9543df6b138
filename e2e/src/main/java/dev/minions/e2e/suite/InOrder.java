package dev.minions.e2e.suite;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** For a class whose tests stand on each other: after one that failed the others are skipped, and that is said. */
final class InOrder implements ExecutionCondition, TestWatcher {
    private Optional<String> failed = Optional.empty();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return failed.map(name -> ConditionEvaluationResult.disabled("it stands on " + name + ", which failed"))
                .orElse(ConditionEvaluationResult.enabled("what it stands on is there"));
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        failed = context.getTestMethod().map(method -> method.getName());
    }
}
