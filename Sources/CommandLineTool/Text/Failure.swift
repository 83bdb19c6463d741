import ArgumentParser
import FlashBytes
import ImageFile
import SystemPackage

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
        /// A scan that ended before all files had their lines.
        case unfinished = 3
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

    /// An output that was refused, in words that tell what to do; nil for any other error.
    ///
    /// - Parameter option: what replaces a file that exists.
    init?(refusal error: FileError, option: String) {
        if error.isInput {
            self.init("\(error.path): is read as an input; give another name for the output", status: .usage)
        } else if error.errno == .fileExists, error.action == "create" {
            self.init("\(error.path): exists already; \(option) replaces it")
        } else {
            return nil
        }
    }

    /// Ends with `damaged` and no further word.
    static let damaged = Failure("", status: .damaged)

    /// Ends with `failed`: what failed was said, and the rest was done.
    static let incomplete = Failure("", status: .failed)

    /// Runs the program and turns whatever is thrown into message and status.
    ///
    /// - Parameter statuses: the numbers to end with, with the message besides.
    static func run(
        statuses: (Status, String) -> Int32 = { status, _ in status.rawValue },
        _ body: @Sendable () async throws -> Void
    ) async -> Never {
        // A reader that has seen enough (`jffs2 ls … | head`) is no error: SIGPIPE ends the program.
        Termination.watch()
        do {
            do {
                try await body()
                try StandardStreams.finish()
            } catch {
                // Whatever came out of an input that could not be read, that is the reason.
                try FileBytes.checkInputs()
                if (error as? Failure)?.status == .damaged { try StandardStreams.finish() }
                throw (error as? FileError).flatMap { Failure(refusal: $0, option: "-f") } ?? error
            }
            try FileBytes.checkInputs()
            exit(0)
        } catch let failure as Failure {
            ErrorDescription.print(failure.description, status: failure.status)
            if !failure.description.isEmpty { say(failure.description, status: failure.status) }
            exit(statuses(failure.status, failure.description))
        } catch let error as InputError {
            ErrorDescription.print(error.description + error.remedy, status: .failed)
            say(error.description + error.remedy)
            exit(statuses(.failed, error.description))
        } catch let error as any CustomStringConvertible & Error where !isParserError(error) {
            ErrorDescription.print(error.description, status: .failed)
            say(error.description)
            exit(statuses(.failed, error.description))
        } catch {
            let code = JFFS2Command.exitCode(for: error)
            guard code != .success else {
                StandardStreams.flush()
                if DropIn.current == nil { printAnswer(JFFS2Command.fullMessage(for: error)) }
                JFFS2Command.exit(withError: error)
            }
            guard DropIn.current != nil else {
                let message = UsageMessage(error, arguments: JFFS2Command.arguments).text
                // JSON names no command in any error: whoever asked knows it.
                let prefix = InvokedCommand(ProgramArguments.all).prefix
                ErrorDescription.print(String(message.dropFirst(prefix.count)), status: .usage)
                StandardStreams.error(message)
                exit(Status.usage.rawValue)
            }
            let message = JFFS2Command.message(for: error)
            StandardStreams.error(message)
            exit(statuses(.usage, message))
        }
    }

    /// Prints what was asked for instead of work, and ends the program: the help of a command with its examples, the version.
    private static func printAnswer(_ text: String) -> Never {
        StandardStreams.write(Array((text.hasPrefix("OVERVIEW:") ? withExamples(text) : text + "\n").utf8))
        do {
            try StandardStreams.finish()
        } catch {
            say("\(error)")
            exit(Status.failed.rawValue)
        }
        exit(0)
    }

    private static func withExamples(_ text: String) -> String {
        let arguments = ProgramArguments.all
        let command = InvokedCommand(arguments.first == "help" ? Array(arguments.dropFirst()) : arguments)
        let examples = CommandExamples.section(of: command)
        // The text of a group of commands ends without an empty line.
        let gap = examples.isEmpty || text.hasSuffix("\n") ? "\n" : "\n\n"
        return text + gap + examples
    }

    /// Writes the line that tells why the program ends: which command, what, where, and what to do.
    private static func say(_ description: String, status: Status = .failed) {
        guard DropIn.current == nil else { return StandardStreams.error(description) }
        let command = InvokedCommand(ProgramArguments.all)
        let line = description.hasPrefix(command.prefix) ? description : command.prefix + description
        let advice = status == .usage && !line.contains("; ") ? "; see '\(command.helpLine)'" : ""
        StandardStreams.error(line + advice)
    }

    /// Ends the program at once.
    static func leave(_ status: Int32) -> Never { exit(status) }

    /// Errors of the argument parser know their own text and status.
    private static func isParserError(_ error: any Error) -> Bool {
        JFFS2Command.exitCode(for: error) != .failure
            || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
