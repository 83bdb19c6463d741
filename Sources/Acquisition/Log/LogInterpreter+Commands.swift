/// What commands mean for what the log shows.
extension LogInterpreter {
    /// What was typed in a line.
    func take(_ commands: [LogCommand], line: ArraySlice<UInt8>) {
        guard !commands.isEmpty else { return }
        close()
        closeRecords()
        let shell = type(ShellLine(command: line))
        for command in commands {
            switch command {
            case .show(let address, let sizes, let countsUnits, let isSizeUnknown):
                answers.ask(shell.command)
                showsMemory = true
                if file != nil {
                    file = nil
                    take(LogLoad(range: 0..<1 << 48, what: shell.command, isOtherFile: true))
                }
                displays.append(
                    LogDisplay(
                        address: address, sizes: sizes, countsUnits: countsUnits, isSizeUnknown: isSizeUnknown))
            case .load(let load): take(load)
            case .plainBytes(let offset, let size):
                answers.ask(shell.command)
                context = .plainBytes(at: offset)
                if let size, size > 0, size <= 1 << 31, offset <= UInt64.max - size {
                    picture.expected.append(offset..<offset + size)
                }
            case .text(let kind):
                if shell.printsDump { answers.ask(shell.command) }
                text.begin(kind, name: shell.command, command: shell, columns: kind == .base64 ? shell.columns : nil)
                if let doubt = shell.doubt { text.doubt(doubt) }
            case .nandPage: answers.ask(shell.command)
            case .unread(let why):
                context = .unread
                unfinished.append(.said(why))
            case .hexdump(let radix, let hasLastLine, let lines):
                rowLines = lines
                if shell.isLoop { unfinished.append(.said("'\(shell.command)' prints more than one file, perhaps")) }
                if shell.printsDump { answers.ask(shell.command) }
                if let doubt = shell.doubt { unfinished.append(.said(doubt)) }
                context = .hexdump(radix: radix)
                hexdump.hasLastLine = hasLastLine
                takeFile(shell)
            }
        }
    }

    /// Memory is changed: that matters as soon as some of it is shown, unless the same is put there once more.
    private func take(_ load: LogLoad) {
        if load.isOtherFile {
            pending.insert(load, at: 0)
            return
        }
        isLoading = true
        if let last = pending.last ?? picture.loads.last, last.what == load.what, last.failure == nil, !isFlashWritten {
            return
        }
        isFlashWritten = false
        pending.removeAll {
            load.range.lowerBound <= $0.range.lowerBound && $0.range.upperBound <= load.range.upperBound
        }
        var load = load
        load.isPatch =
            load.range.lowerBound > 0 && picture.shows(load.range.lowerBound - 1)
            || load.isSizeKnown && picture.shows(load.range.upperBound)
        pending.append(load)
    }

    /// Rows of a file follow, whose addresses say nothing about other files: those of another one are another picture.
    private func takeFile(_ command: ShellLine) {
        let source = command.source
        if file.map({ $0.source != source }) ?? showsMemory {
            take(LogLoad(range: 0..<1 << 48, what: command.command, isOtherFile: true, file: command))
        } else if picture.command == nil {
            picture.command = command
        }
        file = command
    }

    /// What was shown before a load is old when something is shown of what it has put there.
    func willShow(_ range: Range<UInt64>) {
        guard !pending.isEmpty else { return }
        for load in pending where load.range.overlaps(range) {
            if let old = picture.replaced(by: load, shown: range) { older.append(old) }
        }
        pending.removeAll { $0.range.overlaps(range) }
    }
}
