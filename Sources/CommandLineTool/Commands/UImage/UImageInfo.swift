import ArgumentParser
import FirmwareImage
import FlashBytes

/// `jffs2 uimage info IMAGE`
struct UImageInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show the headers of the uImages in a file, as mkimage -l does, and whether the CRCs are right.",
        discussion: "Times are UTC. Exit status 1 if anything about an image does not hold.")

    @OptionGroup var input: UImageInput
    @OptionGroup var output: OutputArguments

    func run() throws {
        let file: FileBytes
        let images: [FirmwareImage.UImage]
        switch try input.open() {
        case .legacy(let bytes, let found): (file, images) = (bytes, found)
        case .flattened(let image):
            if output.json {
                try JSON.print(image.json)
            } else if !output.quiet {
                if image.offset > 0 { StandardStreams.print("\(input.name): FIT image at \(hex(image.offset))") }
                image.lines.forEach(StandardStreams.print)
            }
            return try UImageVerify.report(image)
        }
        if output.json {
            try JSON.print(["images": images.map(UImageDescription.init)])
        } else if !output.quiet {
            for image in images {
                let isAlone = images.count == 1 && image.offset == 0
                if !isAlone { StandardStreams.print("\(input.name): uImage at \(hex(image.offset))") }
                UImageDescription.lines(image).forEach(StandardStreams.print)
            }
            if let end = images.last?.range.upperBound, end < file.count {
                StandardStreams.print("Behind it:    \(file.count - end) bytes\(Self.describe(file, start: end))")
            }
        }
        try UImageVerify.report(images, path: input.name)
    }

    private static func describe(_ file: FileBytes, start: Int) -> String {
        let isErased = file.withBytes { $0.isFilled(with: 0xff, in: start..<file.count) }
        return isErased ? ", all 0xff" : ""
    }
}

/// `jffs2 uimage verify IMAGE`
struct UImageVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check header CRC, data CRC and sizes of the uImages in a file.",
        discussion: "Exit status 0 if all hold, 1 if one does not, 2 if there is no uImage.")

    @OptionGroup var input: UImageInput
    @OptionGroup var output: OutputArguments

    func run() throws {
        let images: [FirmwareImage.UImage]
        switch try input.open() {
        case .legacy(_, let found): images = found
        case .flattened(let image):
            if output.json {
                try JSON.print(image.json)
            } else if !output.quiet {
                let verdict = image.faults.isEmpty ? "ok" : "FAIL"
                StandardStreams.print("\(input.name): FIT image at \(hex(image.offset)): \(verdict)")
            }
            return try Self.report(image)
        }
        if output.json {
            try JSON.print(["images": images.map(UImageDescription.init)])
        } else if !output.quiet {
            for image in images {
                let name = Printable.text(image.header.name)
                let verdict = image.faults.isEmpty ? "ok" : "FAIL"
                StandardStreams.print("\(input.name): uImage at \(hex(image.offset)), '\(name)': \(verdict)")
            }
        }
        try Self.report(images, path: input.name)
    }

    /// Says what does not hold, and ends with status 1 if anything does not.
    static func report(_ image: FlattenedImageFile) throws {
        for fault in image.faults {
            StandardStreams.error("\(image.path): FIT image at \(hex(image.offset)): \(fault)")
        }
        if !image.faults.isEmpty { throw Failure.damaged }
    }

    /// Says what does not hold, and ends with status 1 if anything does not.
    static func report(_ images: [FirmwareImage.UImage], path: String) throws {
        for image in images {
            for fault in image.faults { StandardStreams.error("\(path): uImage at \(hex(image.offset)): \(fault)") }
        }
        if !images.allSatisfy(\.faults.isEmpty) { throw Failure.damaged }
    }
}
