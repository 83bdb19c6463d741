import ArgumentParser

/// How much a command says.
struct OutputArguments: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON object instead of text; see jffs2-json(5).")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more, and list all findings.")
    var verbose = false
}
