using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// One SSL object: TLS for one connection over a <see cref="TlsWire"/>. What the remote end does is a
/// result, never an exception. The only type that calls the SSL functions of a connection. A mutable struct, which must
/// not be copied once it is used: it saves each idle connection an object.
/// </summary>
/// <remarks>
/// <para>Owns the SSL object until <see cref="Free"/>, which the owner calls exactly once. All calls are made on the loop
/// of the wire, which the caller has aimed before.</para>
/// <para>After a failure (SSL_get_error(3), SSL_ERROR_SSL and SSL_ERROR_SYSCALL) OpenSSL permits no call but SSL_free:
/// the session then answers <see cref="IoStatus.Broken"/> by itself.</para>
/// </remarks>
internal unsafe struct TlsSession
{
    private const int MaxReasonBytes = 256;

    // Connections that agreed on the same share their details. The names of versions and ciphers are constants of the
    // library, so that their addresses can be keys.
    private static readonly ConcurrentDictionary<(nint Version, nint Cipher, string? Alpn, bool IsResumed), TlsDetails> Known = new();
    private static int _liveCount;

    private nint _ssl;
    private bool _isDead;
    private bool _hasShutDown;

    private TlsSession(nint ssl)
    {
        _ssl = ssl;
        Interlocked.Increment(ref _liveCount);
    }

    /// <summary>Number of SSL objects in the process that have not been freed; for tests of leaks.</summary>
    public static int LiveCount => Volatile.Read(ref _liveCount);

    /// <summary>The code of the error that ended the session (ERR_get_error(3), of which 32 bits are used); 0 if there is none.</summary>
    public uint ErrorCode { get; private set; }

    /// <summary>The server name that the client has sent (RFC 6066 section 3), or null.</summary>
    internal readonly string? ServerName => NameIn(ServerNameOf(_ssl));

    /// <summary>Whether the session holds received bytes that it has not handed out, complete records or not.</summary>
    public readonly bool HasPending => !_isDead && OpenSslCalls.HasPending(_ssl) != 0;

    /// <summary>Whether the session has failed, so that nothing can be sent any more, not even an alert.</summary>
    public readonly bool IsDead => _isDead;

    /// <summary>Takes over an SSL object in its initial state and joins it to a wire.</summary>
    /// <param name="ssl">The SSL object, or 0 if memory was short.</param>
    /// <param name="wire">The wire of the loop that will use the session.</param>
    /// <returns>The session, or null if memory is short.</returns>
    public static TlsSession? TryAttach(nint ssl, TlsWire wire)
    {
        if (ssl == 0)
        {
            return null;
        }

        wire.Join(ssl);
        return new TlsSession(ssl);
    }

    /// <summary>Does the part of the handshake that is possible without waiting.</summary>
    public TlsStep Handshake()
    {
        if (_isDead)
        {
            return TlsStep.Failed;
        }

        OpenSslCalls.ClearErrors();
        var result = OpenSslCalls.Handshake(_ssl);
        if (result == 1)
        {
            return TlsStep.Done;
        }

        switch (OpenSslCalls.GetError(_ssl, result))
        {
            case OpenSslCalls.ErrorWantRead:
                return TlsStep.WantsRead;
            case OpenSslCalls.ErrorWantWrite:
                return TlsStep.WantsWrite;
            default:
                Die();
                return TlsStep.Failed;
        }
    }

    /// <summary>Decrypts bytes of at most one record.</summary>
    /// <returns>Number of bytes, 0 after a close_notify, or an <see cref="IoStatus"/>.</returns>
    public int Read(byte* buffer, int length)
    {
        if (_isDead)
        {
            return IoStatus.Broken;
        }

        OpenSslCalls.ClearErrors();
        var read = OpenSslCalls.Read(_ssl, buffer, length);
        return read > 0 ? read : Judge(read);
    }

