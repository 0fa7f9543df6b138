package dev.minions.net.linux;

import dev.minions.AllowedSource;
import dev.minions.AllowedSource.OfNetwork;
import dev.minions.AllowedSource.OfVm;
import dev.minions.DataRate;
import dev.minions.PortForward;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one VM's card adds to the tables of {@link BridgeRules}, and how it is taken out again, as scripts for nft. */
final class CardRules {
    private final String table;
    private final Card card;
    private final List<Element> elements = new ArrayList<>();

    /**
     * An element of a set or a map.
     *
     * @param where family, table and set
     * @param key its key
     * @param value what a map has for the key; empty for a set's
     */
    private record Element(String where, String key, Optional<String> value) {
        String add() {
            return "add element " + where + " { " + key
                    + value.map(text -> " : " + text).orElse("") + " }\n";
        }

        /** Deleting what is not there fails: so it is put there first, in the same transaction. */
        String remove() {
            return add() + "delete element " + where + " { " + key + " }\n";
        }
    }

    CardRules(BridgeSettings bridge, Card card) {
        this.table = bridge.table();
        this.card = card;
        addIdentity();
        card.publish().forEach(this::addPort);
        distinct(card.allowFrom()).forEach(this::addSource);
        if (card.bandwidth().isPresent()) {
            addLimits();
        }
    }

    /** Puts the card in. May be done again. */
    String add() {
        StringBuilder script = new StringBuilder();
        card.bandwidth().ifPresent(rate -> script.append(limit("netdev", rate)).append(limit("inet", rate)));
        elements.forEach(element -> script.append(element.add()));
        String chain = "netdev " + table + " " + card.device();
        script.append("add chain ").append(chain).append(" { type filter hook ingress device ");
        script.append(card.device()).append(" priority filter; policy drop; }\n");
        script.append("flush chain ").append(chain).append('\n');
        script.append("add rule ").append(chain).append(" jump guard\n");
        return script.toString();
    }

    /** Takes out all of it, or what there is of it. */
    String remove() {
        StringBuilder script = new StringBuilder();
        String chain = " chain netdev " + table + " " + card.device() + "\n";
        script.append("add")
                .append(chain)
                .append("flush")
                .append(chain)
                .append("delete")
                .append(chain);
        card.bandwidth().ifPresent(rate -> script.append(limit("netdev", rate)).append(limit("inet", rate)));
        elements.forEach(element -> script.append(element.remove()));
        card.bandwidth().ifPresent(rate -> {
            for (String family : List.of("netdev", "inet")) {
                script.append("delete limit " + family + " " + table + " " + card.device() + "\n");
            }
        });
        return script.toString();
    }

    private void addIdentity() {
        String from = card.device() + " . " + card.mac() + " . ";
        String tag = Long.toString(Card.tag(card.vm()));
        add("netdev", "cards4", from + card.address());
        add("inet", "tags4", card.address(), tag);
        card.ip6().ifPresent(six -> {
            add("netdev", "cards6", from + six);
            add("netdev", "cards6", from + card.linkLocal());
            add("inet", "tags6", six, tag);
        });
    }

    private void addPort(PortForward forward) {
        InetAddress address = address(forward.address());
        boolean six = forward.address().indexOf(':') >= 0;
        String map = six ? "ports6" : "ports4";
        String guest = (six ? card.ip6().orElseThrow() : card.address()) + " . " + forward.guestPort();
        if (address.isAnyLocalAddress()) {
            add("inet", map + "_any", Integer.toString(forward.hostPort()), guest);
        } else {
            add("inet", map, forward.address() + " . " + forward.hostPort(), guest);
        }
    }

    private void addSource(AllowedSource source) {
        switch (source) {
            case OfVm(var vm) -> {
                String tag = Card.tag(vm) + " . ";
                add("inet", "peers4", tag + card.address());
                card.ip6().ifPresent(six -> add("inet", "peers6", tag + six));
            }
            case OfNetwork network -> {
                if (!network.isIp6()) {
                    add("inet", "sources4", network + " . " + card.address());
                } else {
                    card.ip6().ifPresent(six -> add("inet", "sources6", network + " . " + six));
                }
            }
        }
    }

    private void addLimits() {
        String name = '"' + card.device() + '"';
        add("netdev", "uploads", card.device(), name);
        add("inet", "downloads4", card.address(), name);
        card.ip6().ifPresent(six -> add("inet", "downloads6", six, name));
    }

    /** The kernel's bucket holds a second's worth, and this burst beside it. */
    private String limit(String family, DataRate rate) {
        return "add limit " + family + " " + table + " " + card.device() + " { rate over " + rate.bytesPerSecond()
                + " bytes/second burst 64 kbytes }\n";
    }

    private void add(String family, String set, String key) {
        elements.add(new Element(family + " " + table + " " + set, key, Optional.empty()));
    }

    private void add(String family, String map, String key, String value) {
        elements.add(new Element(family + " " + table + " " + map, key, Optional.of(value)));
    }

    /** Without networks that lie in another one: the kernel's sets refuse those. */
    private static List<AllowedSource> distinct(List<AllowedSource> sources) {
        return sources.stream()
                .filter(source -> sources.stream()
                        .noneMatch(other -> !other.equals(source)
                                && source instanceof OfNetwork inner
                                && other instanceof OfNetwork outer
                                && contains(outer, inner)))
                .toList();
    }

    private static boolean contains(OfNetwork outer, OfNetwork inner) {
        if (outer.isIp6() != inner.isIp6() || outer.prefixLength() > inner.prefixLength()) {
            return false;
        }
        byte[] bytes = address(inner.address()).getAddress();
        int hostBits = bytes.length * Byte.SIZE - outer.prefixLength();
        BigInteger network = new BigInteger(1, bytes).shiftRight(hostBits);
        return network.equals(new BigInteger(1, address(outer.address()).getAddress()).shiftRight(hostBits));
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal); // a literal: nothing is looked up
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + literal + "' is no IP address", e);
        }
    }
}
