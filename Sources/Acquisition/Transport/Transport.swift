/// A line to a console: bytes go out, bytes come in, and it may break and be opened again.
package protocol Transport: AnyObject {
    /// As the user named it.
    var name: String { get }

    /// The rate in baud; nil where somebody else sets it (a console server).
    var baudRate: Int? { get }

    /// Other programs that have the line open, as far as that can be found out.
    var otherUsers: [String] { get }

    /// Opens the line, or opens it again after `disconnected`.
    func open() throws(AcquisitionError)

    /// Closes the line; harmless when it is closed.
    func close()

    /// What has come; waits up to `timeout` for it, and returns nothing if nothing came.
    ///
    /// - Throws: `disconnected` when the line is gone, `interrupted` when the user pressed Ctrl-C.
    func read(timeout: Duration) throws(AcquisitionError) -> [UInt8]

    /// Sends all bytes.
    func write(_ bytes: [UInt8]) throws(AcquisitionError)

    /// Changes the rate at once.
    func setBaudRate(_ rate: Int) throws(AcquisitionError)
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds) * 1000
            + Int(clamping: (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Seconds with fraction.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
