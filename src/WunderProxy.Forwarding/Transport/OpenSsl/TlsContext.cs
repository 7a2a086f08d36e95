using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>One SSL_CTX: the policy and one certificate.</summary>
/// <remarks>
/// Owned by a <see cref="TlsContextSet"/>. OpenSSL counts the references to an SSL_CTX itself, so that sessions may
/// outlive this object; they may be created only before <see cref="Free"/>.
/// </remarks>
internal sealed unsafe class TlsContext
{
    private const int Tls12 = 0x0303;
    private const int Tls13 = 0x0304;

    // Groups that only newer libraries know are tried first; the question mark, "ignore if unknown", is new in 3.5.
    private const string NewestGroup = "?X25519MLKEM768:";

    private static int _liveCount;

    private nint _context;

    /// <summary>Creates the context of a policy, without a certificate.</summary>
    /// <exception cref="TlsException">OpenSSL refuses a part of the policy.</exception>
    public TlsContext(TlsPolicy policy)
    {
        OpenSslCalls.ClearErrors();
        _context = OpenSslCalls.NewContext(OpenSslCalls.ServerMethod());
        if (_context == 0)
        {
            throw Failure("a TLS context cannot be created");
        }

        Interlocked.Increment(ref _liveCount);
        try
        {
            Apply(policy);
        }
        catch
        {
            Free();
            throw;
        }
    }

    /// <summary>Number of contexts in the process that have not been freed; for tests of leaks.</summary>
    public static int LiveCount => Volatile.Read(ref _liveCount);

    /// <summary>The SSL_CTX.</summary>
    public nint Handle => _context;

    /// <summary>Adds the certificate with its chain and key, once.</summary>
    /// <exception cref="TlsException">OpenSSL refuses the certificate, its chain or its key.</exception>
    public void Add(ServerCertificate certificate)
    {
        OpenSslCalls.ClearErrors();
        fixed (byte* der = certificate.Leaf.RawData)
        {
            Check(OpenSslCalls.UseCertificate(_context, certificate.Leaf.RawData.Length, der), certificate, "the certificate");
        }

        foreach (var issuer in certificate.Chain)
        {
            AddIssuer(issuer, certificate);
        }

        AddKey(certificate);
        Check(OpenSslCalls.CheckPrivateKey(_context), certificate, "the key");
    }

