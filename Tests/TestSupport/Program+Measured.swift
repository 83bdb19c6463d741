import Foundation

extension Program {
    /// How a program ended, and the most memory that it had at one time (bytes).
    package struct Measured: Sendable {
        package var status: Int32
        package var peakMemory: Int
        package var messages: String
    }

    /// Runs a program to its end and measures its memory, as the system counts it. Its standard output is dropped.
    package static func measured(_ name: String, _ arguments: [String], in directory: String? = nil) throws -> Measured
    {
        let script = """
            import resource, subprocess, sys
            status = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
            print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == 'darwin' else 1024))
            """
        let output = try run("python3", ["-c", script, name] + arguments, in: directory).checked()
        let numbers = output.text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard numbers.count == 2 else { throw ProgramFailed(output: output) }
        return Measured(status: Int32(numbers[0]), peakMemory: numbers[1], messages: output.messages)
    }
}
