/// How long to wait for what.
public struct ConsoleTiming: Sendable {
    /// For the echo of a command, and for the first sign of an answer. Network servers and loaded adapters were seen to
    /// answer 0.25 s late.
    public var echo: Duration = .milliseconds(900)
    /// A pause inside an answer that is not yet complete.
    public var pause: Duration = .milliseconds(1500)
    /// Silence after a prompt that came before the answer was complete, before it is believed.
    public var promptQuiet: Duration = .milliseconds(150)
    /// Silence after the prompt that follows a Ctrl-C.
    public var settle: Duration = .milliseconds(60)
    /// How long a port that vanished, or a board that reset, may take to come back.
    public var recovery: Duration = .seconds(60)
    /// How often a command is typed before it counts as lost.
    public var attempts = 12

    public init() {}
}
