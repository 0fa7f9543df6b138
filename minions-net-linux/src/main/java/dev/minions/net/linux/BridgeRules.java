package dev.minions.net.linux;

/**
 * The firewall of a bridge, as a script for {@code nft}. All of it is here and made once, by {@code minions init}; a VM
 * adds elements to sets and maps, and the few words that put its TAP device under the guard.
 *
 * <p>Two tables. The first sees every frame that a guest sends, on the TAP device itself and before anything else on
 * the host does, and lets through what bears the guest's own addresses and is for the bridge. The second decides about
 * packets: where guests may go, who may come to them, and which ports lead to them.
 */
final class BridgeRules {
    /**
     * Set in the mark of packets that these rules have accepted, so that one rule elsewhere can let all of them
     * through. Docker, Kubernetes, Calico and Tailscale use other bits.
     */
    static final String JUDGED = "0x20000000";

    /** Sets and maps are only added, never emptied: they hold what belongs to VMs that run. */
    private static final String SETS = """
            table netdev %1$s {
              set cards4 { type ifname . ether_addr . ipv4_addr; }
              set cards6 { type ifname . ether_addr . ipv6_addr; }
              map uploads { type ifname : limit; }
              chain guard { }
              chain guard_arp { }
              chain guard_ip4 { }
              chain guard_ip6 { }
            }
            table inet %1$s {
              map tags4 { type ipv4_addr : mark; }
              map tags6 { type ipv6_addr : mark; }
              set peers4 { type mark . ipv4_addr; }
              set peers6 { type mark . ipv6_addr; }
              set sources4 { type ipv4_addr . ipv4_addr; flags interval; }
              set sources6 { type ipv6_addr . ipv6_addr; flags interval; }
              map ports4 { type ipv4_addr . inet_service : ipv4_addr . inet_service; }
              map ports6 { type ipv6_addr . inet_service : ipv6_addr . inet_service; }
              map ports4_any { type inet_service : ipv4_addr . inet_service; }
              map ports6_any { type inet_service : ipv6_addr . inet_service; }
              map downloads4 { type ipv4_addr : limit; }
              map downloads6 { type ipv6_addr : limit; }
              chain judged { }
              chain publish { }
              chain between { }
              chain leave { }
              chain enter { }
              chain input { type filter hook input priority filter - 1; policy accept; }
              chain forward { type filter hook forward priority filter - 1; policy accept; }
              chain shape { type filter hook postrouting priority filter; policy accept; }
              chain prerouting { type nat hook prerouting priority dstnat; policy accept; }
              chain output { type nat hook output priority -100; policy accept; }
              chain postrouting { type nat hook postrouting priority srcnat; policy accept; }
            }
            flush chain netdev %1$s guard
            flush chain netdev %1$s guard_arp
            flush chain netdev %1$s guard_ip4
            flush chain netdev %1$s guard_ip6
            flush chain inet %1$s judged
            flush chain inet %1$s publish
            flush chain inet %1$s between
            flush chain inet %1$s leave
            flush chain inet %1$s enter
            flush chain inet %1$s input
            flush chain inet %1$s forward
            flush chain inet %1$s shape
            flush chain inet %1$s prerouting
            flush chain inet %1$s output
            flush chain inet %1$s postrouting
            """;

    /**
     * A frame is for the bridge's own address, or asks who has the gateway's. Frames for the addresses that bridges
     * keep for themselves (01:80:c2:00:00:0x) would reach the host by way of the TAP device, where no rule about the
     * bridge sees them. Neighbour advertisements are not needed: the host knows each guest's address for good.
     */
    private static final String GUARD = """
            table netdev %1$s {
              chain guard {
                meta mark set 0
                limit name iifname map @uploads drop
                ether type vmap { arp : goto guard_arp, ip : goto guard_ip4, ip6 : goto guard_ip6 }
                drop
              }
              chain guard_arp {
                ether daddr != { ff:ff:ff:ff:ff:ff, %3$s } drop
                arp htype != 1 drop
                arp ptype != ip drop
                arp hlen != 6 drop
                arp plen != 4 drop
                iifname . ether saddr . arp saddr ip @cards4 iifname . arp saddr ether . arp saddr ip @cards4 accept
                drop
              }
              chain guard_ip4 {
                ether daddr != %3$s drop
                ip daddr { 0.0.0.0/8, 127.0.0.0/8 } drop
                udp sport 67 udp dport 68 drop
                iifname . ether saddr . ip saddr @cards4 accept
                drop
              }
              chain guard_ip6 {
                icmpv6 type nd-neighbor-solicit ether daddr { 33:33:ff:00:00:01, %3$s } \
                  iifname . ether saddr . ip6 saddr @cards6 accept
                icmpv6 type { nd-router-advert, nd-redirect, nd-neighbor-advert, nd-router-solicit } drop
                ether daddr != %3$s drop
                udp sport 547 udp dport 546 drop
                iifname . ether saddr . ip6 saddr @cards6 accept
                drop
              }
            }
            """;

