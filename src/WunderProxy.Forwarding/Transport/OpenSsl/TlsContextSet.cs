using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// The contexts of one <see cref="CertificateSet"/>: a front, from which every session is made, and one for each
/// certificate, of which the front's callback chooses by the server name. Immutable, and counted.
/// </summary>
/// <remarks>
/// A session takes references to the contexts that it uses, but a handshake that began on this front may need any other
/// context of this set, even after the set was replaced. So a connection holds the set by <see cref="TryEnter"/> from
/// before its session is made until its handshake has ended, and the last <see cref="Leave"/> frees the set.
/// </remarks>
internal sealed unsafe class TlsContextSet
{
    // The alert for a name that the server does not know (RFC 6066 section 3).
    private const int UnrecognizedName = 112;

    private readonly TlsContext _front;
    private readonly Dictionary<ServerCertificate, TlsContext> _contexts = [];
    private readonly CertificateSet _certificates;
    private readonly GCHandle _self;
    private int _holders = 1;

    /// <summary>Creates the contexts; the caller holds the set and leaves it one day.</summary>
    /// <param name="policy">What is negotiated.</param>
    /// <param name="certificates">The certificates, of which the default serves clients that send no known name.</param>
    /// <param name="ticketKeys">The keys that encrypt session tickets, <see cref="TicketKeys.Bytes"/> long.</param>
    /// <exception cref="TlsException">OpenSSL refuses the policy or a certificate.</exception>
    public TlsContextSet(TlsPolicy policy, CertificateSet certificates, ReadOnlySpan<byte> ticketKeys)
    {
        _certificates = certificates;
        _front = new TlsContext(policy);
        _self = GCHandle.Alloc(this);
        try
        {
            _front.SetTicketKeys(ticketKeys);
            _front.SetServerNameCallback(&ChooseContext, GCHandle.ToIntPtr(_self));
            if (certificates.Default is { } standard)
            {
                _front.Add(standard);
            }

            foreach (var certificate in certificates.Certificates)
            {
                var context = new TlsContext(policy);
                _contexts.Add(certificate, context);
                context.Add(certificate);
            }
        }
        catch
        {
            Free();
            throw;
        }
    }

    /// <summary>Holds the set, unless it has been freed. Callable from any thread.</summary>
    /// <returns>Whether the set is held; otherwise it has been replaced, and the caller takes the next one.</returns>
    public bool TryEnter()
    {
        for (var holders = Volatile.Read(ref _holders); holders > 0;)
        {
            var before = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (before == holders)
            {
                return true;
            }

            holders = before;
        }

        return false;
    }

    /// <summary>Exchanges the keys that encrypt session tickets; only allowed before the first session is made.</summary>
    public void SetTicketKeys(ReadOnlySpan<byte> ticketKeys) => _front.SetTicketKeys(ticketKeys);

    /// <summary>Gives the set up; the last holder frees it. Callable from any thread.</summary>
    public void Leave()
    {
        var holders = Interlocked.Decrement(ref _holders);
        Debug.Assert(holders >= 0, "Every Leave has its Enter.");
        if (holders == 0)
        {
            Free();
        }
    }

    /// <summary>Begins a session of a server; the caller holds the set.</summary>
    /// <returns>The session, or null if memory is short.</returns>
    public TlsSession? TryBegin(TlsWire wire) => TlsSession.TryAttach(_front.NewServer(), wire);

    /// <summary>
    /// The callback for the server name (SSL_CTX_set_tlsext_servername_callback(3)). Only the certificate follows from
    /// the context that it sets; every context of the set has the same policy.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ChooseContext(nint ssl, int* alert, nint argument)
    {
        try
        {
            var set = (TlsContextSet)GCHandle.FromIntPtr(argument).Target!;
            if (set._certificates.Default is null)
            {
                *alert = UnrecognizedName;
                return OpenSslCalls.ExtensionFatal;
            }

            return set.Choose(ssl) ? OpenSslCalls.ExtensionOk : OpenSslCalls.ExtensionNotUsed;
        }
#pragma warning disable CA1031 // No exception may pass through OpenSSL: the handshake goes on with the default.
        catch (Exception)
#pragma warning restore CA1031
        {
            return OpenSslCalls.ExtensionNotUsed;
        }
    }

    private bool Choose(nint ssl)
    {
        var bytes = TlsSession.ServerNameOf(ssl);
        if (bytes.IsEmpty || bytes.Length > CertificateSet.MaxNameLength)
        {
            return false;
        }

        Span<char> name = stackalloc char[bytes.Length];
        Encoding.ASCII.GetChars(bytes, name);
        if (_certificates.Find(name) is not { } certificate)
        {
            return false;
        }

        return OpenSslCalls.SetContext(ssl, _contexts[certificate].Handle) != 0;
    }

    private void Free()
    {
        foreach (var context in _contexts.Values)
        {
            context.Free();
        }

        _front.Free();
        _self.Free();
    }
}
