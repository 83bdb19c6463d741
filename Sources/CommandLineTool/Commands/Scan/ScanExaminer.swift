import FirmwareImage
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

/// Looks at a file for `scan`.
struct ScanExaminer {
    /// What is looked for; nil for no secrets.
    let rules: RuleSet?
    /// See `--max-input`.
    let largest: Int?

    /// So many file systems of one file are described.
    private static let mostFileSystems = 64

    /// What is in a regular file.
    func examine(_ path: [UInt8]) -> ScanAnswer {
        var description = ScanDescription(of: path)
        var answer = ScanAnswer(verdict: .unreadable, size: 0, modified: 0, line: [])
        do {
            // What was a file before may be a FIFO now, and must not be waited for.
            let descriptor = try SystemCall.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            defer { try? SystemCall.close(descriptor) }
            let status = try HostFileStatus(of: descriptor)
            guard status.kind == .regular else { throw Failure("is no regular file any more") }
            (answer.size, answer.modified) = (status.size, status.modified)
            let bytes = try FileBytes(regular: descriptor, size: status.size, name: description.file)
            description.fileSize = bytes.count
            description.sha256 = bytes.withBytes { SHA256.digest($0) }.map { hexadecimal($0) }
            answer.verdict = try describe(bytes, in: &description)
            try FileBytes.checkInputs()
            answer.line = try JSON.line(description)
        } catch {
            let message = Self.message(error)
            answer.verdict = .unreadable
            answer.line = ScanDescription.failedLine(path, message: message)
        }
        return answer
    }

    private func describe(_ bytes: FileBytes, in description: inout ScanDescription) throws -> ScanAnswer.Verdict {
        var limits = InputFile.Limits()
        limits.largest = largest
        var options = InputOptions()
        options.largestInput = largest
        let file: InputFile
        do {
            file = try InputFile(unpacking: bytes, name: description.file, limits: limits)
        } catch {
            (description.format, description.message) = Self.packed(error)
            return .other
        }
        guard let images = try? ImageOpener.openAll(file, options: options) else {
            let diagnosis = Examination.glance(at: file)
            let around = file.layers.map(\.description) + [file.damage].compactMap(\.self)
            description.format = diagnosis.kind.format
            description.message = ([diagnosis.text] + around).joined(separator: "; ")
            return .other
        }
        description.format = "jffs2"
        let described = images.prefix(Self.mostFileSystems).map { image in
            ImageDescription(scanned: image, check: ImageVerification(image, isAlignmentWanted: false))
        }
        description.fileSystems = described
        let isDamaged = described.contains(where: \.damaged)
        description.damaged = isDamaged
        if images.count > described.count {
            description.message = "\(images.count) file systems, the first \(described.count) of which are described"
        }
        let hasSecrets = try rules.map { try search(images, options: options, rules: $0, in: &description) } ?? false
        return isDamaged ? (hasSecrets ? .damagedWithSecrets : .damaged) : hasSecrets ? .secrets : .sound
    }

    /// Counts secrets; no value gets into the description, wherever it stands.
    ///
    /// - Returns: whether there are any.
    private func search(
        _ images: [OpenedImage], options: InputOptions, rules: RuleSet, in description: inout ScanDescription
    ) throws -> Bool {
        var scrubber = try Scrubber(images: images, options: options)
        scrubber.rules = rules
        scrubber.jobs = 1
        let result = scrubber.list()
        let listing = ScrubListing(result.findings, given: rules.secrets)
        description.found = Scrubber.counts(result.findings).map {
            ScrubDescription.RuleCount(
                rule: $0.rule, secretKind: $0.kind, liveCount: $0.live, deadCount: $0.dead)
        }
        description.secretCount = result.findings.count
        description.incompleteRules = result.incompleteRules
        description.notSearched = result.notSearched.map(listing.masked)
        for index in description.fileSystems?.indices ?? 0..<0 {
            for number in description.fileSystems?[index].findings.indices ?? 0..<0 {
                guard let message = description.fileSystems?[index].findings[number].message else { continue }
                description.fileSystems?[index].findings[number].message = listing.masked(message)
            }
        }
        return !result.findings.isEmpty
    }

    /// Why a file cannot be read, without its name.
    private static func message(_ error: any Error) -> String {
        switch error {
        case let error as Errno: "cannot open: \(error)"
        case let error as FileError: "cannot \(error.action): \(error.errno)"
        case let error as any CustomStringConvertible: error.description
        default: "\(error)"
        }
    }

    /// What a file is that is packed, and cannot be unpacked.
    private static func packed(_ error: InputError) -> (format: String, message: String) {
        let advice = error.description + error.remedy
        return switch error {
        case .severalMembers(_, let form, _), .emptyArchive(_, let form): (form.rawValue, advice)
        case .tooLarge(_, _, let form?): (form.rawValue, advice)
        default: ("packed", advice)
        }
    }
}

extension Diagnosis.Kind {
    /// What a file is without file system, in one word.
    fileprivate var format: String {
        switch self {
        case .foreign(let format, _): format
        case .packed(let form, _), .archive(let form, _): form.rawValue
        default: word
        }
    }
}
