package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.ProjectName;
import dev.minions.VmState;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.ChildJvm;
import dev.minions.testkit.census.LeakCensus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten JVMs on one data directory, with real locks, SQLite and processes. */
class ManyProcessesTest {
    private static final int MANY = 10;

    @TempDir
    private Path directory;

    private final List<ChildJvm> programs = new ArrayList<>();
    private DiskHost host;
    private LeakCensus.Snapshot empty;

    @BeforeEach
    void start() throws IOException {
        host = DiskHost.make(directory);
        try (Engine engine = host.engine(host.process())) {
            CreateOptions stopped = CreateOptions.defaults().stopped();
            engine.destroy(
                    engine.create(ProjectName.DEFAULT, TestHost.spec("first"), stopped, Lifetime.DURABLE),
                    DestroyOptions.defaults());
        }
        empty = host.census();
        for (int i = 0; i < MANY; i++) {
            programs.add(ChildJvm.start(CreatingProgram.class, directory.toString()));
        }
        programs.forEach(program -> assertThat(program.hear()).isEqualTo("ready"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        programs.forEach(ChildJvm::kill);
        try (Engine engine = host.engine(host.process())) {
            for (VmRecord vm : host.vms()) {
                engine.destroy(vm.id(), DestroyOptions.defaults());
            }
            host.requireNothingLeaked();
        }
        assertThat(host.census().moreThan(empty).stream().filter(line -> !line.endsWith(".lock")))
                .isEmpty();
    }

    @Test
    void tenCreatesAtOnceGiveTenVmsWithNumbersOfTheirOwn() {
        for (int i = 0; i < MANY; i++) {
            programs.get(i).say("create vm-" + (char) ('a' + i));
        }
        assertThat(programs.stream().map(ChildJvm::hear)).hasSize(MANY).doesNotHaveDuplicates();
        List<VmRecord> vms = host.vms();
        assertThat(vms).hasSize(MANY).allSatisfy(vm -> assertThat(vm.state()).isEqualTo(VmState.RUNNING));
        assertThat(vms).extracting(VmRecord::cid).doesNotHaveDuplicates();
        assertThat(vms).extracting(VmRecord::address).doesNotHaveDuplicates();
    }

    @Test
    void ofTenCreatesOfOneNameOneSucceedsAndNineAreTold() {
        programs.forEach(program -> program.say("create web"));
        List<String> answers = programs.stream().map(ChildJvm::hear).toList();
        assertThat(answers).filteredOn(answer -> answer.equals("VM_EXISTS")).hasSize(MANY - 1);
        assertThat(host.vms()).hasSize(1);
    }

    @Test
    void createAndDestroyOfOneNameAtOnceEndWithTheVmWholeOrGone() throws IOException {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < MANY; i++) {
                programs.get(i).say(i % 2 == 0 ? "create web" : "destroy web");
            }
            programs.forEach(ChildJvm::hear);
            host.requireNothingLeaked();
            assertThat(host.vms())
                    .hasSizeLessThanOrEqualTo(1)
                    .allSatisfy(vm -> assertThat(vm.state()).isEqualTo(VmState.RUNNING));
            try (Engine engine = host.engine(host.process())) {
                engine.find(ProjectName.DEFAULT, "web")
                        .ifPresent(web -> engine.destroy(web, DestroyOptions.defaults()));
            }
        }
    }
}
