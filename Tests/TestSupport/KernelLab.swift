import Foundation

/// The Linux kernel in a virtual machine, as the judge of images (Tests/KernelLab/README.md).
package enum KernelLab {
    /// Whether tests may use it: `make test` sets JFFS2_KERNEL_LAB; `swift test` alone does without.
    package static let isEnabled = ProcessInfo.processInfo.environment["JFFS2_KERNEL_LAB"] != nil

    /// An image for the kernel to judge.
    package struct Job: Sendable {
        /// Unique among the jobs of one call; letters, digits, dots and dashes.
        package var name: String
        package var image: [UInt8]
        /// Bytes.
        package var eraseSize: Int
        /// Erased blocks to be added behind the image; writing needs about five.
        package var spareBlocks = 0
        /// Write, rename, delete, unmount, mount again and compare.
        package var rewrite = false
        /// Which build of the kernel's jffs2: stock, be, old, beold, rtime, rubin.
        package var build = "stock"
        package var nand = false
        /// Bytes of a NAND page; 0: the usual of the erase size.
        package var pageSize = 0
        /// Bytes of a page's spare area, if the image has it behind each page; then `pageSize` is needed.
        package var spareSize = 0
        /// Mount options.
        package var options = ""
        /// Instead of judging only: an ageing script (Tests/KernelLab/README.md) that starts from the image; the verdict is
        /// what a fresh mount shows afterwards.
        package var script: String?
        /// What the script finds in `$JOB` besides: paths by name.
        package var files: [String: String] = [:]

        package init(
            name: String, image: [UInt8], eraseSize: Int, spareBlocks: Int = 0, rewrite: Bool = false,
            build: String = "stock", nand: Bool = false, options: String = ""
        ) {
            self.name = name
            self.image = image
            self.eraseSize = eraseSize
            self.spareBlocks = spareBlocks
            self.rewrite = rewrite
            self.build = build
            self.nand = nand
            self.options = options
        }
    }

    /// What a manifest has among its errors when nothing could be written after the flash was full and room was made.
    package static let stuck = "cannot write after it was full"

    /// Lets the kernel mount the images, many in one boot.
    ///
    /// - Returns: its manifest of each, by name.
    /// - Throws: when the lab itself fails; an image that does not mount is a manifest that says so.
    package static func judge(_ jobs: [Job]) throws -> [String: KernelManifest] {
        var manifests = try judgeOnce(jobs)
        // Now and then Linux 6.1 is stuck for good once a flash was full, whoever wrote the image: it depends on where its
        // collector was just then. What is wrong with an image shows every time.
        for _ in 0..<2 {
            let again = jobs.filter { manifests[$0.name]?.errors == [stuck] }
            if again.isEmpty { break }
            manifests.merge(try judgeOnce(again)) { $1 }
        }
        return manifests
    }

    private static func judgeOnce(_ jobs: [Job]) throws -> [String: KernelManifest] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-judge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let list: [[String: Any]] = try jobs.map { job in
            let image = directory.appending(path: "\(job.name).image")
            try Data(job.image).write(to: image)
            var entry: [String: Any] = [
                "name": job.name, "image": image.path(percentEncoded: false), "erase_size": job.eraseSize,
                "spare": job.spareBlocks, "rw": job.rewrite, "jffs2": job.build, "nand": job.nand,
                "page": job.pageSize, "spare_size": job.spareSize, "options": job.options, "files": job.files,
            ]
            if let script = job.script {
                let place = directory.appending(path: "\(job.name).script")
                try Data(script.utf8).write(to: place)
                entry["script"] = place.path(percentEncoded: false)
            }
            return entry
        }
        let file = directory.appending(path: "jobs")
        try JSONSerialization.data(withJSONObject: list).write(to: file)
        _ = try Program.run(
            "\(path)/kernel-batch", [file.path(percentEncoded: false), directory.path(percentEncoded: false)]
        ).checked()
        var manifests: [String: KernelManifest] = [:]
        for job in jobs {
            manifests[job.name] = try KernelManifest(
                path: directory.appending(path: "\(job.name).json").path(percentEncoded: false))
        }
        return manifests
    }

    private static let path = Checkout.path("Tests/KernelLab")
}
