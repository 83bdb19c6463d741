import ArgumentParser
import FlashBytes
import ImageFile
import Scrub
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What `scrub` writes: the image, its reports, the plan.
extension ScrubCommand {
    /// Where everything goes.
    struct Places {
        var output: Destination
        var report: Destination
        /// Nil unless it is asked for.
        var privateReport: Destination?
        var list: Destination?
        /// Where what was decided at the terminal is written down.
        var plan: Destination?
    }

    /// Nil where nothing is written.
    func places(output: String?) throws -> Places? {
        guard output != nil || inPlace, !dryRun else { return nil }
        let place = try Destination(
            output: output, orChanging: input.image, inPlace: (inPlace, "--in-place"), forcing.replacing)
        if place.isStandardOutput {
            throw ValidationError("The reports stand beside the output, so it must be a file: give -o FILE.")
        }
        let replacing = forcing.replacing
        if let file = privateReport, file == place.path || file == place.path + ".scrub.json" {
            throw Failure("\(file): cannot be the output and the private report", status: .usage)
        }
        return Places(
            output: place,
            report: try Destination(output: place.path + ".scrub.json", replacing: replacing, role: .sideFile),
            privateReport: try privateReport.map {
                try Destination(output: $0, replacing: replacing, role: .secret)
            },
            list: try layout.listPlace(replacing),
            // It was read, so it is known what goes.
            plan: isDialog
                ? try plan.map { try Destination(output: $0, replacing: .init(isAllowed: true), role: .sideFile) } : nil
        )
    }

    /// Says what was done, and puts it in its place.
    ///
    /// - Returns: false if somebody at the dialog was asked, and did not want it.
    func finish(
        _ result: ScrubbedImage, places: Places?, list: ChangedBlockList? = nil, layers: [InputLayer],
        decided: ScrubPlan? = nil
    ) throws -> Bool {
        let place = places?.output.path
        var report = result.report
        if let remark = InputFile.unpackedRemark(layers) {
            report.report.notes.append("\(remark), and the input's size and sum are those of what was in it")
        }
        report.report.output.name = (place ?? "").split(separator: "/").last.map(String.init) ?? ""
        if !verbosity.quiet, !verbosity.json { plan(report.report, found: result.found).forEach(StandardStreams.print) }
        for note in report.report.notes { StandardStreams.error("\(input.name): \(note)") }
        let notSearched = report.report.searched.notSearched
        for sentence in notSearched { StandardStreams.error("\(input.name): not searched: \(sentence)") }
        for path in report.report.searched.keptPaths { StandardStreams.error("\(input.name): kept as it is: \(path)") }
        if report.report.searched.commonValues > 0 {
            StandardStreams.error(
                "\(input.name): \(commonValues(report.report.searched.commonValues, places: result.commonPlaces))")
        }
        guard report.report.proof.holds else {
            let listing = ScrubListing(result.left, given: [])
            for line in listing.lines(result.left).prefix(20) { StandardStreams.error("still there: \(line)") }
            for line in result.remains.prefix(20) { StandardStreams.error("still there: \(line)") }
            throw Failure("\(place ?? "the output"): not written: not everything could be taken out")
        }
        if let places, !dryRun {
            guard confirmed() else {
                guard isDialog else { throw Failure("\(places.output.path): not written") }
                StandardStreams.print("\(places.output.path): not written")
                return false
            }
            var files = try write(result.bytes, report: report, places: places)
            if let file = try places.plan?.open(), let decided {
                try file.write(try JSON.bytes(decided))
                files.append(file)
            }
            if let file = try places.list.flatMap({ try list?.write(to: $0) }) { files.append(file) }
            if !verbosity.quiet, !verbosity.json {
                if places.list?.isStandardOutput != true { list?.lines.forEach(StandardStreams.print) }
                if let caution = list?.caution {
                    StandardStreams.error("warning: \(places.output.path) is not for the flash as it is: \(caution)")
                }
                let size = result.bytes.count
                StandardStreams.print(
                    "\(places.output.path): \(sizes.text(size)) (\(hex(size))); nothing found "
                        + (notSearched.isEmpty && report.report.searched.keptPaths.isEmpty
                            ? "in it" : "in what was searched") + staying(report.report.searched.staying ?? 0))
                StandardStreams.print(
                    "\(places.report.path): the report, which may be published"
                        + (places.privateReport.map { "; \($0.path) has what was removed" } ?? ""))
            }
            try printJSON(report.report, places: places)
            try StandardStreams.commit(files)
        } else {
            try printJSON(report.report, places: nil)
        }
        if result.isDamaged || !result.notSearched.isEmpty { throw Failure.damaged }
        return true
    }

    /// What no scrub takes out.
    private func staying(_ count: Int) -> String {
        if count == 0 { return "" }
        return "; \(count) value\(count == 1 ? "" : "s") in programs, libraries, pages and manuals "
            + "stay\(count == 1 ? "s" : ""): 'jffs2 scrub --list -v' names \(count == 1 ? "it" : "them")"
    }

    private func printJSON(_ report: ScrubReport, places: Places?) throws {
        guard verbosity.json, places?.list?.isStandardOutput != true else { return }
        try JSON.print(ScrubDescription(report, file: input.name, output: places?.output.path))
    }

    /// What nobody can take out without harm: words. The user decides.
    private func commonValues(_ count: Int, places: [ScrubPlace]) -> String {
        let values = "\(count) removed value\(count == 1 ? " is" : "s are") too common to be looked for elsewhere"
        let paths = Set(places.map { $0.path.map { "\($0)" } ?? "\($0)" }).sorted()
        if paths.isEmpty { return values }
        let shown = paths.prefix(8).joined(separator: ", ")
        return values + "; as words they also stand in \(shown)"
            + (paths.count > 8 ? " and \(paths.count - 8) more" : "") + ": --secret VALUE takes one out there, too"
    }

    private func plan(_ report: ScrubReport, found: [ScrubFinding]) -> [String] {
        var lines = verbosity.verbose ? ScrubListing(found, given: []).lines(found).map { "  \($0)" } : []
        lines += report.found.map { "  found \($0.live) live, \($0.dead) dead: \($0.rule)" }
        lines += report.changes.map { change in
            "  \(change.action) \(change.path)"
                + (change.rules.isEmpty ? "" : " (" + change.rules.joined(separator: ", ") + ")")
        }
        return lines
    }

    private func confirmed() -> Bool {
        // The input stays as it is: without somebody to ask, there is nothing to ask about.
        if yes || isatty(0) == 0 || isatty(2) == 0 { return true }
        StandardStreams.flush()
        _ = try? FileDescriptor.standardError.writeAll("Write it? [y/N] ".utf8)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }

    private func write(_ bytes: [UInt8], report: PrivateScrubReport, places: Places) throws -> [OutputFile] {
        var report = report
        report.report.seal = try Self.seal(of: report.report)
        var files: [OutputFile] = []
        if let secret = try places.privateReport?.open() {
            try secret.write(try JSON.bytes(report))
            files.append(secret)
        }
        let open = try places.report.open()
        try open.write(try JSON.bytes(report.report))
        let file = try places.output.open()
        try places.output.saving { () throws(SaveError) in try VerifiedOutput(file).write(bytes) }
        return files + [open, file]
    }

    /// The digest that a report holds of itself.
    static func seal(of report: ScrubReport) throws -> String {
        var report = report
        report.seal = ""
        return hexadecimal(FileBytes(try JSON.bytes(report)).withBytes { SHA256.digest($0) } ?? [])
    }
}
