/// What each command's --help ends with: lines to start from.
enum CommandExamples {
    /// The lines for a command, by its names (`uimage info`); a group of commands shows its own.
    static func section(of command: InvokedCommand) -> String {
        guard let lines = lines[command.names.joined(separator: " ")] else { return "" }
        return "EXAMPLES:\n" + lines.map { "  jffs2 \($0)\n" }.joined()
    }

    private static let lines = [
        "unpack": [
            "unpack dump.bin -d root", "unpack dump.bin /etc '/app/*.sh'", "unpack dump.bin --tar files.tar.xz",
        ],
        "mount": ["mount dump.bin dir", "mount --history dump.bin dir", "mount --kernel --rw dump.bin dir"],
        "repack": ["repack -r root -e 64 -l -o new.img", "repack --from dump.bin --delete '/log/*' -o new.img"],
        "sum": ["sum -i new.img -o new-sum.img"],
        "info": ["info dump.bin", "info --json dump.bin"],
        "ls": ["ls dump.bin /etc", "ls -R -h dump.bin", "ls dump.bin '/etc/*.conf'"],
        "tree": ["tree dump.bin"],
        "cat": ["cat dump.bin /etc/passwd", "cat dump.bin '/etc/*.conf'"],
        "find": ["find dump.bin -name '*.sh' -perm /111", "find dump.bin -type f -size +100k"],
        "stat": ["stat dump.bin /etc/passwd"],
        "du": ["du -h -d 1 dump.bin"],
        "map": ["map dump.bin", "map dump.bin -o map.svg"],
        "report": ["report dump.bin -o dump.html"],
        "doctor": ["doctor dump.bin"],
        "scan": [
            "scan dumps >dumps.jsonl", "scan --state dumps.state dumps >dumps.jsonl", "scan -0 --files-from names",
        ],
        "verify": ["verify dump.bin", "verify -q dump.bin && echo good"],
        "dump": ["dump dump.bin", "dump --json dump.bin"],
        "diff": ["diff old.bin new.bin", "diff --text old.bin new.bin /etc"],
        "history": ["history dump.bin /etc/passwd", "history --timeline dump.bin"],
        "recover": ["recover dump.bin -d recovered"],
        "swap": ["swap dump.bin -o swapped.bin"],
        "pad": ["pad new.img --to 8M -o full.img"],
        "uimage": ["uimage info firmware.bin", "uimage unwrap firmware.bin -o kernel.bin"],
        "uimage info": ["uimage info firmware.bin"],
        "uimage unwrap": ["uimage unwrap firmware.bin -o kernel.bin"],
        "partitions": ["partitions flash.bin"],
        "kit": ["kit --show yi-hack-mstar", "kit yi-hack-mstar --id y203c sys=new.img -d card"],
        "scrub": [
            "scrub dump.bin --list", "scrub dump.bin -o clean.img", "scrub dump.bin --delete '/log/*' -o clean.img",
        ],
        "acquire": ["acquire /dev/ttyUSB0 --flash 0+16M -o flash.bin"],
    ]
}
