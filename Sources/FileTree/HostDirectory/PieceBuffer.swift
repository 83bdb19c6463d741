internal import FlashBytes
internal import SystemPackage

/// The memory through which one file's content goes.
@safe final class PieceBuffer {
    private let memory: UnsafeMutableRawBufferPointer
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        unsafe memory = .allocate(byteCount: capacity, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe memory.deallocate() }

    private func piece(_ count: Int) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    func fill(from reader: any ContentReader, at offset: UInt64, count: Int) throws(ContentsError) -> [ContentDamage] {
        var span = unsafe MutableRawSpan(_unsafeBytes: piece(count))
        return try reader.read(into: &span, at: offset)
    }

    /// Makes the first bytes zeros.
    func clear(_ count: Int) { unsafe piece(count).initializeMemory(as: UInt8.self, repeating: 0) }

    /// Calls `body` with the first bytes.
    func withBytes<Result>(_ count: Int, body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(piece(count)))
    }

    func write(_ count: Int, to file: OpenFile, at offset: UInt64) throws(Errno) {
        unsafe try file.write(UnsafeRawBufferPointer(piece(count)), at: offset)
    }

    func digest(_ count: Int, into digest: SHA256?) {
        unsafe digest?.update(UnsafeRawBufferPointer(piece(count)))
    }

    func digestZeros(_ count: UInt64, into digest: SHA256?) {
        guard let digest, count > 0 else { return }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
        var rest = count
        while rest > 0 {
            let step = Int(min(rest, UInt64(capacity)))
            self.digest(step, into: digest)
            rest -= UInt64(step)
        }
    }
}
