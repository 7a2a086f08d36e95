using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// The contexts that the handshakes of one listener use at present. They are built anew when the certificates of the
/// <see cref="TlsSource"/> are exchanged, which keeps the ticket keys, and when the ticket keys have served their time.
/// </summary>
/// <remarks>
/// A handshake reads one field and counts itself, like an exchange that leases the upstream: if the set was freed in
/// between, it reads the field again. Members are callable from any thread.
/// </remarks>
internal sealed class TlsContextSource : ITlsUser, IDisposable
{
    private readonly TlsSource _source;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _keyTimer;
    private byte[] _ticketKeys = TicketKeys.Create();
    private CertificateSet _certificates;
    private volatile TlsContextSet? _current;
    private bool _isDisposed;

    /// <summary>Builds the contexts and follows the source until disposed of.</summary>
    /// <exception cref="TlsException">OpenSSL refuses the policy or a certificate.</exception>
    public TlsContextSource(TlsSource source, TimeProvider clock, ILogger logger)
    {
        _source = source;
        _logger = logger;
        _certificates = source.Certificates;
        source.Add(this);
        _keyTimer = clock.CreateTimer(
            static self => ((TlsContextSource)self!).RenewTicketKeys(), this, TicketKeys.Lifetime, TicketKeys.Lifetime);
    }

    /// <summary>The source of policy and certificates.</summary>
    public TlsSource Source => _source;

    /// <summary>Holds the current set for one handshake.</summary>
    /// <returns>The set, which the caller leaves; null after the end of the transport.</returns>
    public TlsContextSet? Enter()
    {
        while (_current is { } set)
        {
            if (set.TryEnter())
            {
                return set;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ITlsChange Prepare(CertificateSet certificates)
    {
        lock (_gate)
        {
            return new Change(this, new TlsContextSet(_source.Policy, certificates, _ticketKeys), certificates);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _source.Remove(this);
        _keyTimer.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            _current?.Leave();
            _current = null;
            CryptographicOperations.ZeroMemory(_ticketKeys);
        }
    }

    private void Commit(TlsContextSet next, CertificateSet certificates, bool hasPresentKeys)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                next.Leave();
                return;
            }

            if (!hasPresentKeys)
            {
                // They may have been replaced since the set was built; no session has been made from it yet.
                next.SetTicketKeys(_ticketKeys);
            }

            var replaced = _current;
            _certificates = certificates;
            _current = next;
            replaced?.Leave();
        }
    }

    private void RenewTicketKeys()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            var keys = TicketKeys.Create();
            try
            {
                Commit(new TlsContextSet(_source.Policy, _certificates, keys), _certificates, hasPresentKeys: true);
                (keys, _ticketKeys) = (_ticketKeys, keys);
            }
            catch (Exception exception) when (exception is TlsException or CryptographicException)
            {
                TransportLog.TicketKeysStay(_logger, exception.Message);
            }

            // The replaced keys, or those that did not come into use.
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    private sealed class Change(TlsContextSource source, TlsContextSet next, CertificateSet certificates) : ITlsChange
    {
        public void Make() => source.Commit(next, certificates, hasPresentKeys: false);

        public void Drop() => next.Leave();
    }
}
