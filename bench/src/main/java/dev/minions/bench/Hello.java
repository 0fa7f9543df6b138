package dev.minions.bench;

/** The smallest Java program: what a JVM costs before it does anything. Loaded from its class file alone. */
final class Hello {
    private Hello() {}

    /** Greets; with an argument, it then stays until its standard input ends. */
    @SuppressWarnings("SystemOut") // it is a program
    public static void main(String[] args) throws java.io.IOException {
        System.out.println("hello");
        if (args.length > 0 && System.in.read() >= 0) {
            System.out.println("hello again");
        }
    }
}
