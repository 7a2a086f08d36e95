using System.ComponentModel;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Hosting;

/// <summary>
/// Writes the access log to a file, which is rotated when it has reached its size, and opened anew on SIGHUP or when another
/// program has moved or removed it. What cannot be written is lost and told to the caller, who counts the lines; the next
/// lines are tried again, so that writing goes on by itself once there is room.
/// </summary>
internal sealed class AccessLogFile : IAccessLogSink, IDisposable
{
    private const long MillisecondsBetweenLooks = 1_000;

    /// <summary>How long SIGHUP waits for a disk that hangs; then the next write opens the file anew.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // A write and SIGHUP; no forwarding thread ever takes this lock.
    private readonly Lock _gate = new();
    private readonly long _maxBytes;
    private readonly int _oldFiles;
    private readonly TimeProvider _clock;
    private LogDescriptor _file;
    private long _bytes;
    private long _rotateAt;
    private long _lookAt;
    private bool _isTorn;
    private volatile bool _isReopenWanted;

    /// <summary>Opens the file of the access log, or creates it.</summary>
    /// <param name="path">Path of the file; its directory exists.</param>
    /// <param name="maxBytes">Size at which the file is rotated, in bytes; 0 means never.</param>
    /// <param name="oldFiles">Number of rotated files that are kept, from 0.</param>
    /// <param name="clock">Says when to look whether the file is still in its place.</param>
    /// <exception cref="IOException">The file cannot be opened, or it is a link or no regular file.</exception>
    public AccessLogFile(string path, long maxBytes, int oldFiles, TimeProvider clock)
    {
        Path = System.IO.Path.GetFullPath(path);
        _maxBytes = maxBytes;
        _oldFiles = oldFiles;
        _clock = clock;
        _file = LogDescriptor.Open(Path);
        Use(_file);
    }

    /// <summary>Full path of the file in which lines are written at present.</summary>
    public string Path { get; }

    /// <summary>Told why the file could not be rotated or opened anew; lines go on into the old one.</summary>
    public Action<string>? Warn { get; set; }

    private long Now => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            LookAfterFile();
            if (IsFullFor(lines))
            {
                // Another process that writes to the same file, such as the one before a handover, may just have rotated it.
                _lookAt = 0;
                LookAfterFile();
            }

            if (IsFullFor(lines))
            {
                Rotate();
            }

            Append(lines);
        }
    }

    /// <summary>Opens the file anew, because a program has moved it.</summary>
    /// <exception cref="IOException">The file cannot be opened; the old one stays in use.</exception>
    public void Reopen()
    {
        if (!_gate.TryEnter(Patience))
        {
            _isReopenWanted = true;
            return;
        }

        try
        {
            Use(LogDescriptor.Open(Path));
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Closes the file, after the last line.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _file.Dispose();
        }
    }

    private bool IsFullFor(ReadOnlySpan<byte> lines) => _maxBytes > 0 && _bytes > 0 && _bytes + lines.Length > _rotateAt;

    private void Use(LogDescriptor file)
    {
        if (!ReferenceEquals(file, _file))
        {
            _file.Dispose();
            _file = file;
        }

        _bytes = file.Facts?.Bytes ?? 0;
        _rotateAt = _maxBytes;
        _isReopenWanted = false;
        _isTorn = false;
        _lookAt = Now + MillisecondsBetweenLooks;
    }

    /// <summary>Opens the file anew if that is wanted, or if the file at the path is another one, or none.</summary>
    private void LookAfterFile()
    {
        if (!_isReopenWanted && Now < _lookAt)
        {
            return;
        }

        var facts = _file.Facts;
        if (!_isReopenWanted && FileFacts.Of(Path, followLink: false) is { } there && there.Inode == facts?.Inode)
        {
            // Another program may have truncated the file, or written to it.
            _lookAt = Now + MillisecondsBetweenLooks;
            _bytes = facts?.Bytes ?? _bytes;
            return;
        }

        try
        {
            Use(LogDescriptor.Open(Path));
        }
        catch (IOException exception) when (facts is { Names: > 0 })
        {
            // The file was moved, and cannot be made anew yet: its other name still shows the lines. A file without a
            // name would swallow them.
            _lookAt = Now + MillisecondsBetweenLooks;
            Warn?.Invoke(exception.Message);
        }
    }

    private void Rotate()
    {
        try
        {
            for (var number = _oldFiles - 1; number > 0; number--)
            {
                MoveIfThere($"{Path}.{number}", $"{Path}.{number + 1}");
            }

            if (_oldFiles > 0)
            {
                MoveIfThere(Path, $"{Path}.1");
            }
            else
            {
                File.Delete(Path);
            }

            Use(LogDescriptor.Open(Path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Lines are worth more than the bound: the file grows, and is tried again later.
            _rotateAt = _bytes + Math.Max(1, _maxBytes / 10);
            Warn?.Invoke($"{Path} cannot be rotated: {exception.Message}");
        }
    }

    private static void MoveIfThere(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Move(from, to, overwrite: true);
        }
    }

    private void Append(ReadOnlySpan<byte> lines)
    {
        if (_isTorn)
        {
            // The beginning of a line that had no room stays a line of its own.
            if (_file.Write("\n"u8, out var failure) == 0)
            {
                throw Lost(failure, lines);
            }

            _bytes++;
            _isTorn = false;
        }

        var before = _bytes;
        var written = _file.Write(lines, out var error);
        _bytes += written;
        if (error == 0)
        {
            return;
        }

        var whole = lines[..written].LastIndexOf((byte)'\n') + 1;
        if (whole < written)
        {
            TakeBack(before, whole, written);
        }

        throw Lost(error, lines[whole..]);
    }

    private LinesLostException Lost(int error, ReadOnlySpan<byte> lines) =>
        new($"{Path}: {new Win32Exception(error).Message}", lines.Count((byte)'\n'));

    /// <summary>Removes the beginning of a line that had no room, unless another process writes to the file too.</summary>
    private void TakeBack(long before, int whole, int written)
    {
        if (_file.Facts?.Bytes == before + written && _file.TryCut(before + whole))
        {
            _bytes = before + whole;
        }
        else
        {
            _isTorn = true;
        }
    }
}
