namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>A kernel pipe through which pages pass from one socket to another (splice(2)); empty whenever it is kept.</summary>
internal sealed unsafe class SplicePipe
{
    // What an unprivileged process may have (pipe(7), pipe-max-size); with less the kernel keeps its default of 64 KiB.
    private const int WantedBytes = 1024 * 1024;

    private readonly int _readEnd;
    private readonly int _writeEnd;

    private SplicePipe(int readEnd, int writeEnd)
    {
        _readEnd = readEnd;
        _writeEnd = writeEnd;
    }

    /// <summary>Bytes inside.</summary>
    public int HeldBytes { get; private set; }

    /// <summary>Makes a pipe.</summary>
    /// <returns>Null when the process or the user has no more of them.</returns>
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

    /// <summary>Takes bytes of a socket in.</summary>
    /// <returns>Bytes, 0 at the end of the stream, or -1 with <see cref="LinuxCalls.LastError"/>.</returns>
    public int TakeFrom(int socket, int maxBytes)
    {
        var moved = (int)LinuxCalls.Splice(
            socket, null, _writeEnd, null, (nuint)maxBytes, LinuxCalls.SpliceMove | LinuxCalls.SpliceNonBlock);
        HeldBytes += Math.Max(moved, 0);
        return moved;
    }

    /// <summary>Passes what is inside to a socket.</summary>
    /// <returns>Bytes, or -1 with <see cref="LinuxCalls.LastError"/>.</returns>
    public int PassTo(int socket)
    {
        var moved = (int)LinuxCalls.Splice(
            _readEnd, null, socket, null, (nuint)HeldBytes, LinuxCalls.SpliceMove | LinuxCalls.SpliceNonBlock);
        HeldBytes -= Math.Max(moved, 0);
        return moved;
    }

    /// <summary>Ends it, with what is inside.</summary>
    public void Close()
    {
        _ = LinuxCalls.Close(_readEnd);
        _ = LinuxCalls.Close(_writeEnd);
    }
}
