package dev.minions.e2e.lab;

import dev.minions.e2e.suite.Campaign;
import dev.minions.e2e.suite.Subject;
import dev.minions.e2e.suite.Suite;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostProgram;
import dev.minions.testkit.kill.KillSample;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The program behind {@code e2e/run}: runs a suite on a host of the lab and exits as the suite did. */
public final class LabMain {
    private static final String CLOUD_HYPERVISOR = "cloud-hypervisor";
    private static final String QEMU = "qemu";
    private static final Set<String> WITH_CLOUD_HYPERVISOR =
            Set.of(Suite.CLOUD_HYPERVISOR.word(), Suite.OPERATOR.word());
    private static final String MEASURE = "measure";
    private static final String RETRY = "--retry";
    private static final String CAMPAIGN = "campaign";
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private LabMain() {}

    /**
     * The program.
     *
     * @param args the directory of the checkout; the lab's own directory; then what was asked: {@code --list}, the
     *     name of a suite and, if not all of it is to run, of its tests, with {@code --retry} before it if what fails is
     *     to be run once more on another host, {@code measure} and names of benchmarks, or {@code campaign} and the words
     *     of {@link Campaign#sample}
     */
    public static void main(String[] args) {
        List<String> asked = List.of(args).subList(2, args.length);
        if (asked.equals(List.of("--list"))) {
            for (Suite suite : Suite.ALL) {
                System.out.printf(
                        "%-18s %s%n%18s tests: %s%n",
                        suite.word(), suite.description(), "", Suite.names(suite.tests()) + booted(suite));
            }
            return;
        }
        if (!asked.isEmpty() && asked.getFirst().equals(MEASURE)) {
            System.exit(measure(asked.subList(1, asked.size()), Path.of(args[0]), Path.of(args[1])));
        }
        if (!asked.isEmpty() && asked.getFirst().equals(CAMPAIGN)) {
            System.exit(campaign(asked.subList(1, asked.size()), Path.of(args[0]), Path.of(args[1])));
        }
        boolean retry = !asked.isEmpty() && asked.getFirst().equals(RETRY);
        System.exit(run(retry ? asked.subList(1, asked.size()) : asked, retry, Path.of(args[0]), Path.of(args[1])));
    }

    private static int run(List<String> asked, boolean retry, Path checkout, Path home) {
        String word = asked.isEmpty() ? Suite.QEMU_KVM.word() : asked.get(0);
        List<String> only = asked.subList(Math.min(1, asked.size()), asked.size());
        Optional<Suite> suite = Suite.named(word).flatMap(whole -> whole.only(only));
        if (suite.isEmpty()) {
            System.err.println(
                    "usage: e2e/run [--list | [--retry] SUITE [TEST]... | measure [NAME]...], where SUITE is one of: "
                            + Suite.names());
            return USAGE;
        }
        return run(suite.get(), retry, checkout, home);
    }

    private static String booted(Suite suite) {
        return suite.booted().isEmpty() ? "" : ", and after a boot of the host: " + Suite.names(suite.booted());
    }

    private static int run(Suite suite, boolean retry, Path checkout, Path home) {
        long began = System.nanoTime();
        Optional<String> obstacle = obstacleToCloudHypervisor();
        boolean cloudHypervisor = WITH_CLOUD_HYPERVISOR.contains(suite.word()) && obstacle.isEmpty();
        String hypervisor = cloudHypervisor ? CLOUD_HYPERVISOR : QEMU;
        Optional<Suite> failing = Optional.of(suite);
        String second = "";
        PrintStream out = System.out;
        try (Lab lab = Lab.open(home, new Product(checkout), out)) {
            failing = attempt(lab, suite, hypervisor, out);
            if (retry && failing.isPresent()) {
                List<String> again = Suite.names(failing.get().all());
                second = ", some of it at the second try: " + again;
                out.println("e2e: what failed is tried once more: " + again);
                failing = attempt(lab, failing.get(), hypervisor, out);
            }
        } catch (MinionsException e) {
            out.println("e2e: " + e.getMessage());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        out.println("e2e: " + suite.word() + (failing.isEmpty() ? " passed" + second : " FAILED")
                + (cloudHypervisor ? "" : " on QEMU with KVM") + " in " + took.toSeconds() + " s"
                + (cloudHypervisor ? "" : notTested(suite, obstacle)));
        return failing.isEmpty() ? 0 : FAILED;
    }

    /** Runs a suite on a host of its own, and returns what of it did not pass. */
    private static Optional<Suite> attempt(Lab lab, Suite suite, String hypervisor, PrintStream out) {
        try (Host host = lab.start()) {
            return host.run(suite, hypervisor);
        } catch (MinionsException e) {
            out.println("e2e: " + e.getMessage());
            return Optional.of(suite);
        }
    }

    /** What can be measured there is {@code life}; the rest needs a network, or root's mounts, and no KVM. */
    private static int measure(List<String> words, Path checkout, Path home) {
        String hypervisor = obstacleToCloudHypervisor().isEmpty() ? CLOUD_HYPERVISOR : QEMU;
        PrintStream out = System.out;
        try (Lab lab = Lab.open(home, new Product(checkout), out);
                Host host = lab.start()) {
            return host.measure(words.isEmpty() ? List.of("life") : words, hypervisor);
        } catch (MinionsException e) {
            out.println("e2e: " + e.getMessage());
            return FAILED;
        }
    }

    private static int campaign(List<String> words, Path checkout, Path home) {
        Optional<KillSample> sample = Campaign.sample(words, System.currentTimeMillis());
        if (sample.isEmpty()) {
            System.err.println("usage: e2e/campaign kill [--seed N] [--sample N]; a sample of 0 is all points");
            return USAGE;
        }
        String hypervisor = obstacleToCloudHypervisor().isEmpty() ? CLOUD_HYPERVISOR : QEMU;
        PrintStream out = System.out;
        try (Lab lab = Lab.open(home, new Product(checkout), out);
                Host host = lab.start()) {
            out.println("e2e: VMs run on " + hypervisor);
            return host.campaign(sample.get(), hypervisor);
        } catch (MinionsException e) {
            out.println("e2e: " + e.getMessage());
            return FAILED;
        }
    }

    private static String notTested(Suite suite, Optional<String> obstacle) {
        if (suite.word().equals(Suite.HOST.word())) {
            return "";
        }
        return "; Cloud Hypervisor was not tested: "
                + obstacle.orElse("that is suite " + Suite.CLOUD_HYPERVISOR.word());
    }

    private static Optional<String> obstacleToCloudHypervisor() {
        if (!Subject.isInstalled(CLOUD_HYPERVISOR)) {
            return Optional.of("this build has no backend for it");
        }
        return HostProgram.find(CLOUD_HYPERVISOR).isPresent()
                ? Optional.empty()
                : Optional.of("there is no cloud-hypervisor on the PATH");
    }
}
