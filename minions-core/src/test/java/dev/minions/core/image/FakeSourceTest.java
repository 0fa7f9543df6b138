package dev.minions.core.image;

import dev.minions.ByteSize;
import dev.minions.ImageBuild;
import dev.minions.spi.ImageSource;
import dev.minions.testkit.ImageSourceContract;

/** What the tests of the store build with is as good as any source. */
class FakeSourceTest extends ImageSourceContract {
    @Override
    protected ImageSource source() {
        return new FakeSource();
    }

    @Override
    protected ImageBuild smallest() {
        return ImageBuild.of("debian").sized(ByteSize.mib(1));
    }
}
