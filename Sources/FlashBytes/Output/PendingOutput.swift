internal import SystemPackage

/// Something that was written and is not in its place yet.
///
/// The calls come in this order: `sync`, `place`, `verify`, then `finish`, or `takeBack` if anything failed meanwhile.
package protocol PendingOutput: AnyObject {
    /// Whether it can be taken back. What goes to a pipe or a device cannot, and comes last.
    var isRevocable: Bool { get }
    /// Waits until the disk has it all.
    func sync() throws(FileError)
    /// Puts it in its place.
    ///
    /// - Parameter isAlone: whether nothing else has to be taken back with it.
    func place(isAlone: Bool) throws(FileError)
    /// Proves that it is there.
    func verify() throws(FileError)
    /// Restores what was there before, as well as that goes.
    func takeBack()
    /// Takes away what was kept for `takeBack`.
    func finish()
}

/// Outputs that belong together: all of them appear, or none.
package enum OutputSet {
    /// Puts all of them in their places; pipes and devices come last. If one fails, what was there before is there again.
    ///
    /// - Throws: also what is wrong with an input that was mapped: then nothing that was made from it is of any use.
    package static func commit(_ files: [OutputFile]) throws(FileError) { try commit(outputs: files) }

    /// Two outputs of one name would be one.
    private static func checkNames(_ files: [OutputFile]) throws(FileError) {
        var names: Set<String> = []
        for file in files where file.isNew && !names.insert(file.place.path).inserted {
            throw FileError(action: "write two outputs to it", path: file.path, errno: .fileExists)
        }
    }

    package static func commit(outputs: [any PendingOutput]) throws(FileError) {
        try checkNames(outputs.compactMap { $0 as? OutputFile })
        for output in outputs where output.isRevocable { try output.sync() }
        try FileBytes.checkInputs()
        try Termination.protected { () throws(FileError) in
            var placed: [any PendingOutput] = []
            do throws(FileError) {
                for isRevocable in [true, false] {
                    for output in outputs where output.isRevocable == isRevocable {
                        if Termination.isRequested {
                            throw FileError(action: "write", path: "the output", errno: .interrupted)
                        }
                        placed.append(output)
                        try output.place(isAlone: outputs.count == 1)
                    }
                }
                for output in outputs { try output.verify() }
            } catch {
                for output in placed.reversed() { output.takeBack() }
                throw error
            }
            for output in outputs { output.finish() }
        }
    }
}
