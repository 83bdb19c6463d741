internal import Synchronization

/// How far long work is, for whoever waits for it.
///
/// The work does not know who that is: an observer holds for all that the program does while it is set.
public enum WorkProgress {
    /// Takes what is done, and how much of it: `done` of `total` in any unit. Called often, and from any thread.
    public typealias Observer = @Sendable (_ work: String, _ done: UInt64, _ total: UInt64) -> Void

    private static let current = Mutex<Observer?>(nil)

    /// Who wants to know; nil for nobody.
    public static var observer: Observer? { current.withLock(\.self) }

    /// Tells an observer of what `body` does.
    public static func observed<Value, Problem: Error>(
        by observer: @escaping Observer, _ body: () throws(Problem) -> Value
    ) throws(Problem) -> Value {
        let before = current.withLock { current in
            defer { current = observer }
            return current
        }
        defer { current.withLock { $0 = before } }
        return try body()
    }
}
