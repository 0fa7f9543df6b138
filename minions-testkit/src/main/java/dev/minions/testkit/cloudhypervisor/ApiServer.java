package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The HTTP server on the Unix socket: at most ten connections, and requests strictly one after the other. */
final class ApiServer {
    private static final int CONNECTIONS = 10;
    private static final String PREFIX = "/api/v1/";
    private static final String LIBRARY = "Server: Firecracker API\r\n";

    private final FaultPlan faults;
    private final Machine machine;
    private final Api api;
    private final Runnable exit;
    private final AtomicInteger open = new AtomicInteger();

    ApiServer(FaultPlan faults, Machine machine, Api api, Runnable exit) {
        this.faults = faults;
        this.machine = machine;
        this.api = api;
        this.exit = exit;
    }

    /** Serves for ever. */
    void serve(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        while (true) {
            SocketChannel client = server.accept();
            if (open.incrementAndGet() > CONNECTIONS) {
                open.decrementAndGet();
                refuse(client);
            } else {
                Thread.ofPlatform().daemon().name("http").start(() -> serve(client));
            }
        }
    }

    private static void refuse(SocketChannel client) throws IOException {
        String body = "{ \"error\": \"Too many open connections\" }";
        try (client) {
            write(
                    client,
                    "HTTP/1.1 503\r\n" + LIBRARY + "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                            + body);
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            serveAll(client);
        } catch (IOException e) {
            return; // the client has gone
        }
    }

    /** A connection that is closed is not counted any more. */
    private void serveAll(SocketChannel client) throws IOException {
        try {
            var reader = new RequestReader(client);
            for (Optional<RequestReader.Request> request = reader.next();
                    request.isPresent();
                    request = reader.next()) {
                answer(client, request.get());
            }
        } finally {
            open.decrementAndGet();
        }
    }

    private void answer(SocketChannel client, RequestReader.Request request) throws IOException {
        if (request.fault().isPresent()) {
            String body = "{ \"error\": \"" + request.fault().get()
                    + "\nAll previous unanswered requests will be dropped.\" }";
            write(client, head(400, LIBRARY, Optional.of(body)) + body);
            return;
        }
        if (!request.path().startsWith(PREFIX)) {
            write(client, response(new Api.Answer(404, "[\"Not Found\"]")));
            return;
        }
        String endpoint = request.path().substring(PREFIX.length());
        machine.turn().lock();
        try {
            Optional<ApiFault> fault = faults.next(endpoint);
            Api.Answer answer = carryOut(request, endpoint, fault);
            write(
                    client,
                    fault.filter(f -> f.deed() == ApiFault.Deed.RUBBISH).isPresent()
                            ? "rubbish\r\n\r\n"
                            : response(answer));
            if (endpoint.equals("vmm.shutdown") && answer.status() == 200) {
                exit.run();
            }
        } finally {
            machine.turn().unlock();
        }
    }

    private Api.Answer carryOut(RequestReader.Request request, String endpoint, Optional<ApiFault> fault) {
        Optional<Api.Answer> instead = happen(fault, ApiFault.Moment.BEFORE);
        if (instead.isPresent()) {
            return instead.get();
        }
        Api.Answer answer;
        try {
            answer = api.call(request.method(), endpoint, request.body());
        } catch (ApiError e) {
            answer = new Api.Answer(e.status(), e.body());
        }
        return happen(fault, ApiFault.Moment.AFTER).orElse(answer);
    }

    private static Optional<Api.Answer> happen(Optional<ApiFault> planned, ApiFault.Moment moment) {
        if (planned.isEmpty() || planned.get().moment() != moment) {
            return Optional.empty();
        }
        ApiFault fault = planned.get();
        switch (fault.deed()) {
            case DIE -> Runtime.getRuntime().halt(137);
            case STALL -> elapse(Long.MAX_VALUE);
            case DELAY -> elapse(fault.number());
            case REFUSE -> {
                return Optional.of(new Api.Answer(fault.number(), "[\"Error from API\",\"as it was told\"]"));
            }
            case RUBBISH -> {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static void elapse(long millis) {
        try {
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String response(Api.Answer answer) {
        Optional<String> body = answer.status() == 204 ? Optional.empty() : Optional.of(answer.body());
        return head(answer.status(), "Server: Cloud Hypervisor API\r\n", body) + body.orElse("");
    }

    private static String head(int status, String server, Optional<String> body) {
        return "HTTP/1.1 " + status + " \r\n" + server + "Connection: keep-alive\r\n"
                + body.map(text -> "Content-Type: application/json\r\nContent-Length: "
                                + text.getBytes(StandardCharsets.UTF_8).length + "\r\n")
                        .orElse("")
                + "\r\n";
    }

    private static void write(SocketChannel client, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }
}
