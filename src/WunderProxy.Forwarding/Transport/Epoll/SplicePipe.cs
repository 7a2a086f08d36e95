namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// A kernel pipe through which pages pass from one socket to another (splice(2)); always empty while it is pooled.
/// </summary>
internal sealed unsafe class SplicePipe
{
    // The most that an unprivileged process may ask for (pipe(7), pipe-max-size); if refused, the pipe keeps its
    // default of 64 KiB.
    private const int WantedBytes = 1024 * 1024;

    private readonly int _readEnd;
    private readonly int _writeEnd;

    private SplicePipe(int readEnd, int writeEnd)
    {
        _readEnd = readEnd;
        _writeEnd = writeEnd;
    }

    /// <summary>Number of bytes in the pipe.</summary>
    public int HeldBytes { get; private set; }

    /// <summary>Creates a pipe of the largest permitted size.</summary>
    /// <returns>The pipe, or null if the process or the user has reached a limit.</returns>
    public static SplicePipe? TryCreate()
    {
        var ends = stackalloc int[2];
        if (LinuxCalls.Pipe(ends, LinuxCalls.PipeNonBlock | LinuxCalls.PipeCloseOnExec) != 0)
        {
            return null;
        }

        _ = LinuxCalls.FileControl(ends[1], LinuxCalls.SetPipeSize, WantedBytes);
        return new SplicePipe(ends[0], ends[1]);
    }

    /// <summary>Moves bytes from a socket into the pipe.</summary>
    /// <returns>Number of bytes, 0 at the end of the stream, or -1 with <see cref="LinuxCalls.LastError"/>.</returns>
    public int TakeFrom(int socket, int maxBytes)
    {
        var moved = (int)LinuxCalls.Splice(
            socket, null, _writeEnd, null, (nuint)maxBytes, LinuxCalls.SpliceMove | LinuxCalls.SpliceNonBlock);
        HeldBytes += Math.Max(moved, 0);
        return moved;
    }

    /// <summary>Moves bytes from the pipe to a socket.</summary>
    /// <returns>Number of bytes, or -1 with <see cref="LinuxCalls.LastError"/>.</returns>
    public int PassTo(int socket)
    {
        var moved = (int)LinuxCalls.Splice(
            _readEnd, null, socket, null, (nuint)HeldBytes, LinuxCalls.SpliceMove | LinuxCalls.SpliceNonBlock);
        HeldBytes -= Math.Max(moved, 0);
        return moved;
    }

    /// <summary>Reads bytes out of the pipe into memory.</summary>
    /// <returns>Number of bytes, or -1 with <see cref="LinuxCalls.LastError"/>.</returns>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var read = (int)LinuxCalls.Read(_readEnd, start, (nuint)buffer.Length);
            HeldBytes -= Math.Max(read, 0);
            return read;
        }
    }

    /// <summary>Closes the pipe and drops its content.</summary>
    public void Close()
    {
        _ = LinuxCalls.Close(_readEnd);
        _ = LinuxCalls.Close(_writeEnd);
    }
}
