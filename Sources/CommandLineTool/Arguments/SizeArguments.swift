import ArgumentParser

/// How the sizes of what was read and written are said.
struct SizeArguments: ParsableArguments {
    @Flag(name: .customLong("bytes"), help: "Say sizes in bytes, not rounded (in JSON they always are).")
    var areExact = false

    /// `1.9 MiB`, or `1966080 bytes`.
    func text(_ bytes: some BinaryInteger) -> String { HumanSize.words(bytes, isExact: areExact) }
}
