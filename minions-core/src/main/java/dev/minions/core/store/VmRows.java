package dev.minions.core.store;

import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendId;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The VMs and the host ports they have. */
final class VmRows {
    private static final String COLUMNS = "id, project, name, spec, image, state, desired, failure, lifetime, owner,"
            + " cid, network, address, hypervisor, hypervisor_configuration, volumes, volumes_configuration, nic,"
            + " nic_configuration, created_at, started_at";

    /** A row in one column, as JSON: reading a column costs a call out of Java, and 21 for each VM took most of the time. */
    private static final String SELECT =
            "SELECT json_array(" + COLUMNS.replace(" spec,", " json(spec),") + ") FROM vms ";

    private static final String INSERT = "INSERT INTO vms (" + COLUMNS + ", idempotency_key) VALUES"
            + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String UPDATE = "UPDATE vms SET (" + COLUMNS + ", idempotency_key) ="
            + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?";

    private VmRows() {}

    static Optional<VmRecord> find(Sql sql, VmId id) {
        return sql.first(SELECT + "WHERE id = ?", VmRows::read, id.toString());
    }

    static Optional<VmRecord> find(Sql sql, ProjectName project, VmName name) {
        return sql.first(SELECT + "WHERE project = ? AND name = ?", VmRows::read, project.value(), name.value());
    }

    static Optional<VmRecord> findByKey(Sql sql, ProjectName project, String key) {
        return sql.first(SELECT + "WHERE project = ? AND idempotency_key = ?", VmRows::read, project.value(), key);
    }

    static List<VmRecord> list(Sql sql) {
        return sql.list(SELECT + "ORDER BY seq", VmRows::read);
    }

    static List<VmRecord> list(Sql sql, ProjectName project) {
        return sql.list(SELECT + "WHERE project = ? ORDER BY seq", VmRows::read, project.value());
    }

    static void add(Sql sql, VmRecord vm) {
        requireImage(sql, vm);
        if (find(sql, vm.id()).isPresent()) {
            throw new MinionsException(
                    ErrorCode.VM_EXISTS, "create vm '" + vm.name() + "': id " + vm.id() + " is in use");
        }
        requireFreeName(sql, vm);
        sql.update(INSERT, values(vm));
        addForwards(sql, vm);
    }

    static void update(Sql sql, VmRecord vm) {
        requireFreeName(sql, vm);
        @Nullable Object[] values = values(vm);
        @Nullable Object[] parameters = Arrays.copyOf(values, values.length + 1);
        parameters[values.length] = vm.id().toString();
        if (sql.update(UPDATE, parameters) == 0) {
            throw new MinionsException(ErrorCode.VM_NOT_FOUND, "update vm '" + vm.name() + "': there is none");
        }
        sql.update("DELETE FROM forwards WHERE vm = ?", vm.id().toString());
        addForwards(sql, vm);
    }

    static void remove(Sql sql, VmId id) {
        sql.update("DELETE FROM vms WHERE id = ?", id.toString());
    }

    private static void requireImage(Sql sql, VmRecord vm) {
        if (!sql.exists("SELECT 1 FROM images WHERE digest = ?", vm.imageDigest())) {
            throw new MinionsException(
                    ErrorCode.IMAGE_NOT_FOUND,
                    "create vm '" + vm.name() + "': its image " + vm.imageDigest() + " is not there, or no longer");
        }
    }

    private static void requireFreeName(Sql sql, VmRecord vm) {
        if (sql.exists(
                "SELECT 1 FROM vms WHERE project = ? AND name = ? AND id <> ?",
                vm.project().value(),
                vm.name().value(),
                vm.id().toString())) {
            throw new MinionsException(
                    ErrorCode.VM_EXISTS,
                    "name vm '" + vm.name() + "': project '" + vm.project() + "' has a vm of that name");
        }
    }

    private static void addForwards(Sql sql, VmRecord vm) {
        for (PortForward forward : vm.spec().publish()) {
            requireFree(sql, vm, forward);
            sql.update(
                    "INSERT INTO forwards (vm, address, port) VALUES (?, ?, ?)",
                    vm.id().toString(),
                    forward.address(),
                    forward.hostPort());
        }
    }

    /** What listens on all addresses is in the way of each, and each in its way. */
    private static void requireFree(Sql sql, VmRecord vm, PortForward forward) {
        record Holder(String address, String name) {}
        List<Holder> holders = sql.list(
                "SELECT forwards.address, vms.name FROM forwards JOIN vms ON vms.id = forwards.vm WHERE port = ?",
                row -> new Holder(row.text(), row.text()),
                forward.hostPort());
        for (Holder holder : holders) {
            if (overlap(holder.address(), forward.address())) {
                throw new MinionsException(
                        ErrorCode.PORT_IN_USE,
                        "publish port " + forward.hostPort() + " on " + forward.address() + " for vm '" + vm.name()
                                + "': vm '" + holder.name() + "' has it on " + holder.address());
            }
        }
    }

    private static boolean overlap(String one, String other) {
        return one.equals(other) || isEverywhere(one) || isEverywhere(other);
    }

    private static boolean isEverywhere(String literal) {
        try {
            return InetAddress.getByName(literal).isAnyLocalAddress();
        } catch (UnknownHostException notALiteral) {
            throw new IllegalArgumentException("'" + literal + "' is no IP address", notALiteral);
        }
    }

    private static @Nullable Object[] values(VmRecord vm) {
        return new @Nullable Object[] {
            vm.id().toString(),
            vm.project().value(),
            vm.name().value(),
            SpecJson.write(vm.spec()),
            vm.imageDigest(),
            vm.state().name(),
            vm.desired().name(),
            vm.failure().orElse(null),
            vm.lifetime().name(),
            vm.owner().orElse(null),
            vm.cid(),
            vm.network(),
            vm.address().isPresent() ? (Object) vm.address().getAsLong() : null,
            vm.hypervisor().id().value(),
            vm.hypervisor().configuration(),
            vm.volumes().id().value(),
            vm.volumes().configuration(),
            vm.nic().id().value(),
            vm.nic().configuration(),
            Instants.toNanos(vm.createdAt()),
            vm.startedAt().map(Instants::toNanos).orElse(null),
            vm.spec().idempotencyKey().orElse(null)
        };
    }

    private static VmRecord read(Sql.Row row) throws SQLException {
        Json.Items vm = Json.items(row.text());
        return new VmRecord(
                VmId.of(vm.text()),
                ProjectName.of(vm.text()),
                VmName.of(vm.text()),
                SpecJson.read(vm.fields()),
                vm.text(),
                VmState.valueOf(vm.text()),
                VmState.valueOf(vm.text()),
                Optional.ofNullable(vm.textOrNull()),
                MachineSpec.Lifetime.valueOf(vm.text()),
                Optional.ofNullable(vm.textOrNull()),
                vm.number(),
                vm.text(),
                optional(vm.numberOrNull()),
                backend(vm),
                backend(vm),
                backend(vm),
                Instants.ofNanos(vm.number()),
                Optional.ofNullable(vm.numberOrNull()).map(Instants::ofNanos));
    }

    private static OptionalLong optional(@Nullable Long number) {
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    private static BackendRef backend(Json.Items vm) {
        return new BackendRef(BackendId.of(vm.text()), vm.text());
    }
}
