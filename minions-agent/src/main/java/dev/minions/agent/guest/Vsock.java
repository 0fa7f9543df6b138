package dev.minions.agent.guest;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFServerSocket;
import org.newsclub.net.unix.AFServerSocketChannel;
import org.newsclub.net.unix.AFSocket;
import org.newsclub.net.unix.AFSocketChannel;
import org.newsclub.net.unix.AFSocketImpl;
import org.newsclub.net.unix.AFVSOCKSocketAddress;

/**
 * AF_VSOCK sockets. junixsocket's common part has their addresses and native code; the classes that make sockets of it
 * come in a part of their own, which not every repository has, so the few lines stand here.
 */
final class Vsock {
    static final int HOST_CID = AFVSOCKSocketAddress.VMADDR_CID_HOST;
    static final int LOOPBACK_CID = AFVSOCKSocketAddress.VMADDR_CID_LOCAL;

    private Vsock() {}

    /** A socket that listens, to whoever calls. */
    static AFServerSocket<AFVSOCKSocketAddress> listen(int port) throws IOException {
        return listen(AFVSOCKSocketAddress.VMADDR_CID_ANY, port);
    }

    /** The same for callers of one CID only; fails where no transport has that CID. */
    static AFServerSocket<AFVSOCKSocketAddress> listen(int cid, int port) throws IOException {
        AFServerSocket.Constructor<AFVSOCKSocketAddress> constructor = Server::new;
        return Server.bound(constructor, AFVSOCKSocketAddress.ofPortAndCID(port, cid));
    }

    /**
     * A socket that is connected.
     *
     * @param limitMillis after which no further attempt is made; the kernel takes two seconds for one that is not
     *     answered
     */
    static AFSocket<AFVSOCKSocketAddress> connect(int cid, int port, int limitMillis) throws IOException {
        AFSocket<AFVSOCKSocketAddress> socket = Client.unconnected();
        try {
            socket.connect(AFVSOCKSocketAddress.ofPortAndCID(port, cid), limitMillis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        } catch (IllegalArgumentException e) { // what junixsocket makes of a second attempt that was not answered
            socket.close();
            throw new IOException("connect to vsock port " + port + " of CID " + cid + ": not answered", e);
        }
    }

    /** The CID at the other end of a connection; -1 if it cannot be told. */
    static int peer(AFSocket<AFVSOCKSocketAddress> socket) {
        AFVSOCKSocketAddress peer = socket.getRemoteSocketAddress();
        return peer == null ? -1 : peer.getVSOCKCID();
    }

    private static final class Native extends AFSocketImpl<AFVSOCKSocketAddress> {
        Native(@Nullable FileDescriptor descriptor) {
            super(AFVSOCKSocketAddress.addressFamily(), descriptor);
        }
    }

    private static final class Client extends AFSocket<AFVSOCKSocketAddress> {
        private Client(@Nullable FileDescriptor descriptor) throws SocketException {
            super(new Native(descriptor), null);
        }

        static AFSocket<AFVSOCKSocketAddress> unconnected() throws SocketException {
            return AFSocket.newInstance((descriptor, factory) -> new Client(descriptor), null);
        }

        @Override
        protected AFSocketChannel<AFVSOCKSocketAddress> newChannel() {
            return new ClientChannel(this);
        }

        private static final class ClientChannel extends AFSocketChannel<AFVSOCKSocketAddress> {
            ClientChannel(Client socket) {
                super(socket, null);
            }
        }
    }

    private static final class Server extends AFServerSocket<AFVSOCKSocketAddress> {
        private Server(@Nullable FileDescriptor descriptor) throws IOException {
            super(descriptor);
        }

        static AFServerSocket<AFVSOCKSocketAddress> bound(
                AFServerSocket.Constructor<AFVSOCKSocketAddress> constructor, AFVSOCKSocketAddress address)
                throws IOException {
            return AFServerSocket.bindOn(constructor, address, false);
        }

        @Override
        protected AFServerSocketChannel<AFVSOCKSocketAddress> newChannel() {
            return new ServerChannel(this);
        }

        @Override
        protected AFSocketImpl<AFVSOCKSocketAddress> newImpl(FileDescriptor descriptor) {
            return new Native(descriptor);
        }

        @Override
        protected AFSocket<AFVSOCKSocketAddress> newSocketInstance() throws IOException {
            return Client.unconnected();
        }

        private static final class ServerChannel extends AFServerSocketChannel<AFVSOCKSocketAddress> {
            ServerChannel(Server socket) {
                super(socket, null);
            }
        }
    }
}