    /**
     * The addresses that are refused on the way out are those that only this host should reach through this host:
     * link-local ones, among them the metadata service of most clouds, and Amazon's of IPv6.
     */
    private static final String FILTER = """
            table inet %1$s {
              chain judged {
                meta mark set meta mark | %4$s
                accept
              }
              chain input {
                iifname != "%2$s" accept
                ct state established accept
                ct state related meta l4proto { icmp, icmpv6 } accept
                icmpv6 type nd-neighbor-solicit accept
                reject with icmpx admin-prohibited
              }
              chain forward {
                iifname "%2$s" oifname "%2$s" goto between
                iifname "%2$s" goto leave
                oifname "%2$s" goto enter
              }
              chain between {
                ct state established goto judged
                ct state related meta l4proto { icmp, icmpv6 } goto judged
                meta mark set ip saddr map @tags4
                meta mark set ip6 saddr map @tags6
                meta mark . ip daddr @peers4 goto judged
                meta mark . ip6 daddr @peers6 goto judged
                ip saddr . ip daddr @sources4 goto judged
                ip6 saddr . ip6 daddr @sources6 goto judged
                reject with icmpx admin-prohibited
              }
              chain leave {
                ip daddr { 169.254.0.0/16, 224.0.0.0/3 } reject with icmpx admin-prohibited
                ip6 daddr { fe80::/10, fd00:ec2::/32, ff00::/8 } reject with icmpx admin-prohibited
                goto judged
              }
              chain enter {
                ct state established goto judged
                ct state related meta l4proto { icmp, icmpv6 } goto judged
                ct status dnat goto judged
                ip saddr . ip daddr @sources4 goto judged
                ip6 saddr . ip6 daddr @sources6 goto judged
                drop
              }
              chain shape {
                oifname != "%2$s" accept
                limit name ip daddr map @downloads4 drop
                limit name ip6 daddr map @downloads6 drop
              }
            }
            """;

    /** A packet from the host's loopback address takes the bridge's, or the guest could not answer it. */
    private static final String NAT = """
            table inet %1$s {
              chain publish {
                dnat ip to ip daddr . tcp dport map @ports4
                dnat ip6 to ip6 daddr . tcp dport map @ports6
                fib daddr type local dnat ip to tcp dport map @ports4_any
                fib daddr type local dnat ip6 to tcp dport map @ports6_any
              }
              chain prerouting {
                iifname != "%2$s" jump publish
              }
              chain output {
                jump publish
              }
              chain postrouting {
                oifname "%2$s" ip saddr 127.0.0.0/8 masquerade
                iifname "%2$s" oifname != "%2$s" masquerade
              }
            }
            """;

    private BridgeRules() {}

    /**
     * Makes the tables, or brings those that are there up to date at one instant; what VMs added stays.
     *
     * @param mac the bridge's MAC address
     */
    static String make(BridgeSettings bridge, String mac) {
        return (SETS + GUARD + FILTER + NAT).formatted(bridge.table(), bridge.name(), mac, JUDGED);
    }

    /** Removes the tables, also where one of them is not there. */
    static String remove(BridgeSettings bridge) {
        return """
                add table netdev %1$s
                delete table netdev %1$s
                add table inet %1$s
                delete table inet %1$s
                """.formatted(bridge.table());
    }
}
