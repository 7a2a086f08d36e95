using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// Where the sessions of one loop receive ciphertext and gather what they send. A connection aims the wire at its socket
/// before each call of its session and sends the gathered bytes after it; nothing stays in the wire between calls.
/// </summary>
/// <remarks>
/// <para>The memory is unmanaged, belongs to the loop and is freed when the loop ends, after all sessions. Used on the
/// loop's thread only.</para>
/// <para>All sessions share one BIO, which saves each of them 200 bytes: the BIO has no state of a session. What it says
/// about retrying is read in the call that caused it, and what OpenSSL puts before it during a handshake
/// (BIO_push(3)) refers to it, and is not found through it.</para>
/// </remarks>
internal sealed unsafe class TlsWire : IDisposable
{
    /// <summary>Most bytes of content in one record (RFC 8446 section 5.1).</summary>
    public const int RecordBytes = 16 * 1024;

    /// <summary>Most bytes of content that are encrypted before they are sent: one send call for eight records.</summary>
    public const int MaxContentBytes = BufferPool.BulkBytes;

    // Headers, tags and nonces of the records take about 240 bytes; answers to key updates and alerts fit beside them.
    private const int GatheredCapacity = MaxContentBytes + (4 * 1024);

    private readonly nint _bio;
    private WireState* _state;

    /// <summary>Allocates the memory of a loop's wire.</summary>
    public TlsWire()
    {
        _state = (WireState*)NativeMemory.AllocZeroed((nuint)(sizeof(WireState) + GatheredCapacity + RecordBytes));
        _state->Gathered = (byte*)(_state + 1);
        _state->GatheredCapacity = GatheredCapacity;
        _bio = SocketBio.TryCreate(_state);
        if (_bio == 0)
        {
            NativeMemory.Free(_state);
            throw new InvalidOperationException("OpenSSL has no memory for a BIO.");
        }
    }

    /// <summary>The address that <see cref="SocketBio"/> gets as its data.</summary>
    public WireState* State => _state;

    /// <summary>Memory for one record in which two parts of a message are joined.</summary>
    public Span<byte> Joined => new(_state->Gathered + GatheredCapacity, RecordBytes);

    /// <summary>The ciphertext that the session has written since <see cref="ClearGathered"/>.</summary>
    public ReadOnlySpan<byte> Gathered => new(_state->Gathered, _state->GatheredLength);

    /// <summary>Joins an SSL object to the wire, by a reference to the BIO that the object gives up when it is freed.</summary>
    public void Join(nint ssl)
    {
        _ = OpenSslCalls.ReferToBio(_bio);

        // One BIO for both directions counts as one reference.
        OpenSslCalls.SetBio(ssl, _bio, _bio);
    }

    /// <summary>Aims the wire at a socket for the following calls of a session.</summary>
    /// <param name="descriptor">The socket to receive from.</param>
    /// <param name="isDrained">Whether the socket has nothing to receive until its next event.</param>
    /// <param name="shortMeansDrained">Whether a short receive drains the socket: until the remote end finishes.</param>
    /// <param name="allowance">Number of bytes that may be received; <see cref="int.MaxValue"/> for no limit.</param>
    /// <param name="statusOverAllowance">What a receive beyond the allowance returns.</param>
    public void Aim(int descriptor, bool isDrained, bool shortMeansDrained, int allowance, int statusOverAllowance)
    {
        _state->Descriptor = descriptor;
        _state->IsDrained = isDrained;
        _state->ShortMeansDrained = shortMeansDrained;
        _state->Allowance = allowance;
        _state->StatusOverAllowance = statusOverAllowance;
        _state->HasEnded = false;
        _state->IsOverAllowance = false;
        _state->FirstByte = -1;
    }

    /// <summary>Aims the wire at memory instead of a socket.</summary>
    /// <param name="input">Ciphertext to receive; it stays in place until the calls of the session have returned.</param>
    /// <param name="length">Number of bytes.</param>
    public void Aim(byte* input, int length)
    {
        Aim(-1, isDrained: false, shortMeansDrained: false, int.MaxValue, IoStatus.Broken);
        _state->Input = input;
        _state->InputLength = length;
    }

    /// <summary>Forgets the gathered ciphertext, after it was sent or copied.</summary>
    public void ClearGathered() => _state->GatheredLength = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = OpenSslCalls.FreeBio(_bio);
        NativeMemory.Free(_state);
        _state = null;
    }
}
