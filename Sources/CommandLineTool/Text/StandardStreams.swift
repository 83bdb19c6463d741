import FlashBytes
import Synchronization
import SystemPackage

/// Standard output (data, buffered) and standard error (messages, at once).
enum StandardStreams {
    private static let buffer = Mutex<[UInt8]>([])
    private static let failure = Mutex<Failure?>(nil)
    /// The name in front of messages.
    static let program = DropIn.current?.rawValue ?? "jffs2"
    /// How much is collected before it is written (bytes).
    private static let capacity = 1 << 16

    /// Writes lines of text. What a stranger put into it, as the name of a file, does nothing to a terminal.
    static func print(_ line: String) { write(Array(Printable.lines(line).utf8) + [0x0a]) }

    /// Writes bytes of data.
    static func write(_ bytes: [UInt8]) {
        let isFull = buffer.withLock { buffer in
            buffer += bytes
            return buffer.count >= capacity
        }
        if isFull { flush() }
    }

    /// Writes out what is buffered. What goes wrong is remembered for `finish`, and nothing more is written then.
    static func flush() {
        let bytes = buffer.withLock { buffer in
            let bytes = buffer
            buffer.removeAll(keepingCapacity: true)
            return bytes
        }
        if bytes.isEmpty || failure.withLock({ $0 != nil }) { return }
        ProgressLine.clear()
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            failure.withLock { $0 = Failure("standard output: cannot write: \(error)") }
        }
    }

    /// Writes out what is buffered; a full disk is an error of the whole program.
    static func finish() throws {
        flush()
        if let failure = failure.withLock(\.self) { throw failure }
    }

    /// Writes a line to standard error, with the program's name in front. Whatever was put into it, an argument perhaps, does
    /// nothing to a terminal.
    static func error(_ line: String) { errorLines("\(program): \(line)") }

    /// Writes lines to standard error, as `error` does, without a name in front.
    static func errorLines(_ text: String) { errorText("\(Printable.lines(text))\n") }

    /// Writes text to standard error as it is.
    static func errorText(_ text: String) {
        ProgressLine.clear()
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
