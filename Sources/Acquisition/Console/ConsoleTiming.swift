/// How long to wait for what.
package struct ConsoleTiming: Sendable {
    /// How much later than on a wire everything comes, as measured: console servers, bad radio links.
    var latency: Duration = .zero
    /// For the echo of a command, and for the first sign of an answer. Network servers and loaded adapters were seen to
    /// answer 0.25 s late.
    var echo: Duration { scaled(.milliseconds(900)) + latency }
    /// A pause inside an answer that is not yet complete.
    var pause: Duration { scaled(.milliseconds(1500)) + latency }
    /// Silence after a prompt that came before the answer was complete, before it is believed. What comes later still is
    /// noticed before the next command.
    var promptQuiet: Duration { scaled(.milliseconds(80)) }
    /// Silence after the prompt that follows a Ctrl-C.
    var settle: Duration { scaled(.milliseconds(60)) + latency }
    /// How long a port that vanished, or a board that reset, may take to come back.
    var recovery: Duration = .seconds(60)
    /// How often a command is typed before it counts as lost.
    var attempts = 12
    private let factor: Double

    /// - Parameter patience: 1 does for all that was seen; less costs fewer seconds for each lost character.
    package init(patience: Double = 1) { factor = min(max(patience, 0.05), 60) }

    /// Another time, made longer or shorter like all.
    func scaled(_ time: Duration) -> Duration { time * factor }

    /// What a command that copies `count` bytes of flash may take: slow chips give 250 KB a second.
    func copying(_ count: UInt64) -> Duration {
        scaled(.seconds(4)) + latency + .milliseconds(Int(clamping: count / 250))
    }
}
