using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// One reading or writing of a temporary file, which a thread of the disk runs. Between <see cref="Start"/> and the
/// completion nothing here belongs to the loop.
/// </summary>
internal sealed class SpillJob(LoopBuffers owner, Action<object?> onDone, object state)
{
    private ISpillFile? _file;
    private BufferBlock? _target;
    private long _offset;
    private long _fileBytes;
    private int _length;

    /// <summary>Whether a thread works on the file, or soon will.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Whether there is a file.</summary>
    public bool HasFile => _file is not null;

    /// <summary>Whether the job reads from the file; otherwise the job writes.</summary>
    public bool IsRead => _target is not null;

    /// <summary>The pieces to write; those written are removed from the front.</summary>
    public Queue<Piece> Pieces { get; } = new();

    /// <summary>The blocks whose bytes were written.</summary>
    public List<BufferBlock> WrittenBlocks { get; } = [];

    /// <summary>Number of bytes written or read.</summary>
    public int DoneBytes { get; private set; }

    /// <summary>Why the file failed; null if it did not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Starts to write <see cref="Pieces"/>.</summary>
    /// <param name="offset">Position of the first byte, in a file without end.</param>
    /// <param name="fileBytes">Size of the file, at whose end writing goes on at its start.</param>
    public void Write(long offset, long fileBytes) => Start(null, offset, 0, fileBytes);

    /// <summary>Starts to read into the front of a block.</summary>
    public void Read(BufferBlock target, long offset, int length, long fileBytes) => Start(target, offset, length, fileBytes);

    /// <summary>Ends the job on the loop: takes the piece that was read, if any.</summary>
    public Piece? End()
    {
        IsRunning = false;
        var piece = _target is { } block ? new Piece(block, 0, _length) : (Piece?)null;
        _target = null;
        return piece;
    }

    /// <summary>Closes the file, which frees its room on the disk.</summary>
    /// <param name="reservedBytes">Bytes reserved in the budget of all files, which are returned when the file is closed.</param>
    public void CloseFile(long reservedBytes = 0)
    {
        var budget = owner.Store.Budget;
        if (_file is not { } file)
        {
            budget.ReleaseDisk(reservedBytes);
            return;
        }

        // Freeing a gigabyte takes a file system some time, during which the room is not there for others.
        _file = null;
        Action close = () =>
        {
            file.Dispose();
            budget.ReleaseDisk(reservedBytes);
        };
        owner.Store.Disk!.Queue(static close => ((Action)close)(), close);
    }

    private void Start(BufferBlock? target, long offset, int length, long fileBytes)
    {
        _target = target;
        _offset = offset;
        _length = length;
        _fileBytes = fileBytes;
        DoneBytes = 0;
        Fault = null;
        IsRunning = true;
        try
        {
            owner.Store.Disk!.Queue(static job => ((SpillJob)job).Run(), this);
        }
#pragma warning disable CA1031 // No thread can be created, for example: the same as a disk that fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault = exception;
            owner.Loop.Post(onDone, state);
        }
    }

    private void Run()
    {
        try
        {
            _file ??= owner.Store.Disk!.Create();
            if (_target is { } target)
            {
                Move(_offset, _length, (at, offset, count) => _file.Read(offset, target.Bytes.AsSpan(at, count)));
                DoneBytes = _length;
            }
            else
            {
                WritePieces(_file);
            }
        }
#pragma warning disable CA1031 // Whatever the disk does, the loop has to go on; the fault is reported there.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault = exception;
        }

        owner.Loop.Post(onDone, state);
    }

    private void WritePieces(ISpillFile file)
    {
        while (Pieces.TryPeek(out var piece))
        {
            Move(_offset + DoneBytes, piece.Length, (at, offset, count) => file.Write(offset, piece.Bytes.Span.Slice(at, count)));
            DoneBytes += piece.Length;
            WrittenBlocks.Add(Pieces.Dequeue().Block);
        }
    }

    /// <summary>Moves bytes in up to two parts, because the file is used as a ring.</summary>
    private void Move(long position, int length, Action<int, long, int> move)
    {
        for (var at = 0; at < length;)
        {
            var offset = (position + at) % _fileBytes;
            var count = (int)Math.Min(length - at, _fileBytes - offset);
            move(at, offset, count);
            at += count;
        }
    }
}