    /// <summary>Sets the keys that encrypt session tickets (RFC 5077 section 4).</summary>
    /// <exception cref="TlsException">OpenSSL expects keys of another length.</exception>
    public void SetTicketKeys(ReadOnlySpan<byte> keys)
    {
        fixed (byte* bytes = keys)
        {
            if (OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlTicketKeys, keys.Length, bytes) != 1)
            {
                throw Failure("the ticket keys are refused");
            }
        }
    }

    /// <summary>Sets what chooses the context by the server name that a client sends.</summary>
    /// <param name="callback">Gets the SSL object, an alert and <paramref name="argument"/>.</param>
    /// <param name="argument">Stays valid as long as a handshake of this context runs.</param>
    public void SetServerNameCallback(delegate* unmanaged[Cdecl]<nint, int*, nint, int> callback, nint argument)
    {
        _ = OpenSslCalls.ContextCallbackControl(_context, OpenSslCalls.CtrlServerNameCallback, callback);
        _ = OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlServerNameArgument, 0, (void*)argument);
    }

    /// <summary>Returns a new SSL object in the state of a server, or 0 if memory is short.</summary>
    public nint NewServer()
    {
        var ssl = OpenSslCalls.New(_context);
        if (ssl != 0)
        {
            OpenSslCalls.SetAcceptState(ssl);
        }

        return ssl;
    }

    /// <summary>Gives up this object's reference to the SSL_CTX.</summary>
    public void Free()
    {
        OpenSslCalls.FreeContext(_context);
        _context = 0;
        Interlocked.Decrement(ref _liveCount);
    }

    private static TlsException Failure(string what)
    {
        var reason = TlsSession.Describe(OpenSslCalls.PeekLastError());
        OpenSslCalls.ClearErrors();
        return new TlsException($"{what} ({reason})");
    }

    private static void Check(int result, ServerCertificate certificate, string what)
    {
        if (result != 1)
        {
            throw Failure($"{certificate}: OpenSSL refuses {what}");
        }
    }

    private void Apply(TlsPolicy policy)
    {
        var oldest = policy.OldestProtocol == TlsProtocol.Tls13 ? Tls13 : Tls12;
        Require(OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlMinProtocolVersion, oldest, null) == 1, "the oldest protocol");
        Require(OpenSslCalls.SetCipherList(_context, policy.Ciphers) == 1, $"the ciphers \"{policy.Ciphers}\"");
        Require(TrySetGroups(NewestGroup + policy.Groups) || TrySetGroups(policy.Groups), $"the groups \"{policy.Groups}\"");
        Require(OpenSslCalls.SetTicketCount(_context, (nuint)policy.Tickets) == 1, "the number of tickets");
        OpenSslCalls.ClearErrors();

        var options = OpenSslCalls.OptionNoRenegotiation | OpenSslCalls.OptionNoCompression
            | (policy.Tickets == 0 ? OpenSslCalls.OptionNoTicket : 0);
        _ = OpenSslCalls.SetOptions(_context, options);

        // Buffers only while a partial record is in them: an idle connection then costs 17 KB less.
        const int Mode =
            OpenSslCalls.ModePartialWrite | OpenSslCalls.ModeMovingWriteBuffer | OpenSslCalls.ModeReleaseBuffers;
        _ = OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlMode, Mode, null);
        _ = OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlReadAhead, 1, null);

        // Sessions are resumed by tickets alone; the server keeps none.
        _ = OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlSessionCacheMode, 0, null);
        var id = "wunderproxy"u8;
        fixed (byte* bytes = id)
        {
            Require(OpenSslCalls.SetSessionIdContext(_context, bytes, (uint)id.Length) == 1, "the session context");
        }

        OpenSslCalls.SetAlpnCallback(_context, &ChooseProtocol, 0);
    }

    private bool TrySetGroups(string groups)
    {
        Span<byte> text = stackalloc byte[groups.Length + 1];
        System.Text.Encoding.ASCII.GetBytes(groups, text);
        text[^1] = 0;
        fixed (byte* bytes = text)
        {
            return OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlGroupsList, 0, bytes) == 1;
        }
    }

    private static void Require(bool isDone, string what)
    {
        if (!isDone)
        {
            throw Failure($"OpenSSL refuses {what}");
        }
    }

    private void AddIssuer(X509Certificate2 issuer, ServerCertificate certificate)
    {
        var bytes = issuer.RawData;
        fixed (byte* der = bytes)
        {
            var at = der;
            var parsed = OpenSslCalls.ParseCertificate(0, &at, bytes.Length);
            Check(parsed == 0 ? 0 : 1, certificate, "a certificate of the chain");

            // The number 1 makes the context take a reference of its own.
            var result = (int)OpenSslCalls.ContextControl(_context, OpenSslCalls.CtrlChainCertificate, 1, (void*)parsed);
            OpenSslCalls.FreeCertificate(parsed);
            Check(result, certificate, "a certificate of the chain");
        }
    }

    private void AddKey(ServerCertificate certificate)
    {
        var (type, bytes) = ExportKey(certificate);
        try
        {
            fixed (byte* der = bytes)
            {
                Check(OpenSslCalls.UsePrivateKey(type, _context, der, bytes.Length), certificate, "the key");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static (int Type, byte[] Key) ExportKey(ServerCertificate certificate)
    {
        try
        {
            using var elliptic = certificate.Leaf.GetECDsaPrivateKey();
            using var rsa = elliptic is null ? certificate.Leaf.GetRSAPrivateKey() : null;
            var key = (AsymmetricAlgorithm?)elliptic ?? rsa
                ?? throw new TlsException($"{certificate}: the key is neither an elliptic-curve nor an RSA key");
            return (elliptic is null ? OpenSslCalls.KeyRsa : OpenSslCalls.KeyEllipticCurve, key.ExportPkcs8PrivateKey());
        }
        catch (CryptographicException exception)
        {
            throw new TlsException($"{certificate}: the key cannot be read ({exception.Message})", exception);
        }
    }

    /// <summary>
    /// Chooses the application protocol (RFC 7301 section 3.2): HTTP/1.1, or HTTP/1.0 for a client that offers only that,
    /// or the alert no_application_protocol if the client offers neither.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ChooseProtocol(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, nint argument)
    {
        var names = new ReadOnlySpan<byte>(offered, (int)offeredLength);
        var at = IndexOfName(names, "http/1.1"u8) is >= 0 and var preferred ? preferred : IndexOfName(names, "http/1.0"u8);
        if (at < 0)
        {
            return OpenSslCalls.ExtensionFatal;
        }

        *chosenLength = offered[at];
        *chosen = offered + at + 1;
        return OpenSslCalls.ExtensionOk;
    }

    /// <summary>Finds a name in a list in which the length of each precedes it; OpenSSL copies the one that is chosen.</summary>
    private static int IndexOfName(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name)
    {
        for (var at = 0; at < names.Length; at += 1 + names[at])
        {
            var length = names[at];
            if (length < names.Length - at && names.Slice(at + 1, length).SequenceEqual(name))
            {
                return at;
            }
        }

        return -1;
    }
}
