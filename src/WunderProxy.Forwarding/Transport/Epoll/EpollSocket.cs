using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// A connected descriptor, and whether its send buffer is full. A mutable struct that lies inside the connection that
/// owns the descriptor, and must not be copied.
/// </summary>
internal unsafe struct EpollSocket(int descriptor)
{
    private int _descriptor = descriptor;
    private bool _isFull;

    /// <summary>The descriptor; below 0 after <see cref="Close"/>.</summary>
    public readonly int Descriptor => _descriptor;

    /// <summary>Whether the kernel takes no more bytes until its next event.</summary>
    public readonly bool IsFull => _isFull;

    /// <summary>Records the event that the kernel takes bytes again.</summary>
    public void NoteWritable() => _isFull = false;

    /// <summary>Receives bytes.</summary>
    /// <returns>Number of bytes, 0 after the last one of the remote end, or an <see cref="IoStatus"/>.</returns>
    public readonly int Receive(Span<byte> buffer, int flags = 0)
    {
        fixed (byte* start = buffer)
        {
            var received = LinuxCalls.Receive(_descriptor, start, (nuint)buffer.Length, flags);
            return received >= 0 ? (int)received : StatusOfError();
        }
    }

    /// <summary>Sends two spans, one after the other.</summary>
    /// <returns>Number of bytes taken from both spans together, or an <see cref="IoStatus"/>.</returns>
    public int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_isFull)
        {
            return IoStatus.WouldBlock;
        }

        nint sent;
        fixed (byte* firstStart = first, secondStart = second)
        {
            sent = first.IsEmpty ? SendOne(secondStart, second.Length)
                : second.IsEmpty ? SendOne(firstStart, first.Length)
                : SendTwo(firstStart, first.Length, secondStart, second.Length);
        }

        // A short send means that the socket is full. An event will follow; another call would only cost time.
        _isFull = sent >= 0 && sent < first.Length + second.Length;
        return sent >= 0 ? (int)sent : StatusOfError();
    }

    /// <summary>Sends bytes from a pipe.</summary>
    /// <returns>Number of bytes, or an <see cref="IoStatus"/>.</returns>
    public int SpliceFrom(SplicePipe pipe)
    {
        if (_isFull)
        {
            return IoStatus.WouldBlock;
        }

        var moved = pipe.PassTo(_descriptor);
        if (moved >= 0)
        {
            return moved;
        }

        var status = StatusOfError();
        _isFull = status == IoStatus.WouldBlock;
        return status;
    }

    /// <summary>Moves bytes that have arrived into a pipe.</summary>
    /// <returns>Number of bytes, 0 after the last one of the remote end, or an <see cref="IoStatus"/>.</returns>
    public readonly int SpliceTo(SplicePipe pipe, int maxBytes)
    {
        var moved = pipe.TakeFrom(_descriptor, maxBytes);
        return moved >= 0 ? moved : StatusOfError();
    }

    /// <summary>Sets the <see cref="UnsentLimit"/> in bytes; a unix socket refuses it, which does no harm.</summary>
    public readonly void LimitUnsent(int bytes) =>
        _ = LinuxCalls.SetSocketOption(_descriptor, LinuxCalls.IpProtoTcp, UnsentLimit.Option, &bytes, sizeof(int));

    /// <summary>Closes the sending side (FIN).</summary>
    public readonly void ShutdownSend() => _ = LinuxCalls.Shutdown(_descriptor, LinuxCalls.ShutWrite);

    /// <summary>Closes the descriptor, with a reset (RST) after <see cref="CloseReason.AbortedHere"/>.</summary>
    public void Close(EpollLoop loop, CloseReason reason)
    {
        if (reason == CloseReason.AbortedHere)
        {
            var lingerOnForZeroSeconds = 1L;
            _ = LinuxCalls.SetSocketOption(
                _descriptor, LinuxCalls.SolSocket, LinuxCalls.SoLinger, &lingerOnForZeroSeconds, sizeof(long));
        }

        loop.Forget(_descriptor);
        _ = LinuxCalls.Close(_descriptor);
        _descriptor = -1;
    }

    private static int StatusOfError() =>
        LinuxCalls.LastError == Errno.TryAgain ? IoStatus.WouldBlock : IoStatus.Broken;

    private readonly nint SendOne(byte* start, int length) =>
        LinuxCalls.Send(_descriptor, start, (nuint)length, LinuxCalls.MsgNoSignal);

    private readonly nint SendTwo(byte* first, int firstLength, byte* second, int secondLength)
    {
        var vectors = stackalloc IoVector[2];
        vectors[0] = new IoVector { Start = first, Length = (nuint)firstLength };
        vectors[1] = new IoVector { Start = second, Length = (nuint)secondLength };
        var message = new MessageHeader { Vectors = vectors, VectorCount = 2 };
        return LinuxCalls.SendMessage(_descriptor, &message, LinuxCalls.MsgNoSignal);
    }
}
