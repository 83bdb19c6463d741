import FileTree
import FirmwareImage
import FlashBytes
import JFFS2

/// Finds out why a file does not mount, unpack or boot.
package enum Examination {
    /// What a file is, the outermost layer first; `healthy` alone where nothing is wrong.
    ///
    /// - Parameters:
    ///   - options: what is known; a byte order or erase size in it is that of the device.
    package static func diagnoses(of file: InputFile, options: InputOptions = InputOptions()) -> [Diagnosis] {
        guard file.bytes.count > 0 else { return [Diagnosis(.empty, text: "the file is empty")] }
        var found = packing(of: file)
        if let fault = file.bytes.withBytes({ TransferFault.diagnosis($0) }) { return found + [fault] }
        var open = options
        (open.byteOrder, open.eraseSize) = (nil, nil)
        // What it is instead is found out below, and once.
        open.explains = false
        do throws(InputError) {
            let images = try ImageOpener.openAll(file, options: open)
            if images.count > 1 { found.append(several(images)) }
            for image in images {
                let own = ImageExamination.diagnoses(image, wanted: options)
                found += images.count == 1 ? own : own.compactMap { $0.ofSeveral(image.number) }
            }
        } catch {
            switch error {
            case .badOption(let message): found.append(Diagnosis(.unknown, text: message))
            default: found += ForeignExamination.diagnoses(ByteRegion(file.bytes), options: options)
            }
        }
        if found.isEmpty { found.append(Diagnosis(.unknown, text: "nothing is known of it")) }
        let faults = found.filter { !$0.isHealthy }
        return faults.isEmpty ? found : faults
    }

    /// What a file without a file system of ours most probably is, by a look that takes hardly longer than opening it.
    package static func glance(at file: InputFile) -> Diagnosis {
        guard file.bytes.count > 0 else { return Diagnosis(.empty, text: "the file is empty") }
        let found = ForeignExamination.diagnoses(ByteRegion(file.bytes), options: InputOptions(), isThorough: false)
        return found.first ?? Diagnosis(.unknown, text: "nothing is known of it")
    }

    /// What an archive is that holds several files; nil for any other error.
    package static func diagnosis(of error: InputError) -> Diagnosis? {
        guard case .severalMembers(_, let form, let members) = error else { return nil }
        return Diagnosis(
            .archive(form, members: members), text: "it is a \(form) archive of \(members.count) files",
            for: members.prefix(8).map { "it holds \(printable(Array($0.utf8)))" })
    }

    /// What two files are together: the two chips of one bus.
    package static func diagnoses(of first: InputFile, with second: InputFile) -> [Diagnosis] {
        var best: (kind: Diagnosis.Kind, headers: Int)?
        var options = InputOptions()
        // The wrong one of both orders looks like swapped words.
        options.swapGroup = 0
        for width in [1, 2] {
            for isFirst in [true, false] {
                let merged = first.bytes.withBytes { left in
                    second.bytes.withBytes { right in
                        Interleave.merged(isFirst ? left : right, with: isFirst ? right : left, width: width)
                    }
                }
                let headers = ImageReading.best(ByteRegion(merged), options: options)?.census.sightings.count ?? 0
                if headers > best?.headers ?? 1 { best = (.halves(width: width, isFirst: isFirst), headers) }
            }
        }
        let hasSameSize = first.bytes.count == second.bytes.count
        guard let best, case .halves(let width, let isFirst) = best.kind else { return [] }
        let order = isFirst ? "the first file has the first bytes" : "the second file has the first bytes"
        return [
            Diagnosis(
                best.kind, text: "the two files are two chips on one bus, \(8 * width) bits each; \(order)",
                for: ["put together, they show \(best.headers) node headers with right sums"]
                    + (hasSameSize ? ["they have the same size"] : []),
                against: hasSameSize ? [] : ["they have different sizes"])
        ]
    }

    private static func packing(of file: InputFile) -> [Diagnosis] {
        file.layers.compactMap { layer in
            if case .compressedUImage(let image, let form) = layer {
                return Diagnosis(
                    .container("uImage"),
                    text:
                        "the file system is the \(form)-compressed data of a uImage '\(printable(image.header.name))'",
                    for: [
                        "a U-Boot header at 0x0, and \(image.data.count) bytes behind it unpack to \(file.bytes.count)"
                    ], against: image.faults + (file.damage.map { [$0] } ?? []))
            }
            guard case .packed(let form, let member, let bytes) = layer else { return nil }
            return Diagnosis(
                .packed(form, member: member),
                text: form.isArchive
                    ? "it is a \(form) archive, with the dump in it" : "it is \(form)-compressed",
                for: ["\(bytes) bytes unpack to \(file.bytes.count)"], against: file.damage.map { [$0] } ?? [])
        }
    }

    private static func several(_ images: [OpenedImage]) -> Diagnosis {
        Diagnosis(
            .several(images.count),
            text: "there are \(images.count) JFFS2 file systems in it, as in a dump of a whole flash",
            for: images.prefix(8).map { image in
                let name = image.name.map { " (\(printable(Array($0.utf8))))" } ?? ""
                return "number \(image.number)\(name) at \(hex(image.range.lowerBound)), \(image.range.count) bytes"
            })
    }
}

extension Diagnosis {
    /// The same, of one of several file systems; nil for where it lies, which goes without saying there.
    fileprivate func ofSeveral(_ number: Int) -> Diagnosis? {
        switch kind {
        case .offset, .header, .mixedByteOrders, .shifted, .rotated, .beginsInside, .partTurned: return nil
        default:
            var diagnosis = self
            diagnosis.number = number
            return diagnosis
        }
    }
}
