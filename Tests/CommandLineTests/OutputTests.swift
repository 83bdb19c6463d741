import Foundation
import TestSupport
import Testing

/// One rule for the outputs of all commands (see `OutputCase.all`).
@Suite struct OutputTests {
    /// A directory with the inputs, what is in it, and what is in one after a run without trouble.
    fileprivate struct Start {
        let scratch: Scratch
        let before: [String: String]
        let reference: [String: String]
        let status: Int32

        init(_ one: OutputCase) throws {
            let whole = try OutputCase.makeDirectory()
            status = try one.run(whole).status
            reference = try OutputCase.listing(whole.path)
            scratch = try OutputCase.makeDirectory()
            before = try OutputCase.listing(scratch.path)
            #expect((0...1).contains(status) && reference.keys.contains("o"))
        }

        func expectUntouched(_ one: OutputCase, _ what: String, since before: [String: String]? = nil) throws {
            let state = try OutputState(scratch, one, before: before ?? self.before, reference: reference)
            #expect(state.isUntouched && state.strange.isEmpty, "\(what): \(state)")
        }
    }

    @Test(arguments: OutputCase.all.filter { $0.input != nil })
    func anInputIsNeverReplacedWhateverItsName(_ one: OutputCase) throws {
        let start = try Start(one)
        let scratch = start.scratch
        let input = try #require(one.input)
        try FileManager.default.createSymbolicLink(
            atPath: scratch("symlink"), withDestinationPath: scratch(one.directoryOfInput ?? input))
        var names = ["./" + (one.directoryOfInput ?? input), scratch(one.directoryOfInput ?? input), "symlink"]
        if one.directoryOfInput == nil {
            try FileManager.default.linkItem(atPath: scratch(input), toPath: scratch("hardlink"))
            names.append("hardlink")
        }
        let before = try OutputCase.listing(scratch.path)
        for name in names {
            // swap takes -f for changing its input.
            let force = one.testDescription == "swap" ? [] : [one.force].compactMap(\.self)
            let output = try one.run(scratch, arguments: one.arguments.map { $0 == "o" ? name : $0 } + force)
            #expect(output.isOneLine(64, "input"), "\(output.command): \(output.status) \(output.messages)")
            #expect(try OutputCase.listing(scratch.path) == before, "\(output.command)")
        }
    }

    @Test(arguments: OutputCase.all) func anExistingOutputIsReplacedOnlyWhenThatIsAskedFor(_ one: OutputCase) throws {
        for taken in one.outputs {
            let start = try Start(one)
            let scratch = start.scratch
            let isDirectory = start.reference[taken]?.hasPrefix("NSFileTypeDirectory") == true
            if isDirectory {
                try FileManager.default.createDirectory(atPath: scratch(taken), withIntermediateDirectories: false)
                // Where a directory may exist, the files in it may not.
                try scratch.write("\(taken)/mine", Array("mine".utf8))
                if one.directoryOfInput != nil { try scratch.write("\(taken)/0", Array("old".utf8)) }
            } else {
                try scratch.write(taken, Array("old".utf8))
            }
            let before = try OutputCase.listing(scratch.path)
            let refused = try one.run(scratch)
            #expect(refused.isOneLine(2), "\(taken): \(refused.status) \(refused.messages)")
            try start.expectUntouched(one, "\(taken) exists", since: before)
            guard let force = one.force else { continue }
            #expect(refused.messages.contains(force), "\(refused.messages)")
            let output = try one.run(scratch, arguments: one.arguments + [force])
            #expect(output.status == start.status, "\(output.command): \(output.messages)")
            var now = try OutputCase.listing(scratch.path).filter { one.isOutput($0.key) }
            if isDirectory { now["\(taken)/mine"] = nil }
            // An existing file keeps its mode, and a directory what it has.
            #expect(now.mapValues(Self.content) == start.outputs(one).mapValues(Self.content), "\(taken)")
        }
    }

    private static func content(_ description: String) -> String {
        let words = description.split(separator: " ")
        return words.enumerated().filter { $0.offset != 1 }.map { String($0.element) }.joined(separator: " ")
    }

    @Test(arguments: OutputCase.all.filter(\.writesPipes))
    func pipesAndDevicesGetTheSameBytesAsAFile(_ one: OutputCase) throws {
        let start = try Start(one)
        let scratch = start.scratch
        _ = try one.run(scratch)
        let expected = try scratch.read("o")
        for output in one.outputs { try FileManager.default.removeItem(atPath: scratch(output)) }
        let quoted = { (place: String) in
            ([Tool.path] + one.arguments.map { $0 == "o" ? place : $0 }).map { "'\($0)'" }.joined(separator: " ")
        }
        for (place, script) in [
            ("-", "%@ | cat >copy"), ("/dev/stdout", "%@ | cat >copy"), ("-", "%@ >copy"),
            ("/dev/stdout", "%@ >copy"), ("/dev/fd/1", "exec >copy; echo head; %@"),
            ("fifo", "rm -f fifo; mkfifo fifo; cat fifo >copy & %@; wait"), ("/dev/null", "%@; printf '' >copy"),
        ] {
            let line = script.replacing("%@", with: quoted(place))
            let output = try Program.run(
                "sh", ["-c", line],
                environment: ["SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": scratch("tmp")], in: scratch.path)
            #expect(output.messages.isEmpty || start.status == 1, "\(line): \(output.messages)")
            let copy = try scratch.read("copy")
            let head = script.contains("head") ? Array("head\n".utf8) : []
            #expect(place == "/dev/null" || copy == head + expected, "\(line): \(copy.count)")
            for name in ["copy", "fifo"] + one.outputs.dropFirst() {
                try? FileManager.default.removeItem(atPath: scratch(name))
            }
            try start.expectUntouched(one, line)
        }
    }

    @Test(arguments: OutputCase.all) func aFullDiskIsNoticedAndNothingIsLeft(_ one: OutputCase) throws {
        let start = try Start(one)
        let scratch = start.scratch
        // No file may be longer than one of dash's or bash's blocks: of 512 or 1024 bytes.
        let line = "ulimit -f 1; exec \"$0\" \"$@\""
        let output = try Program.run(
            "sh", ["-c", line, Tool.path] + one.arguments,
            environment: ["SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": scratch("tmp")], in: scratch.path)
        #expect(output.status == 2 && !output.messages.isEmpty, "\(output.status) \(output.messages)")
        try start.expectUntouched(one, "a limit of the size")
        #if os(Linux)
            if one.writesPipes {
                let full = try one.run(scratch, arguments: one.arguments.map { $0 == "o" ? "/dev/full" : $0 })
                #expect(full.status == 2, "\(full.messages)")
                try start.expectUntouched(one, "/dev/full as output")
            }
            // What is said about the output counts as well.
            let spoken = one.arguments.filter { !["-q", "--quiet"].contains($0) }
            let silent = try Program.run(
                "sh", ["-c", "exec \"$0\" \"$@\" >/dev/full", Tool.path] + spoken,
                environment: ["SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": scratch("tmp")], in: scratch.path)
            #expect(silent.status == 2 && silent.messages.contains("standard output"), "\(silent.messages)")
            try start.expectUntouched(one, "/dev/full as standard output")
        #endif
    }
}

extension OutputTests.Start {
    fileprivate func outputs(_ one: OutputCase) -> [String: String] { reference.filter { one.isOutput($0.key) } }
}
