import FlashBytes
import TestSupport

/// A part of the product that takes bytes of strangers, and what must hold whatever they are.
///
/// The fuzzer (`make fuzz`) and the tests that replay the corpus call the same bodies.
package struct FuzzTarget: Sendable {
    /// As it is called on the command line; its corpus is in Tests/Fuzz/Corpus under this name.
    package let name: String
    /// The most bytes that make sense as an input.
    package let largest: Int
    private let body: @Sendable ([UInt8]) async throws(FuzzFailure) -> Void

    init(_ name: String, largest: Int, body: @escaping @Sendable ([UInt8]) async throws(FuzzFailure) -> Void) {
        (self.name, self.largest, self.body) = (name, largest, body)
    }

    /// Gives an input to the part.
    ///
    /// - Throws: what does not hold. A trap ends the program, as it would end the product.
    package func run(_ bytes: [UInt8]) async throws(FuzzFailure) {
        try await body(bytes)
    }

    /// The inputs that are kept in the repository.
    package func corpus() throws -> [(name: String, bytes: [UInt8])] {
        let folder = Checkout.path("Tests/Fuzz/Corpus/\(name)")
        return try names(in: folder).map { name in
            (name, try FileBytes(path: "\(folder)/\(name)").withBytes { bytes in bytes.withUnsafeBytes { Array($0) } })
        }
    }

    /// All of them, in the order in which `make fuzz` takes them.
    package static let all: [FuzzTarget] = [
        .scan, .reader, .opening, .codecs, .encoders, .packed,
        .uImage, .deviceTree, .partitions, .rows, .log, .kernelLog, .manifest, .archive, .deviceTable, .rules, .texts,
        .profile, .nodes, .unpack, .repack, .keepLayout, .scrub, .trees,
    ]
}

/// What should have held and did not.
package struct FuzzFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless something holds.
func expect(_ holds: Bool, _ what: @autoclosure () -> String) throws(FuzzFailure) {
    if !holds { throw FuzzFailure(what()) }
}
