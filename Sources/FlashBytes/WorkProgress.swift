/// How far long work is, for whoever waits for it.
///
/// The work does not know who that is: an observer holds for all that is called while it is set.
public enum WorkProgress {
    /// Takes what is done, and how much of it: `done` of `total` in any unit. Called often, and from any thread.
    public typealias Observer = @Sendable (_ work: String, _ done: UInt64, _ total: UInt64) -> Void

    /// Who wants to know; nil for nobody.
    @TaskLocal public static var observer: Observer?
}
