namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>The policy and the present certificates of TLS listeners.</summary>
internal sealed class TlsSource(TlsPolicy policy, CertificateSet certificates)
{
    private readonly Lock _gate = new();
    private readonly List<ITlsUser> _users = [];

    /// <summary>What is negotiated; never changes.</summary>
    public TlsPolicy Policy { get; } = policy;

    /// <summary>The certificates for new handshakes.</summary>
    public CertificateSet Certificates { get; private set; } = certificates;

    /// <summary>What became of the handshakes.</summary>
    public TlsHandshakeCounters Counters { get; } = new();

    /// <summary>Gives a user the present certificates, and every later exchange of them until it is removed.</summary>
    /// <exception cref="TlsException">The engine refuses a certificate; the user is not added.</exception>
    public void Add(ITlsUser user)
    {
        lock (_gate)
        {
            user.Prepare(Certificates).Make();
            _users.Add(user);
        }
    }

    /// <summary>Removes a user.</summary>
    public void Remove(ITlsUser user)
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
            Certificates = next;
        }
    }
}
