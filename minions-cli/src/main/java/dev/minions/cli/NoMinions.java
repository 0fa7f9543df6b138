package dev.minions.cli;

import dev.minions.CreateOptions;
import dev.minions.EphemeralVm;
import dev.minions.HostReport;
import dev.minions.ImageBuild;
import dev.minions.ImageImport;
import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.Images;
import dev.minions.Minions;
import dev.minions.ProgressListener;
import dev.minions.ProjectName;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmSpec;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import java.util.List;
import java.util.Optional;

/** What there is where there is no data directory: nothing. For commands that make nothing. */
final class NoMinions implements Minions {
    private final ProjectName project;

    NoMinions(ProjectName project) {
        this.project = project;
    }

    @Override
    public Optional<Vm> find(String nameOrId) {
        return Optional.empty();
    }

    @Override
    public Vm get(String nameOrId) {
        throw new MinionsException(
                ErrorCode.VM_NOT_FOUND,
                "no vm is called '" + Text.clean(nameOrId) + "' in project '" + project
                        + "'; 'minions list' shows those there are");
    }

    @Override
    public List<VmInfo> list() {
        return List.of();
    }

    @Override
    public List<Vm> interrupted() {
        return List.of();
    }

    @Override
    public Images images() {
        return new NoImages();
    }

    @Override
    public List<Event> events(long cursor, int limit) {
        return List.of();
    }

    @Override
    public Minions project(ProjectName name) {
        return new NoMinions(name);
    }

    @Override
    public Vm create(VmSpec spec, CreateOptions options) {
        throw makesNothing();
    }

    @Override
    public EphemeralVm launch(VmSpec spec, CreateOptions options) {
        throw makesNothing();
    }

    @Override
    public HostReport diagnose() {
        throw makesNothing();
    }

    private static IllegalStateException makesNothing() {
        return new IllegalStateException("a command that makes something must say so");
    }

    @Override
    public void close() {
        // nothing is open
    }

    private static final class NoImages implements Images {
        @Override
        public List<ImageInfo> list() {
            return List.of();
        }

        @Override
        public ImageInfo get(ImageRef image) {
            throw notFound("inspect", image);
        }

        @Override
        public void remove(ImageRef image) {
            throw notFound("remove", image);
        }

        private static MinionsException notFound(String doing, ImageRef image) {
            return new MinionsException(
                    ErrorCode.IMAGE_NOT_FOUND, doing + ": image '" + image + "' is not known; there is none");
        }

        @Override
        public ImageInfo build(ImageBuild build, ProgressListener progress) {
            throw makesNothing();
        }

        @Override
        public ImageInfo importDisk(ImageImport source, ProgressListener progress) {
            throw makesNothing();
        }
    }
}
