using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>Decides which engine encrypts, by what is asked for and what the machine has.</summary>
public static class TlsEngines
{
    /// <summary>
    /// Checks before anything listens that an engine works with a transport, and takes a policy and certificates.
    /// </summary>
    /// <exception cref="TlsException">The engine is missing, or refuses the policy or a certificate.</exception>
    public static void Check(TransportKind transport, TlsPolicy policy, CertificateSet certificates)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var usesOpenSsl = false;
        if (transport == TransportKind.Sockets)
        {
            RequireRuntime(policy.Engine);
        }
        else
        {
            usesOpenSsl = UsesOpenSslOnEpoll(policy.Engine, out _);
        }

        RequireLibrary();
        if (usesOpenSsl)
        {
            new TlsContextSet(policy, certificates, TicketKeys.Create()).Leave();
        }
    }

    /// <summary>
    /// Checks that the runtime can use cryptography at all. Called before the first certificate is read, because the
    /// runtime ends the process where it misses its library.
    /// </summary>
    /// <exception cref="TlsException">The machine has no libssl.</exception>
    internal static void RequireLibrary()
    {
        if (!RuntimeCryptography.IsAvailable(out _))
        {
            throw new TlsException(
                "TLS needs libssl (OpenSSL 3), which this machine does not have: install the package libssl3 or openssl");
        }
    }

    /// <summary>Returns whether connections of the epoll transport are encrypted by libssl directly.</summary>
    /// <exception cref="TlsException">libssl is asked for and cannot be used.</exception>
    internal static bool UsesOpenSslOnEpoll(TlsEngine engine, out string? reasonAgainst)
    {
        reasonAgainst = null;
        if (engine == TlsEngine.Runtime)
        {
            return false;
        }

        var isLoaded = OpenSslLibrary.TryLoad(out reasonAgainst);
        if (!isLoaded && engine == TlsEngine.OpenSsl)
        {
            throw new TlsException($"the TLS engine \"openssl\" cannot be used: {reasonAgainst}");
        }

        return isLoaded;
    }

    /// <summary>Checks that the engine can be used on a transport other than epoll.</summary>
    /// <exception cref="TlsException">libssl is asked for.</exception>
    internal static void RequireRuntime(TlsEngine engine)
    {
        if (engine == TlsEngine.OpenSsl)
        {
            throw new TlsException("the TLS engine \"openssl\" needs the transport \"epoll\"");
        }
    }
}
