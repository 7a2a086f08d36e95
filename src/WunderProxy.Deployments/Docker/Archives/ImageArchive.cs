using System.Formats.Tar;
using System.IO.Compression;

namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>
/// An image archive on its way to the engine, plain or gzip, without the names that it would give to its images. Each
/// entry is rewritten as it streams by; only the files that hold names are held in memory.
/// </summary>
internal sealed class ImageArchive : Stream
{
    /// <summary>Largest file with names that is read, in bytes.</summary>
    private const int MaxNamesBytes = 1024 * 1024;

    /// <summary>Longest path of an entry in characters, the same as in Linux.</summary>
    private const int MaxPathChars = 4096;

    /// <summary>Most entries of an archive; an image has a few for each of its at most 127 layers.</summary>
    private const int MaxEntries = 100_000;

    private const string Root = "./";

    private readonly Stream _source;
    private readonly ArchiveNames _names;
    private GZipStream? _inflated;
    private TarReader? _reader;
    private Stream? _content;
    private ReadOnlyMemory<byte> _pending;
    private long _left;
    private int _padding;
    private int _entries;
    private bool _isEnded;

    /// <summary>Creates the stream without reading the archive yet.</summary>
    /// <param name="source">The archive as stored; the caller disposes of it.</param>
    /// <param name="wanted">The name that the archive's image will be given.</param>
    public ImageArchive(Stream source, ImageName wanted) => (_source, _names) = (source, new ArchiveNames(wanted));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Why the archive was refused; null if it was not.</summary>
    public ArchiveRefusedException? Refusal { get; private set; }

