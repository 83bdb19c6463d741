internal import FlashBytes
internal import Synchronization
internal import SystemPackage

/// The directories of one tree of the host by number, a bounded number of them held open.
///
/// A directory is opened again from its parent when it is needed again, however deep it lies, and must still be the
/// same one: its path is never used.
final class OpenDirectories: Sendable {
    /// Which directory: its place in the order of adding; 0 is the root.
    typealias Number = Int

    private struct Record {
        let parent: Number
        let name: FileName
        let identity: HostIdentity
    }

    private struct State {
        var records: [Record]
        var open: [Number: (directory: OpenDirectory, lastUse: UInt64)] = [:]
        var clock: UInt64 = 0
        /// The one that was asked for last.
        var latest: Number = 0
    }

    /// How many directories stay open, the root apart.
    private let capacity = min(64, max(OpenFileLimit.current / 4, 1))

    private let root: OpenDirectory
    private let state: Mutex<State>

    init(root: OpenDirectory) {
        self.root = root
        state = Mutex(State(records: [Record(parent: -1, name: "", identity: root.identity)]))
    }

    /// Takes in a directory that was opened in another one.
    func add(_ directory: OpenDirectory, name: FileName, in parent: Number) -> Number {
        state.withLock { state in
            state.records.append(Record(parent: parent, name: name, identity: directory.identity))
            keep(directory, as: state.records.count - 1, state: &state)
            return state.records.count - 1
        }
    }

    /// The open directory; it stays open as long as the caller holds it.
    ///
    /// - Throws: what the system said; `ESTALE` when another directory is in its place by now.
    func open(_ number: Number) throws(Errno) -> OpenDirectory {
        let result: Result<OpenDirectory, Errno> = state.withLock { state in
            do throws(Errno) {
                let directory = try find(number, state: &state)
                state.latest = number
                return .success(directory)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func find(_ number: Number, state: inout State) throws(Errno) -> OpenDirectory {
        if let parent = parent(number, state: &state) { return parent }
        // Up to the nearest one that is open, then down again.
        var closed: [Number] = []
        var at = number
        while at != 0, state.open[at] == nil {
            closed.append(at)
            at = state.records[at].parent
        }
        var directory = root
        if at != 0, let kept = state.open[at]?.directory {
            directory = kept
            keep(kept, as: at, state: &state)
        }
        for number in closed.reversed() {
            let record = state.records[number]
            directory = try directory.openDirectory(record.name)
            guard directory.identity == record.identity else { throw .staleNFSFileHandle }
            keep(directory, as: number, state: &state)
        }
        return directory
    }

    /// The directory, from the one below it that was used last, on the way out of a deep tree; nil where that is not the way.
    private func parent(_ number: Number, state: inout State) -> OpenDirectory? {
        guard number != 0, state.open[number] == nil, state.records[state.latest].parent == number,
            let child = state.open[state.latest]?.directory, let directory = try? child.openDirectory(".."),
            directory.identity == state.records[number].identity
        else { return nil }
        keep(directory, as: number, state: &state)
        return directory
    }

    private func keep(_ directory: OpenDirectory, as number: Number, state: inout State) {
        state.clock += 1
        state.open[number] = (directory, state.clock)
        if state.open.count > capacity, let oldest = state.open.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            state.open[oldest.key] = nil
        }
    }
}
