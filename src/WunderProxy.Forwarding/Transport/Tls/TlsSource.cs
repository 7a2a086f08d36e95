namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>
/// The policy and the present certificates of TLS listeners. Certificates are exchanged as a whole: a handshake sees the
/// old set or the new one. Members are callable from any thread.
/// </summary>
/// <param name="policy">What is negotiated with clients.</param>
/// <param name="certificates">The certificates to begin with; may be empty.</param>
public sealed class TlsSource(TlsPolicy policy, CertificateSet certificates)
{
    private readonly Lock _gate = new();
    private readonly List<ITlsUser> _users = [];
    private volatile CertificateSet _certificates = certificates;

    /// <summary>What is negotiated; never changes.</summary>
    public TlsPolicy Policy { get; } = policy;

    /// <summary>The certificates for new handshakes.</summary>
    public CertificateSet Certificates => _certificates;

    /// <summary>The number of handshakes, by their outcome.</summary>
    public TlsHandshakeCounters Counters { get; } = new();

    /// <summary>The engine of the listeners; <see cref="TlsEngine.Auto"/> before the first one listens.</summary>
    public TlsEngine EngineInUse { get; internal set; }

    /// <summary>Gives a user the present certificates, and every later exchange of them until it is removed.</summary>
    /// <exception cref="TlsException">The engine refuses a certificate; the user is not added.</exception>
    internal void Add(ITlsUser user)
    {
        lock (_gate)
        {
            user.Prepare(Certificates).Make();
            _users.Add(user);
        }
    }

    /// <summary>Removes a user.</summary>
    internal void Remove(ITlsUser user)
    {
        lock (_gate)
        {
            _users.Remove(user);
        }
    }

    /// <summary>Exchanges the certificates of all users, or of none.</summary>
    /// <exception cref="TlsException">An engine refuses a certificate; the present ones stay in service.</exception>
    public void Exchange(CertificateSet next)
    {
        ArgumentNullException.ThrowIfNull(next);
        lock (_gate)
        {
            var changes = new List<ITlsChange>();
            try
            {
                changes.AddRange(_users.Select(user => user.Prepare(next)));
            }
            catch
            {
                changes.ForEach(change => change.Drop());
                throw;
            }

            changes.ForEach(change => change.Make());
            _certificates = next;
        }
    }
}
