package dev.minions.agent.guest;

/** How much more of one output the host will take. A reader of that output waits here, and only it. */
final class Credit {
    private long bytes;
    private boolean open = true;

    Credit(int window) {
        this.bytes = window;
    }

    synchronized void grant(int more) {
        bytes += more;
        notifyAll();
    }

    /** Nobody wants the output any more. */
    synchronized void close() {
        open = false;
        notifyAll();
    }

    /** Waits for leave to send; how much of {@code wanted} may go, or 0 if nobody wants it any more. */
    synchronized int take(int wanted) throws InterruptedException {
        while (bytes <= 0 && open) {
            wait();
        }
        if (!open) {
            return 0;
        }
        int taken = (int) Math.min(bytes, wanted);
        bytes -= taken;
        return taken;
    }
}
