import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How the program ends when something went wrong: one line on standard error, and a documented exit status.
struct Failure: Error, CustomStringConvertible {
    /// The statuses of the manual page.
    enum Status: Int32 {
        /// Done, but the image was damaged or a check did not hold.
        case damaged = 1
        /// Failed; nothing was written.
        case failed = 2
        /// Wrong usage.
        case usage = 64
    }

    var status: Status
    /// One sentence; empty when everything was said already.
    var description: String

    init(_ description: String, status: Status = .failed) {
        self.description = description
        self.status = status
    }

    /// Any error of the library, which prints as a sentence.
    init(_ error: any Error & CustomStringConvertible) { self.init(error.description) }

    /// Ends with `damaged` and no further word.
    static let damaged = Failure("", status: .damaged)

    /// Runs the program and turns whatever is thrown into message and status.
    static func run(_ body: @Sendable () async throws -> Void) async -> Never {
        // A reader that has seen enough (`jffs2 ls … | head`) is no error.
        signal(SIGPIPE, SIG_DFL)
        do {
            try await body()
            Console.flush()
            exit(0)
        } catch let failure as Failure {
            Console.flush()
            if !failure.description.isEmpty { Console.error(failure.description) }
            exit(failure.status.rawValue)
        } catch let error as any CustomStringConvertible & Error where !isParserError(error) {
            Console.flush()
            Console.error(error.description)
            exit(Status.failed.rawValue)
        } catch {
            Console.flush()
            JFFS2Command.exit(withError: error)
        }
    }

    /// Ends the program at once.
    static func leave(_ status: Status) -> Never { exit(status.rawValue) }

    /// Errors of the argument parser know their own text and status.
    private static func isParserError(_ error: any Error) -> Bool {
        JFFS2Command.exitCode(for: error) != .failure
            || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
