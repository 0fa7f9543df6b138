package dev.minions;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may open connections to a VM besides this host: another VM, or every address of a network. Nobody else may, and
 * the ports that the VM publishes are open to whom they are published anyway.
 */
public sealed interface AllowedSource {
    /**
     * Another VM, whatever it is called. It may as long as it is there; a VM that comes later under its name or with
     * its address may not.
     *
     * @param vm its id
     */
    record OfVm(VmId vm) implements AllowedSource {
        /** Checks that there is one. */
        public OfVm {
            Objects.requireNonNull(vm, "vm");
        }

        @Override
        public String toString() {
            return vm.toString();
        }
    }

    /**
     * The addresses of a network, from wherever they come; VMs with such an address are among them.
     *
     * @param address the network's first address, as an IP literal
     * @param prefixLength how many leading bits its addresses have in common: 0 to 32, with IPv6 to 128
     */
    record OfNetwork(String address, int prefixLength) implements AllowedSource {
        /** Checks that no bit of the address is set behind the prefix. */
        public OfNetwork {
            byte[] bytes = bytes(address);
            int bits = bytes.length * Byte.SIZE;
            String text = Texts.printable(address) + "/" + prefixLength;
            if (prefixLength < 0 || prefixLength > bits) {
                throw new IllegalArgumentException("network " + text + " must have a prefix of 0 to " + bits + " bits");
            }
            if (new BigInteger(1, bytes).getLowestSetBit() < bits - prefixLength
                    && new BigInteger(1, bytes).signum() != 0) {
                throw new IllegalArgumentException(
                        "network " + text + " has address bits behind its prefix; write the network's first address");
            }
            address = literal(bytes);
        }

        /** Whether it is one of IPv6. */
        public boolean isIp6() {
            return address.indexOf(':') >= 0;
        }

        @Override
        public String toString() {
            return address + "/" + prefixLength;
        }
    }

    /** That VM. */
    static AllowedSource vm(VmId vm) {
        return new OfVm(vm);
    }

    /**
     * Reads what {@code toString} gives: the id of a VM, or a network such as {@code 192.0.2.0/24}; a single address
     * will do for a network.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static AllowedSource parse(String text) {
        if (text.matches("[0-9a-fA-F]{8}-.*")) {
            return new OfVm(VmId.of(text));
        }
        Matcher network = Pattern.compile("([0-9a-fA-F:.]+)(?:/(\\d{1,3}))?").matcher(text);
        if (!network.matches()) {
            throw new IllegalArgumentException("'" + Texts.printable(text)
                    + "' is neither the id of a VM nor a network; write for example 192.0.2.0/24");
        }
        int bits = bytes(network.group(1)).length * Byte.SIZE;
        return new OfNetwork(network.group(1), network.group(2) == null ? bits : Integer.parseInt(network.group(2)));
    }

    /** The bytes of an address that was written as such; nothing is looked up. */
    private static byte[] bytes(String literal) {
        try {
            if (literal.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                return InetAddress.getByName(literal).getAddress();
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + Texts.printable(literal) + "' is no IP address", e);
        }
        throw new IllegalArgumentException("'" + Texts.printable(literal) + "' is no IP address");
    }

    /** An address as Java writes it, so that one network has one form. */
    private static String literal(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes", e);
        }
    }
}
