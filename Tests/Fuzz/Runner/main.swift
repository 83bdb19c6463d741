import Dispatch
import FuzzTargets

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// libFuzzer on the target that FUZZ_TARGET names, with libFuzzer's arguments. Without a name: all names, with how long their
// inputs may be. `.ci/fuzz` builds and runs this.

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

enum Wanted {
    static let name = getenv("FUZZ_TARGET").map { String(cString: $0) }
    static let target = FuzzTarget.all.first { $0.name == name }
}

if Wanted.target == nil {
    for target in FuzzTarget.all { print(target.name, target.largest) }
    exit(Wanted.name == nil ? 0 : 64)
}

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
    runDriver(&count, &arguments) { start, count in
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                try await Wanted.target?.run(bytes)
            } catch {
                // So that libFuzzer keeps the input.
                fatalError("\(error)")
            }
            done.signal()
        }
        done.wait()
        return 0
    })
