package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.ImageBuild;
import dev.minions.spi.ImageSource;
import dev.minions.testkit.ImageSourceContract;

class FakeImagesTest extends ImageSourceContract {
    @Override
    protected ImageSource source() {
        return FakeImages.on(new FakeHost(), "fake");
    }

    @Override
    protected ImageBuild smallest() {
        return ImageBuild.of("fake").sized(ByteSize.mib(64)).including("curl");
    }
}
