import FlashBytes

/// The names of other tools. Run by one of them, the program takes that tool's arguments, gives its output and ends with its
/// exit status; the manual page of each name says where that differs.
enum DropIn: String, CaseIterable {
    case jefferson
    case mkfs = "mkfs.jffs2"
    case sumtool
    case jffs2dump
    case jffs2reader
    case mkimage
    case dumpimage

    /// The one that the program is run as; nil for `jffs2`.
    static let current: DropIn? = CommandLine.arguments.first
        .flatMap { $0.split(separator: "/").last.map(String.init) }
        .flatMap(DropIn.init(rawValue:))

    /// What does the work.
    private var tool: any DropInTool.Type {
        switch self {
        case .jefferson: JeffersonDropIn.self
        case .mkfs: MkfsDropIn.self
        case .sumtool: SumtoolDropIn.self
        case .jffs2dump: JFFS2DumpDropIn.self
        case .jffs2reader: JFFS2ReaderDropIn.self
        case .mkimage: MkimageDropIn.self
        case .dumpimage: DumpimageDropIn.self
        }
    }

    /// Runs the tool and ends the program.
    func run(_ arguments: [String]) async -> Never {
        let tool = tool
        // mkfs.jffs2 does not mind an output in the directory that it packs.
        InputFiles.record(includingDirectories: self != .mkfs)
        await Failure.run(statuses: tool.exitStatus) { try await tool.run(arguments) }
    }

    /// `NAME (jffs2 …)`, the answer to -V.
    var versionLine: String { "\(rawValue) (\(Version.text))" }
}

/// A tool whose name the program can be run by.
protocol DropInTool: SendableMetatype {
    /// Does what the tool does with these arguments.
    static func run(_ arguments: [String]) async throws

    /// What the tool ends with where the program itself would end with `status`.
    static func exitStatus(_ status: Failure.Status, message: String) -> Int32
}

extension DropInTool {
    /// Prints what --help prints.
    ///
    /// - Parameter isError: whether it goes to standard error.
    static func printHelp(_ text: String, isError: Bool = false) {
        if isError { StandardStreams.errorText(text + "\n") } else { StandardStreams.print(text) }
    }

    /// A name as the tool prints it: as it is into a pipe or a file, where that is the contract, but not to a terminal.
    static func shown(_ name: some Sequence<UInt8>) -> [UInt8] {
        let bytes = Array(name)
        return OutputTerminal.isThere ? Array(Printable.text(bytes).utf8) : bytes
    }
}

/// Columns as C's printf writes them.
enum Column {
    /// Right-aligned, as `%8d`.
    static func right(_ value: some CustomStringConvertible, width: Int) -> String {
        let text = value.description
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Left-aligned, as `%-8d`.
    static func left(_ value: some CustomStringConvertible, width: Int) -> String {
        let text = value.description
        return text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// `0x%08x`.
    static func hexadecimal(_ value: some BinaryInteger, width: Int = 8) -> String {
        "0x" + hexadecimalDigits(value, width: width)
    }
}
