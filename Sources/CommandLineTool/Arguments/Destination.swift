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

/// Where a command puts what it makes. The rule is the same for all commands: an input is never replaced unless that is what
/// the user asks for, a file that exists is replaced with `-f` only, a pipe or device is written to.
struct Destination {
    /// The file; `-` is standard output.
    let path: String
    private let role: OutputFile.Role
    private let replacing: Replacing

    /// Whether a file that exists may be replaced, and how the user says so.
    struct Replacing {
        var isAllowed: Bool
        /// The option, for messages.
        var option = "-f"
    }

    /// - Parameters:
    ///   - inputs: what the command reads.
    ///   - role: what the file is for.
    ///   - isText: whether it may go to a terminal.
    init(
        output: String, replacing: Replacing, inputs: [String?] = [], role: OutputFile.Role = .output,
        isText: Bool = false
    ) throws {
        path = Self.isStandardOutput(output) ? "-" : output
        self.role = role
        self.replacing = replacing
        for input in inputs { if let input { InputFiles.note(path: input) } }
        if path == "-" {
            ErrorDescription.noteOtherOutput()
            if isatty(1) == 1, !isText {
                throw Failure("an image is not for a terminal; give -o FILE, or redirect the output", status: .usage)
            }
        } else {
            try saying { try OutputFile.check(path, replacing: replacing.isAllowed, role: role) }
        }
    }

    /// The place of a command that can also change its input itself.
    ///
    /// - Parameters:
    ///   - output: `-o`.
    ///   - input: what is changed; nil where there is nothing that can be.
    ///   - inPlace: how the user asks for that, and whether.
    init(
        output: String?, orChanging input: String?, inPlace: (isAskedFor: Bool, option: String), _ replacing: Replacing,
        inputs: [String?] = []
    ) throws {
        let isInput = output.flatMap { output in input.map { InputFiles.areSame(output, second: $0) } } ?? false
        // Of some commands it is the option that replaces files.
        if inPlace.isAskedFor, inPlace.option != replacing.option, output != nil, !isInput {
            throw ValidationError("-o OUT and \(inPlace.option) exclude each other.")
        }
        guard inPlace.isAskedFor, let input, output == nil || isInput else {
            guard let output else {
                let other = input.map { ", or \(inPlace.option) to change \($0) itself" } ?? ""
                throw ValidationError("Where to? Give -o OUT\(other).")
            }
            if isInput {
                throw Failure("\(output): is the input itself; \(inPlace.option) changes it", status: .usage)
            }
            try self.init(output: output, replacing: replacing, inputs: inputs + [input])
            return
        }
        if input == "-" { throw Failure("standard input cannot be changed itself; give -o OUT", status: .usage) }
        try self.init(
            output: input, replacing: Replacing(isAllowed: true), inputs: inputs + [input], role: .changedInput)
    }

    /// Whether it is the input itself.
    var isInPlace: Bool { role == .changedInput }

    /// Whether it is standard output.
    var isStandardOutput: Bool { path == "-" }

    /// Whether a path leads to standard output, whatever it is called.
    static func isStandardOutput(_ path: String) -> Bool {
        ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].contains(path)
    }

    /// Begins the file.
    ///
    /// - Parameter isReadable: see `OutputFile`.
    func open(isReadable: Bool = false) throws -> OutputFile {
        if isStandardOutput { return try .standardOutput(isReadable: isReadable) }
        return try saying {
            try OutputFile(path: path, replacing: replacing.isAllowed, role: role, isReadable: isReadable)
        }
    }

    /// Saves, and names the file where something goes wrong.
    func saving<Result>(_ body: () throws(SaveError) -> Result) throws -> Result {
        do throws(SaveError) {
            return try body()
        } catch {
            throw Failure(place: self, error: error)
        }
    }

    /// Turns the library's refusals into words that tell what to do.
    private func saying<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FileError {
            if role == .changedInput, error.errno == .fileExists, error.action == "create" {
                throw Failure(
                    "\(error.path): exists already; a run that was cut short may have kept the input there: move it away"
                )
            }
            throw Failure(refusal: error, option: replacing.option) ?? error
        }
    }
}

/// `-f`, for all commands that write.
struct ForceArguments: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Replace the output if it exists already.")
    var force = false

    /// For `Destination`.
    var replacing: Destination.Replacing { Destination.Replacing(isAllowed: force) }
}

extension StandardStreams {
    /// Puts outputs in their places, all or none, when all that was said about them is out: a full disk behind standard
    /// output is a reason to write nothing.
    static func commit(_ files: [OutputFile]) throws {
        try finish()
        try OutputSet.commit(files)
    }
}

extension Failure {
    /// An image that was not saved; errors that name a file themselves stay as they are.
    init(place: Destination, error: SaveError) {
        switch error {
        case .file, .build: self.init(error.description)
        case .layout, .tooLarge, .surroundings, .differs: self.init("\(place.path): \(error)")
        }
    }
}
