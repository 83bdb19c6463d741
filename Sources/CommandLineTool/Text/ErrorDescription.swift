import Synchronization

/// Why a command failed, for `--json`: on standard output, which stays JSON. People read it on standard error, as always.
struct ErrorDescription: Encodable {
    struct Detail: Encodable {
        var message: String
        /// What the program ends with.
        var exitStatus: Int32
    }

    var error: Detail

    /// Whether standard output has an image, an archive or a list in it, of which JSON would become a part.
    private static let isOutputTaken = Mutex(false)

    /// From now on standard output belongs to what is written there.
    static func noteOtherOutput() { isOutputTaken.withLock { $0 = true } }

    /// Writes out what was printed before, and this if JSON was asked for.
    ///
    /// - Parameter message: empty where everything was said already.
    static func print(_ message: String, status: Failure.Status) {
        let isWanted =
            DropIn.current == nil && ProgramArguments.all.prefix { $0 != "--" }.contains("--json")
        if isWanted, !message.isEmpty, !isOutputTaken.withLock(\.self) {
            try? JSON.print(ErrorDescription(error: Detail(message: message, exitStatus: status.rawValue)))
        }
        StandardStreams.flush()
    }
}
