import Foundation
import ImageFile
import JFFS2

/// What `doctor` says of bytes.
enum Diagnosed {
    /// The bytes as a file of the user's.
    static func file(_ bytes: [UInt8]) throws -> InputFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "jffs2-doctor-\(UUID().uuidString)")
        try Data(bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return try InputFile(path: path.path(percentEncoded: false))
    }

    static func all(_ bytes: [UInt8], options: InputOptions = InputOptions()) throws -> [Diagnosis] {
        Examination.diagnoses(of: try file(bytes), options: options)
    }

    static func kinds(_ bytes: [UInt8], options: InputOptions = InputOptions()) throws -> [Diagnosis.Kind] {
        try all(bytes, options: options).map(\.kind)
    }

    /// Random bytes.
    static func noise(_ count: Int, seed: UInt64 = 9) -> [UInt8] {
        var flash = SimulatedFlash(eraseSize: 8192, seed: seed)
        return flash.noise(count)
    }
}