    /// <summary>Reads the archive as the engine is to see it.</summary>
    /// <exception cref="ArchiveRefusedException">The archive cannot be passed on.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await ReadNextAsync(buffer, cancellationToken);
        }
        catch (ArchiveRefusedException exception)
        {
            Refusal = exception;
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("an image archive is read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader?.Dispose();
            _inflated?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_pending.IsEmpty && _left == 0 && !_isEnded)
        {
            await AdvanceAsync(cancellationToken);
        }

        if (!_pending.IsEmpty)
        {
            var taken = Math.Min(buffer.Length, _pending.Length);
            _pending[..taken].CopyTo(buffer);
            _pending = _pending[taken..];
            return taken;
        }

        return _left == 0 || buffer.Length == 0 ? 0 : await ReadContentAsync(buffer, cancellationToken);
    }

    private async ValueTask<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var wanted = (int)Math.Min(buffer.Length, _left);
        var read = await GuardAsync(_content!.ReadAsync(buffer[..wanted], cancellationToken));
        if (read == 0)
        {
            throw new ArchiveRefusedException("it ends in the middle of a file");
        }

        _left -= read;
        if (_left == 0)
        {
            _pending = new byte[_padding];
        }

        return read;
    }

    /// <summary>Writes the next entry's header before its content, or the end of the archive.</summary>
    private async ValueTask AdvanceAsync(CancellationToken cancellationToken)
    {
        var entry = await NextAsync(cancellationToken);
        if (entry is null)
        {
            // The engine begins to load once it has seen the end, so this is the last moment to refuse.
            _names.Finish();
            _isEnded = true;
            _pending = new byte[2 * TarHeader.BlockBytes];
            return;
        }

        if (++_entries > MaxEntries)
        {
            throw new ArchiveRefusedException($"it has more than {MaxEntries} entries");
        }

        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await BeginFileAsync(entry, cancellationToken);
                break;
            case TarEntryType.Directory or TarEntryType.SymbolicLink or TarEntryType.HardLink:
                BeginOther(entry);
                break;
            case TarEntryType.GlobalExtendedAttributes:
                // Global headers would change the entries that follow, each of which is written with everything that
                // matters.
                break;
            default:
                throw new ArchiveRefusedException($"{Shown(entry.Name)} in it is a {entry.EntryType}, which no image archive has");
        }
    }

    private async ValueTask BeginFileAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        var name = PathBelowRootOf(entry);
        var length = entry.DataStream?.Length ?? 0;
        if (ArchiveNames.MayHoldNames(Path.GetFileName(name)))
        {
            var cleaned = _names.Clean(RootNameOf(name), await ReadWholeAsync(entry, name, length, cancellationToken));
            _pending = (byte[])[
                .. TarHeader.Write(TarEntryType.RegularFile, name, "", entry.Mode, cleaned.Length),
                .. cleaned,
                .. new byte[TarHeader.Padding(cleaned.Length)]];
            return;
        }

        _pending = TarHeader.Write(TarEntryType.RegularFile, name, "", entry.Mode, length);
        (_content, _left, _padding) = (entry.DataStream, length, TarHeader.Padding(length));
    }

    private void BeginOther(TarEntry entry)
    {
        var name = entry.EntryType == TarEntryType.Directory ? PathOf(entry) : PathBelowRootOf(entry);
        if (ArchiveNames.MayHoldNames(Path.GetFileName(name)))
        {
            throw new ArchiveRefusedException($"{Shown(name)} in it is not a file but a {entry.EntryType}");
        }

        if (entry.LinkName.Length > MaxPathChars || entry.LinkName.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArchiveRefusedException($"{Shown(name)} in it is a link to no path");
        }

        _pending = TarHeader.Write(entry.EntryType, name, entry.LinkName, entry.Mode, 0);
    }

    private static async ValueTask<byte[]> ReadWholeAsync(TarEntry entry, string name, long length, CancellationToken cancellationToken)
    {
        if (length > MaxNamesBytes)
        {
            throw new ArchiveRefusedException($"{name} in it has {length} bytes, more than the {MaxNamesBytes} that are read");
        }

        var bytes = new byte[length];
        var read = entry.DataStream is null
            ? 0
            : await GuardAsync(entry.DataStream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken));
        return read == length ? bytes : throw new ArchiveRefusedException($"it ends in the middle of {name}");
    }

    private async ValueTask<TarEntry?> NextAsync(CancellationToken cancellationToken)
    {
        _reader ??= await OpenAsync(cancellationToken);
        var entry = await GuardAsync(_reader.GetNextEntryAsync(copyData: false, cancellationToken));
        if (entry is null && _entries == 0)
        {
            throw new ArchiveRefusedException("it is not a tar archive, or is empty");
        }

        var isSparse = entry is PaxTarEntry pax
            && pax.ExtendedAttributes.Keys.Any(key => key.StartsWith("GNU.sparse", StringComparison.Ordinal));
        return isSparse
            ? throw new ArchiveRefusedException($"{Shown(entry!.Name)} in it is a sparse file, which no image archive has")
            : entry;
    }

    private async ValueTask<TarReader> OpenAsync(CancellationToken cancellationToken)
    {
        var start = await PeekedStream.OpenAsync(_source, cancellationToken);
        if (ArchiveCompression.Of(start.Start.Span) == ArchiveCompression.Gzip)
        {
            _inflated = new GZipStream(start, CompressionMode.Decompress);
            start = await GuardAsync(PeekedStream.OpenAsync(_inflated, cancellationToken));
        }

        // The engine detects compression itself and would unpack content that looks compressed a second time.
        return ArchiveCompression.Of(start.Start.Span) is { } compression
            ? throw new ArchiveRefusedException($"it is compressed with {compression}: only gzip, once, is taken")
            : new TarReader(start, leaveOpen: true);
    }

    /// <summary>Converts parser errors into a refusal; faults of the source are passed on.</summary>
    private static async ValueTask<T> GuardAsync<T>(ValueTask<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or OverflowException
            or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new ArchiveRefusedException($"it is not a complete tar archive: {exception.Message}");
        }
    }

    private static string PathOf(TarEntry entry)
    {
        var isPath = entry.Name.Length is > 0 and <= MaxPathChars && !entry.Name.Contains('\0', StringComparison.Ordinal);
        var parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return isPath && !parts.Contains("..")
            ? parts.Length == 0 ? Root : string.Join('/', parts)
            : throw new ArchiveRefusedException($"{Shown(entry.Name)} in it is not a path");
    }

    private static string PathBelowRootOf(TarEntry entry) => PathOf(entry) is var path && path != Root
        ? path
        : throw new ArchiveRefusedException($"its top folder is an entry of type {entry.EntryType}");

    private static string RootNameOf(string path) => path.Contains('/', StringComparison.Ordinal)
        ? throw new ArchiveRefusedException($"{Shown(path)} in it does not lie at the top")
        : path;

    private static string Shown(string path) => path.Length <= 100 ? $"'{path}'" : $"'{path[..100]}…'";
}
