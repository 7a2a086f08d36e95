using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>
/// Holds one complete body, in memory and past a bound in a temporary file. The body is first written completely and
/// then read, from its start as often as necessary. Used on one loop.
/// </summary>
/// <remarks>The order of the bytes: the temporary file, the pieces, and the block that is being filled.</remarks>
internal sealed class RequestBuffer
{
    private const int BlockBytes = BufferPool.LargeBytes;

    // With little memory left for all: one block to fill, one being written.
    private const long ScarceBytes = 2 * BlockBytes;

    private readonly LoopBuffers _owner;
    private readonly RequestFile _file;
    private readonly LoopSignal _workEnded = new();
    private readonly List<Piece> _pieces = [];
    private BufferBlock? _fill;
    private int _fillBytes;
    private int _chunkBytes;
    private long _fileReadOffset;
    private int _nextPiece;
    private bool _isReleased;

    public RequestBuffer(LoopBuffers owner)
    {
        _owner = owner;
        _file = new RequestFile(owner, OnFileWorked);
    }

    /// <summary>Bytes of the request body held so far, in memory and in the file together.</summary>
    public long Length { get; private set; }

    /// <summary>Whether bytes were lost because the temporary file could not be read.</summary>
    public bool IsLost => _file.IsLost;

    /// <summary>Whether all bytes have been read since <see cref="Rewind"/>.</summary>
    public bool IsAtEnd => _fileReadOffset == _file.Bytes && _nextPiece == _pieces.Count && !_file.IsWorking;

    private BufferBudget Budget => _owner.Store.Budget;

    private long MemoryBytes => Length - _file.Bytes;

    /// <summary>
    /// Copies bytes that have already been received, even beyond the bounds; <see cref="CheckRoom"/> tells whether more
    /// bytes may follow.
    /// </summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_fill is null || _fillBytes == _fill.Bytes.Length)
            {
                Seal();

                // Most bodies are small, and many slow clients should not hold large blocks for a few bytes each.
                _fill = Length < BlockBytes && bytes.Length <= BufferPool.SmallBytes ? _owner.RentSmall() : _owner.RentLarge();
            }

            var count = Math.Min(bytes.Length, _fill.Bytes.Length - _fillBytes);
            bytes[..count].CopyTo(_fill.Bytes.AsSpan(_fillBytes));
            bytes = bytes[count..];
            _fillBytes += count;
            Length += count;
        }
    }

    /// <summary>Checks whether the body may grow, and begins to write it to a temporary file if memory runs out.</summary>
    public BufferRoom CheckRoom()
    {
        // Up to a block of the file stays unused, because pieces are not divided, and so many bytes more stay in memory.
        var most = _owner.Store.Options.ConnectionMemoryBytes;
        var isExceeded = Budget.IsMemoryExceeded && MemoryBytes > 0;
        var isFull = isExceeded || MemoryBytes > most + BlockBytes;
        var isToShrink = isExceeded || MemoryBytes > most || (Budget.IsMemoryScarce && MemoryBytes > ScarceBytes);
        if ((isToShrink || _file.Bytes > 0) && !_file.IsWorking && _file.MayGrow)
        {
            if (isToShrink && _pieces.Count == 0)
            {
                Seal();
            }

            _file.Write(_pieces);
        }

        return isToShrink && _file.IsWorking ? BufferRoom.AfterWork : isFull ? BufferRoom.None : BufferRoom.Open;
    }

    /// <summary>Makes the next read return the first byte of the body, to send a held request once more.</summary>
    public void Rewind()
    {
        Seal();
        _fileReadOffset = 0;
        _nextPiece = 0;
    }

    /// <summary>Returns the bytes to read next, if <see cref="IsAtEnd"/> is not reached.</summary>
    /// <returns>False if they are in the temporary file; see <see cref="WaitForWorkAsync"/>.</returns>
    public bool TryPeek(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (_file.IsWorking || IsLost)
        {
            return false;
        }

        if (_fileReadOffset == _file.Bytes)
        {
            bytes = _pieces[_nextPiece].Bytes;
            return true;
        }

        var isHere = _file.TryPeek(_fileReadOffset, out bytes);
        _chunkBytes = bytes.Length;
        return isHere;
    }

    /// <summary>Moves the reading position behind the bytes that <see cref="TryPeek"/> returned.</summary>
    public void Advance()
    {
        if (_fileReadOffset < _file.Bytes)
        {
            _fileReadOffset += _chunkBytes;
        }
        else
        {
            _nextPiece++;
        }
    }

    /// <summary>Waits until the work on the temporary file has ended, or until <see cref="WakeSoon"/>.</summary>
    public ValueTask WaitForWorkAsync() => _workEnded.WaitAsync();

    /// <summary>Ends the wait for the temporary file soon.</summary>
    public void WakeSoon() => _owner.Loop.Post(static buffer => ((RequestBuffer)buffer!)._workEnded.Set(), this);

    /// <summary>Frees memory and file; the bytes are lost. The buffer must not be used afterwards.</summary>
    public void Release()
    {
        _isReleased = true;
        Seal();
        foreach (var piece in _pieces)
        {
            _owner.Return(piece.Block);
        }

        _pieces.Clear();
        _file.Close();
        EndUseIfUnused();
    }

    private void Seal()
    {
        if (_fill is { } block)
        {
            _pieces.Add(new Piece(block, 0, _fillBytes));
            _fill = null;
            _fillBytes = 0;
        }
    }

    private void OnFileWorked()
    {
        if (_isReleased)
        {
            EndUseIfUnused();
            return;
        }

        _file.TakeBack(_pieces);
        _workEnded.Set();
    }

    /// <summary>Ends the use after a release, as soon as nothing works on the file.</summary>
    private void EndUseIfUnused()
    {
        if (!_file.IsWorking)
        {
            _isReleased = false;
            _fileReadOffset = 0;
            _nextPiece = 0;
            Length = 0;
            _owner.Return(this);
        }
    }
}
