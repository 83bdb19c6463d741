#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    /// Failing disks and signals, at chosen calls of the system, for all commands that write: `Tests/FaultInjection`.
    ///
    /// A few moments of each call are tried; with JFFS2_FAULTS=all in the environment, all of them (an hour).
    @Suite struct FaultTests {
        private static let isThorough = ProcessInfo.processInfo.environment["JFFS2_FAULTS"] == "all"

        /// The library that makes calls fail, built once.
        private static let library: Result<String, any Error> = Result {
            let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-faults-\(getuid())")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let path = directory.appending(path: "faults-\(getpid()).so").path(percentEncoded: false)
            let arguments = [
                "-O1", "-shared", "-fPIC", "-o", path, Checkout.path("Tests/FaultInjection/faults.c"), "-ldl",
            ]
            // A Swift toolchain has a C compiler of its own.
            let compiler = (try? Program.run("cc", ["--version"]))?.status == 0 ? "cc" : "clang"
            _ = try Program.run(compiler, arguments).checked()
            return path
        }

        /// One command in a directory of its own, tried again and again.
        private final class Bench {
            let one: OutputCase
            let reference: [String: String]
            let status: Int32
            /// How often each call is made in a run without trouble.
            let calls: [(name: String, count: Int)]
            private let library: String
            private var scratch: Scratch
            private var before: [String: String]
            /// What was in the place of the outputs.
            private let former: [String: [UInt8]]

            init(_ one: OutputCase, replacing: Bool = false) throws {
                var one = one
                library = try FaultTests.library.get()
                former = replacing ? Dictionary(uniqueKeysWithValues: one.outputs.map { ($0, Array("old".utf8)) }) : [:]
                if replacing, let force = one.force { one.arguments.append(force) }
                self.one = one
                let whole = try OutputCase.makeDirectory()
                for (name, bytes) in former { try whole.write(name, bytes) }
                let counts = whole("tmp/counts")
                status = try one.run(whole, environment: ["LD_PRELOAD": library, "COUNT": counts]).status
                let text = String(decoding: try whole.read("tmp/counts"), as: UTF8.self)
                calls = text.split(separator: "\n").compactMap { line in
                    let words = line.split(separator: " ")
                    guard words.count == 2, let count = Int(words[1]), count > 0 else { return nil }
                    return (String(words[0]), count)
                }
                try FileManager.default.removeItem(atPath: counts)
                reference = try OutputCase.listing(whole.path)
                (scratch, before) = try Self.fresh(former)
            }

            private static func fresh(_ former: [String: [UInt8]]) throws -> (Scratch, [String: String]) {
                let scratch = try OutputCase.makeDirectory()
                for (name, bytes) in former { try scratch.write(name, bytes) }
                return (scratch, try OutputCase.listing(scratch.path))
            }

            /// Runs it once; what it leaves is held against the reference.
            func run(_ trouble: [String: String]) throws -> (Program.Output, OutputState) {
                let environment = trouble.merging(["LD_PRELOAD": library]) { $1 }
                let output = try one.run(scratch, environment: environment)
                let state = try OutputState(scratch, one, before: before, reference: reference)
                if !state.isUntouched || !state.strange.isEmpty { (scratch, before) = try Self.fresh(former) }
                return (output, state)
            }

            /// Runs it once more in the directory of a run that was killed.
            func runAfterKill(at moment: String) throws -> (Program.Output, OutputState) {
                _ = try one.run(scratch, environment: ["LD_PRELOAD": library, "SIGNAL": "\(moment):9"])
                let left = try OutputState(scratch, one, before: before, reference: reference)
                // What was there before, or all of it: no output is there in part, unless several are.
                if one.outputs.count == 1 { #expect(left.isUntouched || left.isWhole, "killed at \(moment): \(left)") }
                for output in one.outputs where former.isEmpty {
                    try? FileManager.default.removeItem(atPath: scratch(output))
                }
                let output = try one.run(scratch)
                let state = try OutputState(scratch, one, before: before, reference: reference)
                (scratch, before) = try Self.fresh(former)
                return (output, state)
            }

            /// The calls to try: the first one and the last one, or all.
            func moments(_ count: Int) -> [Int] {
                FaultTests.isThorough ? Array(1...count) : Set([1, count]).sorted()
            }
        }

        /// Calls that only read, or clear up, are left to the thorough run.
        private static let telling: Set<String> = [
            "write", "pwrite", "fsync", "ftruncate", "rename", "renameat", "link", "linkat", "mkdir", "mkdirat",
            "close",
        ]

        private static func isTried(_ call: String) -> Bool { isThorough || telling.contains(call) }

        @Test(arguments: OutputCase.all) func aCallThatFailsLeavesAllOutputsOrNone(_ one: OutputCase) throws {
            let bench = try Bench(one)
            for (call, count) in bench.calls where Self.isTried(call) {
                for number in bench.moments(count) {
                    let isFull = ["write", "pwrite", "mkdir", "mkdirat"].contains(call)
                    try expectAllOrNone(bench, ["FAULT": "\(call):\(number):\(isFull ? "28+" : "5")"])
                }
            }
        }

        @Test(arguments: OutputCase.all.filter { $0.force != nil && !$0.arguments.contains("-d") })
        func aCallThatFailsKeepsTheFormerFiles(_ one: OutputCase) throws {
            let bench = try Bench(one, replacing: true)
            for (call, count) in bench.calls where ["fsync", "rename", "link", "linkat"].contains(call) {
                for number in bench.moments(count) { try expectAllOrNone(bench, ["FAULT": "\(call):\(number):5"]) }
            }
        }

        private func expectAllOrNone(_ bench: Bench, _ trouble: [String: String]) throws {
            let (output, state) = try bench.run(trouble)
            #expect(state.strange.isEmpty, "\(trouble): \(state)")
            #expect(state.isWhole || state.isUntouched, "\(trouble): \(state)")
            #expect((0...2).contains(output.status) && output.signal == nil, "\(trouble): \(output.status)")
            // Some failures are nothing to the result, such as that of a directory that cannot be looked through.
            #expect(output.status == 2 ? state.isUntouched : state.isWhole, "\(trouble): \(output.status) \(state)")
            #expect(output.status == bench.status || !output.messages.isEmpty, "\(trouble): \(output.status)")
        }

        @Test(arguments: OutputCase.all) func interruptedAndShortCallsAreMadeAgain(_ one: OutputCase) throws {
            let bench = try Bench(one)
            for trouble in [["EINTR": "2"], ["EINTR": "3", "SHORT": "777"]] {
                let (output, state) = try bench.run(trouble)
                #expect(output.status == bench.status, "\(trouble): \(output.messages)")
                #expect(state.isWhole && state.strange.isEmpty, "\(trouble): \(state)")
            }
        }

        @Test(arguments: OutputCase.all) func aSignalLeavesAllOutputsOrNone(_ one: OutputCase) throws {
            let bench = try Bench(one)
            var signals = [SIGTERM, SIGINT, SIGHUP]
            var (ended, tried) = (0, 0)
            for (call, count) in bench.calls where Self.isTried(call) || call == "read" || call == "openat" {
                for number in bench.moments(count) {
                    let signal = signals.removeFirst()
                    signals.append(signal)
                    let trouble = ["SIGNAL": "\(call):\(number):\(signal)"]
                    let (output, state) = try bench.run(trouble)
                    // Not every run makes as many calls, and then it just ends well.
                    let isDone = output.signal == nil && output.status == bench.status && state.isWhole
                    #expect(output.signal == signal || isDone, "\(trouble): \(output.status) \(output.messages)")
                    tried += 1
                    if output.signal == signal { ended += 1 }
                    #expect(state.strange.isEmpty, "\(trouble): \(state)")
                    #expect(state.isWhole || state.isUntouched, "\(trouble): \(state)")
                }
            }
            #expect(ended * 2 > tried)
        }

        @Test(arguments: OutputCase.all) func theNextRunClearsUpBehindOneThatWasKilled(_ one: OutputCase) throws {
            let bench = try Bench(one)
            for (call, count) in bench.calls
            where ["write", "pwrite", "fsync", "rename", "renameat", "link", "linkat", "unlink", "unlinkat"].contains(
                call)
            {
                for number in Set([1, count]) {
                    let (output, state) = try bench.runAfterKill(at: "\(call):\(number)")
                    #expect(output.status == bench.status, "\(call):\(number): \(output.messages)")
                    #expect(state.isWhole && state.strange.isEmpty, "\(call):\(number): \(state)")
                }
            }
        }
    }
#endif
