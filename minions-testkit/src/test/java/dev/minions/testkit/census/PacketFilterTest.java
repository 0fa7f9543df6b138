package dev.minions.testkit.census;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PacketFilterTest {
    @Test
    void everyElementRuleAndChainIsAThingOfItsOwn() {
        List<String> ruleset = """
                table inet minions_br0 {
                	map tags4 {
                		type ipv4_addr : mark
                		elements = { 10.0.0.2 : 0x00000001,
                			     10.0.0.3 : 0x00000002 }
                	}
                	chain input {
                		type filter hook input priority filter; policy accept;
                		ether type vmap { arp : goto guard_arp, ip : goto guard_ip4 }
                	}
                }
                table netdev minions_br0 {
                	set cards4 {
                		type ifname . ether_addr . ipv4_addr
                		elements = { "mn0" . 52:54:00:00:00:03 . 10.0.0.2 }
                	}
                }
                """.lines().map(String::strip).toList();

        assertThat(PacketFilter.parse(ruleset))
                .containsExactly(
                        "table inet minions_br0",
                        "table inet minions_br0 | map tags4",
                        "table inet minions_br0 | map tags4 | type ipv4_addr : mark",
                        "table inet minions_br0 | map tags4 | element 10.0.0.2 : 0x00000001",
                        "table inet minions_br0 | map tags4 | element 10.0.0.3 : 0x00000002",
                        "table inet minions_br0 | chain input",
                        "table inet minions_br0 | chain input | type filter hook input priority filter; policy accept;",
                        "table inet minions_br0 | chain input"
                                + " | ether type vmap { arp : goto guard_arp, ip : goto guard_ip4 }",
                        "table netdev minions_br0",
                        "table netdev minions_br0 | set cards4",
                        "table netdev minions_br0 | set cards4 | type ifname . ether_addr . ipv4_addr",
                        "table netdev minions_br0 | set cards4 | element \"mn0\" . 52:54:00:00:00:03 . 10.0.0.2");
    }
}
