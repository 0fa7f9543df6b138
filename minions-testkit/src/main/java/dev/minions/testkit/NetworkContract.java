package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.PortForward;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Network;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.Nic;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Network} promises of the cards it makes. That a hostile guest reaches nothing it should not is for a
 * test with a guest.
 *
 * {@snippet :
 * class MyNetworkTest extends NetworkContract {
 *     @Override
 *     protected BackendFactory<Network> factory() {
 *         return MyNetwork.onThisHost();
 *     }
 *
 *     @Override
 *     protected List<String> onHost(BackendContext context) {
 *         return devicesWithTheMark(context.installation());
 *     }
 * }
 * }
 */
public abstract class NetworkContract {
    private static final int AT_ONCE = 4;

    private final HostDirectories directories = new HostDirectories();
    private final List<VmPlace> places = new ArrayList<>();
    private Network network;
    private List<String> before;

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // the two fields belong to a test, and are there before it begins
    protected NetworkContract() {}

    /** What opens the network. It is opened several times in a test, as a restarted process would. */
    protected abstract BackendFactory<Network> factory();

    /**
     * What is on the host for cards, half-made ones too: devices, processes, rules. Files below the two directories are
     * looked at anyway.
     *
     * @param context what the network is opened for
     */
    protected abstract List<String> onHost(BackendContext context);

    /**
     * Lets another program of this host listen on a port of 127.0.0.1.
     *
     * @return what ends it
     */
    protected AutoCloseable occupy(int port) {
        return listen(port);
    }

    @BeforeEach
    final void openNetwork() {
        network = open();
        before = everything();
    }

    @AfterEach
    final void removeEverything() {
        places.forEach(network::detach);
        network.close();
        directories.close();
    }

    @Test
    void aCardIsOfTheNetworksKindAndHasTheMacThatWasAskedFor() {
        NicRequest request = request();

        Nic nic = network.attach(request);

        assertThat(nic.mac()).isEqualTo(request.mac());
        assertThat(nic.endpoint().kind()).isEqualTo(network.kind());
    }

    @Test
    void attachingAgainReturnsTheCardAsItIs() {
        NicRequest request = request();
        Nic nic = network.attach(request);
        List<String> made = everything();

        assertThat(network.attach(request)).isEqualTo(nic);

        assertThat(everything()).isEqualTo(made);
    }

    @Test
    void aCardSurvivesTheProcessThatMadeIt() {
        NicRequest request = request();
        Nic nic = network.attach(request);
        List<String> made = everything();

        openAnew();

        assertThat(everything()).isEqualTo(made);
        assertThat(network.attach(request)).isEqualTo(nic);
    }

    @Test
    void aDetachedCardIsGoneWithoutTrace() {
        NicRequest request = request(PortForward.of(freePort(), 80));
        network.attach(request);

        network.detach(request.place());

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void anyProcessCanDetachWhatAnotherMade() {
        NicRequest request = request();
        network.attach(request);

        openAnew();
        network.detach(request.place());

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void detachingWhatIsNotThereIsSuccess() {
        NicRequest request = request();

        network.detach(request.place());
        network.attach(request);
        network.detach(request.place());
        network.detach(request.place());

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aCardCanBeMadeAgainAfterItWasDetached() {
        NicRequest request = request(PortForward.of(freePort(), 80));
        network.attach(request);
        network.detach(request.place());

        assertThat(network.attach(request).mac()).isEqualTo(request.mac());
    }

    @Test
    void detachingOneVmLeavesTheOthersConnected() {
        NicRequest first = request();
        NicRequest second = request();
        network.attach(second);
        List<String> made = everything();
        network.attach(first);

        network.detach(first.place());

        assertThat(everything()).isEqualTo(made);
    }

    @Test
    void aPortThatAnotherProgramHasIsSaidToBeTaken() throws Exception {
        int port = freePort();
        NicRequest request = request(PortForward.of(port, 80));

        try (AutoCloseable program = occupy(port)) {
            assertFails(ErrorCode.PORT_IN_USE, () -> network.attach(request)).withMessageContaining("" + port);
            assertThat(program).isNotNull();
        }
        network.detach(request.place());
        assertThat(everything()).isEqualTo(before);

        assertThat(network.attach(request).mac())
                .as("once it is free it can be had")
                .isEqualTo(request.mac());
    }

    @Test
    void severalVmsAtOnceAreConnectedAndDetached() {
        List<NicRequest> requests =
                Stream.generate(this::request).limit(AT_ONCE).toList();

        List<Nic> nics = Workers.atOnce(AT_ONCE, vm -> network.attach(requests.get(vm)));

        assertThat(nics)
                .extracting(Nic::mac)
                .containsExactlyElementsOf(
                        requests.stream().map(NicRequest::mac).toList());
        assertThat(nics).doesNotHaveDuplicates();
        Workers.atOnce(AT_ONCE, vm -> {
            network.detach(requests.get(vm).place());
            return true;
        });
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void anInterruptedCallIsUndoneByDetach() {
        NicRequest request = request();
        Thread.currentThread().interrupt();
        try {
            network.attach(request);
        } catch (MinionsException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CALL_INTERRUPTED);
        }
        assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();

        network.detach(request.place());

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void closingDetachesNothingAndCanBeRepeated() {
        network.attach(request());
        List<String> made = everything();

        network.close();
        network.close();

        assertThat(everything()).isEqualTo(made);
    }

    @Test
    void aNetworkIsTheSameEveryTimeItIsOpened() {
        try (Network second = open()) {
            assertThat(second.id()).isEqualTo(network.id()).isEqualTo(factory().id());
            assertThat(second.configuration())
                    .isEqualTo(network.configuration())
                    .doesNotContain("\n");
            assertThat(second.kind()).isEqualTo(network.kind());
            assertThat(second.addresses()).isEqualTo(network.addresses());
            assertThat(second.description()).isNotBlank();
        }
    }

    @Test
    void lookingWhetherItWorksChangesNothing() {
        assertThat(factory().probe()).isNotEmpty();

        assertThat(everything()).isEqualTo(before);
    }

    private Network open() {
        return factory().open(directories.context());
    }

    private void openAnew() {
        network.close();
        network = open();
    }

    private NicRequest request(PortForward... publish) {
        VmPlace place = directories.newPlace();
        places.add(place);
        AddressPlan plan = network.addresses();
        return new NicRequest(
                place,
                String.format("52:54:00:00:00:%02x", place.cid()),
                AddressPlan.text(plan.first() + place.cid()),
                List.of(publish),
                Lifetime.DURABLE);
    }

    /** But for the directories that the engine makes for each VM. */
    private List<String> everything() {
        Set<String> notMade = places.stream()
                .map(place -> directories.root().relativize(place.records()).toString())
                .collect(Collectors.toSet());
        return Stream.concat(HostDirectories.files(directories.root()).stream(), onHost(directories.context()).stream())
                .filter(found -> !notMade.contains(found))
                .sorted()
                .toList();
    }

    private static int freePort() {
        try (ServerSocket socket = listen(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket listen(int port) {
        try {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
