using System.Net;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>
/// Stands between the plain connections of a listener and their acceptor, which gets those whose TLS handshake is
/// complete. The reservation of a connection lasts from its accept.
/// </summary>
internal sealed class SslStreamAcceptor : IConnectionAcceptor, ITlsUser, IDisposable
{
    private readonly IConnectionAcceptor _acceptor;
    private readonly TlsSource _source;

    // Set by the source, which adds the acceptor and gives it certificates without an exchange in between.
    private volatile SslStreamOptions _options = null!;

    /// <summary>Follows the source until disposed of.</summary>
    /// <exception cref="TlsException">The framework refuses a certificate.</exception>
    public SslStreamAcceptor(IConnectionAcceptor acceptor, TlsSource source)
    {
        _acceptor = acceptor;
        _source = source;
        source.Add(this);
    }

    /// <inheritdoc/>
    public bool IsMakingRoom => _acceptor.IsMakingRoom;

    /// <inheritdoc/>
    public bool ExpectsProxyHeader(EndPoint? remote) => _acceptor.ExpectsProxyHeader(remote);

    /// <inheritdoc/>
    public bool TryReserve() => _acceptor.TryReserve();

    /// <inheritdoc/>
    public void CancelReservation() => _acceptor.CancelReservation();

    /// <inheritdoc/>
    public void OnAccepted(TransportConnection connection) =>
        new SslStreamHandshake(connection, _acceptor, _source, _options).Begin();

    /// <inheritdoc/>
    public ITlsChange Prepare(CertificateSet certificates) =>
        new Change(this, new SslStreamOptions(_source.Policy, certificates));

    /// <inheritdoc/>
    public void Dispose() => _source.Remove(this);

    private sealed class Change(SslStreamAcceptor acceptor, SslStreamOptions next) : ITlsChange
    {
        public void Make() => acceptor._options = next;

        public void Drop()
        {
            // Empty: nothing uses the options.
        }
    }
}
