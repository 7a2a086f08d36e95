using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Transport.Epoll;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// What the callbacks of <see cref="SocketBio"/> see of a <see cref="TlsWire"/>: where ciphertext comes from during the
/// present call, and where it goes. Lies in unmanaged memory, because the callbacks get a bare pointer.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WireState
{
    /// <summary>Descriptor to receive from; below 0 the ciphertext comes from <see cref="Input"/>.</summary>
    public int Descriptor;

    /// <summary>Whether nothing more can be received at present, so that no call to the kernel is worth its cost.</summary>
    public bool IsDrained;

    /// <summary>Whether a receive of fewer bytes than asked for means that the socket is drained.</summary>
    public bool ShortMeansDrained;

    /// <summary>Whether the remote end has finished its sending side.</summary>
    public bool HasEnded;

    /// <summary>Whether the session asked for more than <see cref="Allowance"/> permits.</summary>
    public bool IsOverAllowance;

    /// <summary>Number of bytes that may still be received; <see cref="int.MaxValue"/> without a limit.</summary>
    public int Allowance;

    /// <summary>
    /// What a receive beyond <see cref="Allowance"/> returns: <see cref="IoStatus.Broken"/> ends the session, after
    /// <see cref="IoStatus.WouldBlock"/> the rest stays in the socket for a later call.
    /// </summary>
    public int StatusOverAllowance;

    /// <summary>The first byte of the connection; below 0 before it has arrived.</summary>
    public int FirstByte;

    public byte* Input;
    public int InputLength;

    /// <summary>Ciphertext that waits to be sent, in <see cref="GatheredCapacity"/> bytes of memory.</summary>
    public byte* Gathered;
    public int GatheredLength;
    public int GatheredCapacity;

    /// <summary>Receives ciphertext straight into OpenSSL's record buffer.</summary>
    /// <returns>Number of bytes, 0 after the last one, or an <see cref="IoStatus"/>.</returns>
    public int Receive(byte* buffer, int length)
    {
        if (IsDrained)
        {
            return IoStatus.WouldBlock;
        }

        if (Allowance <= 0)
        {
            IsOverAllowance = true;
            return StatusOverAllowance;
        }

        length = Math.Min(length, Allowance);
        var received = Descriptor < 0 ? Take(buffer, length) : ReceiveFromSocket(buffer, length);
        if (received > 0)
        {
            NoteReceived(buffer, received, length);
        }
        else if (received == IoStatus.WouldBlock)
        {
            IsDrained = true;
        }

        HasEnded |= received == 0;
        return received;
    }

    /// <summary>Appends ciphertext to the gathered bytes.</summary>
    /// <returns>Number of bytes for which there was room.</returns>
    public int Append(byte* bytes, int length)
    {
        var taken = Math.Min(length, GatheredCapacity - GatheredLength);
        new ReadOnlySpan<byte>(bytes, taken).CopyTo(new Span<byte>(Gathered + GatheredLength, taken));
        GatheredLength += taken;
        return taken;
    }

    private readonly int ReceiveFromSocket(byte* buffer, int length)
    {
        var received = (int)LinuxCalls.Receive(Descriptor, buffer, (nuint)length, flags: 0);
        return received >= 0 ? received
            : LinuxCalls.LastError == Errno.TryAgain ? IoStatus.WouldBlock
            : IoStatus.Broken;
    }

    private int Take(byte* buffer, int length)
    {
        if (InputLength == 0)
        {
            return IoStatus.WouldBlock;
        }

        var taken = Math.Min(length, InputLength);
        new ReadOnlySpan<byte>(Input, taken).CopyTo(new Span<byte>(buffer, taken));
        Input += taken;
        InputLength -= taken;
        return taken;
    }

    private void NoteReceived(byte* buffer, int received, int asked)
    {
        if (FirstByte < 0)
        {
            FirstByte = *buffer;
        }

        if (Allowance != int.MaxValue)
        {
            Allowance -= received;
        }

        IsDrained = received < asked && ShortMeansDrained;
    }
}