    /// <summary>Tests whether <see cref="Read"/> would return bytes; returns the same values.</summary>
    public int Peek()
    {
        if (_isDead)
        {
            return IoStatus.Broken;
        }

        byte one;
        OpenSslCalls.ClearErrors();
        var read = OpenSslCalls.Peek(_ssl, &one, 1);
        return read > 0 ? read : Judge(read);
    }

    /// <summary>Encrypts bytes into the wire, which must have room.</summary>
    /// <returns>Number of bytes, or <see cref="IoStatus.Broken"/>.</returns>
    public int Write(byte* bytes, int length)
    {
        if (_isDead)
        {
            return IoStatus.Broken;
        }

        OpenSslCalls.ClearErrors();
        var written = OpenSslCalls.Write(_ssl, bytes, length);
        if (written > 0)
        {
            return written;
        }

        Die();
        return IoStatus.Broken;
    }

    /// <summary>Writes a close_notify into the wire, once; reading may go on.</summary>
    public void Shutdown()
    {
        if (!_isDead && !_hasShutDown)
        {
            _hasShutDown = true;
            OpenSslCalls.ClearErrors();
            if (OpenSslCalls.Shutdown(_ssl) < 0)
            {
                Die();
            }
        }
    }

    /// <summary>Returns what the handshake has negotiated; called after it is complete.</summary>
    public readonly TlsDetails Describe()
    {
        byte* alpn;
        uint alpnLength;
        OpenSslCalls.GetAlpn(_ssl, &alpn, &alpnLength);
        var cipher = OpenSslCalls.GetCurrentCipher(_ssl);
        var key = (
            OpenSslCalls.GetVersion(_ssl),
            cipher == 0 ? 0 : OpenSslCalls.GetCipherName(cipher),
            alpnLength == 0 ? null : AlpnName(new ReadOnlySpan<byte>(alpn, (int)alpnLength)),
            OpenSslCalls.IsSessionReused(_ssl) == 1);
        return Known.GetOrAdd(key, static key => new TlsDetails(NameAt(key.Version), NameAt(key.Cipher), key.Alpn, key.IsResumed));
    }

    /// <summary>Frees the SSL object and its buffers.</summary>
    public void Free()
    {
        Debug.Assert(_ssl != 0, "A session is freed once.");
        OpenSslCalls.Free(_ssl);
        _ssl = 0;
        _isDead = true;
        Interlocked.Decrement(ref _liveCount);
    }

    /// <summary>Returns the server name that the client has sent (RFC 6066 section 3), empty if it has sent none.</summary>
    /// <returns>Bytes of the SSL object, which are valid until the next call of it.</returns>
    internal static ReadOnlySpan<byte> ServerNameOf(nint ssl) =>
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated(OpenSslCalls.GetServerName(ssl, type: 0));

    /// <summary>Describes an error code in the words of OpenSSL.</summary>
    internal static string Describe(nuint error)
    {
        if (error == 0)
        {
            return "no reason given";
        }

        var text = stackalloc byte[MaxReasonBytes];
        OpenSslCalls.DescribeError(error, text, MaxReasonBytes);
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
    }

    private static string NameAt(nint name) => Marshal.PtrToStringUTF8(name) ?? "";

    private static string? NameIn(ReadOnlySpan<byte> name) => name.IsEmpty ? null : Encoding.ASCII.GetString(name);

    private static string AlpnName(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("http/1.1"u8) ? "http/1.1" : Encoding.ASCII.GetString(name);

    private int Judge(int result)
    {
        switch (OpenSslCalls.GetError(_ssl, result))
        {
            case OpenSslCalls.ErrorWantRead:
                return IoStatus.WouldBlock;
            case OpenSslCalls.ErrorZeroReturn:
                return 0;
            default:
                // The wire always has room for the answers to key updates, so that WANT_WRITE is a failure too.
                Die();
                return IoStatus.Broken;
        }
    }

    private void Die()
    {
        _isDead = true;
        ErrorCode = (uint)OpenSslCalls.PeekLastError();
        OpenSslCalls.ClearErrors();
    }
}
