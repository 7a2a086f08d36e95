using WunderProxy.Configuration;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>
/// The one owner of the certificates of some listeners: reads them at the start, again on SIGHUP and when a file has
/// changed, and exchanges them as a whole. Callable from any thread.
/// </summary>
internal sealed class TlsCertificates
{
    private readonly CertificateFiles? _files;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private volatile IReadOnlyList<ServerCertificate> _acquired = [];
    private volatile IReadOnlyList<string> _problems = [];
    private bool _isRetrying;

    /// <summary>Reads the certificates and checks that the engine takes them.</summary>
    /// <param name="use">The listeners that the certificates are for.</param>
    /// <param name="files">Files to read; null if all certificates come by <see cref="SetAcquired"/>.</param>
    /// <param name="policy">What is negotiated with clients.</param>
    /// <param name="transport">The transport of the listeners.</param>
    /// <param name="clock">Clock by which validity is judged.</param>
    /// <exception cref="UsageException">A file cannot be used, or the engine cannot.</exception>
    public TlsCertificates(
        CertificateUse use, CertificateFileOptions? files, TlsPolicy policy, TransportKind transport, TimeProvider clock)
    {
        Use = use;
        _clock = clock;
        try
        {
            // Before a file is read: what is missing is then told for itself, and not as the fault of a file.
            TlsEngines.Check(transport, policy, CertificateSet.Empty);
        }
        catch (TlsException exception)
        {
            throw new UsageException(exception.Message, exception);
        }

        if (files is not null)
        {
            // One by one, so that a certificate that the engine refuses keeps no other one from being renewed.
            _files = new CertificateFiles(
                files, certificate => TlsEngines.Check(transport, policy, new CertificateSet([certificate])));
            _files.Load();
        }

        Source = new TlsSource(policy, new CertificateSet(_files?.Certificates ?? []));
    }

    /// <summary>The listeners that the certificates are for.</summary>
    public CertificateUse Use { get; }

    /// <summary>Policy and certificates in the form in which listeners use them.</summary>
    public TlsSource Source { get; }

    /// <summary>Reads the files again, as after SIGHUP.</summary>
    /// <exception cref="UsageException">Something cannot be used; its last good certificate stays in service.</exception>
    public void Reload()
    {
        lock (_gate)
        {
            if (_files is null)
            {
                return;
            }

            Take(_files.Reload(FileRemoval.AtOnce));
            _isRetrying = _problems.Count > 0;
            if (_problems.Count > 0)
            {
                throw new UsageException(string.Join("; ", _problems));
            }
        }
    }

    /// <summary>
    /// Reads the files again if one has changed, or could not be used the last time: the writing of a pair may have
    /// been under way.
    /// </summary>
    /// <param name="log">Is told about the outcome of a reading that brought something new.</param>
    public void Poll(ICertificateLog log)
    {
        lock (_gate)
        {
            if (_files is null || (!_files.HaveChanged() && !_isRetrying))
            {
                return;
            }

            var before = _problems;
            var wasRetrying = _isRetrying;
            var problems = _files.Reload(FileRemoval.SeenTwice);
            _isRetrying = problems.Count > 0;

            // The first failure after a change is most often a pair of which one file is written.
            Take(problems.Count == 0 || wasRetrying ? problems : before);
            if (problems.Count == 0 && _problems.Count == 0)
            {
                log.Renewed(Source.Certificates.Certificates.Count);
            }
            else if (!_problems.SequenceEqual(before, StringComparer.Ordinal))
            {
                log.Failed(string.Join("; ", _problems));
            }
        }
    }

    /// <summary>
    /// Sets the certificates that were acquired by this process itself; they come after those of files.
    /// </summary>
    /// <exception cref="TlsException">The engine refuses a certificate; those in service stay.</exception>
    public void SetAcquired(IReadOnlyList<ServerCertificate> certificates)
    {
        lock (_gate)
        {
            Source.Exchange(new CertificateSet([.. _files?.Certificates ?? [], .. certificates]));
            _acquired = certificates;
        }
    }

    /// <summary>Finds who else can read or change private keys.</summary>
    /// <returns>A sentence for a warning; null if nobody else can.</returns>
    public string? FindOpenKeys() => _files?.FindOpenKeys() is { Count: > 0 } open ? string.Join("; ", open) : null;

    /// <summary>Returns the state of certificates and handshakes at present.</summary>
    public TlsSnapshot Snapshot()
    {
        var now = _clock.GetUtcNow();
        var certificates = Source.Certificates.Certificates;
        return new TlsSnapshot(
            Use,
            Source.EngineInUse,
            [.. certificates.Select(certificate => CertificateView.Of(certificate, Use, now, OriginOf(certificate)))],
            Source.Counters,
            [
                .. certificates.Select(certificate => Validity.WarningOf(certificate, now)).OfType<string>(),
                .. _problems.Count > 0
                    ? ["a certificate file could not be read again, and its last good certificate stays in service; the log says which"]
                    : Array.Empty<string>(),
            ]);
    }

    /// <summary>Says where a certificate comes from, with the problem of its files if that has been reported.</summary>
    private CertificateOrigin OriginOf(ServerCertificate certificate)
    {
        if (_files is null || _acquired.Contains(certificate))
        {
            return CertificateOrigin.Ordered;
        }

        var loaded = _files.Loaded.FirstOrDefault(entry => ReferenceEquals(entry.Certificate, certificate));
        var problem = loaded?.Problem is { } found && _problems.Contains(found, StringComparer.Ordinal) ? found : null;
        return new CertificateOrigin(IsOrdered: false, loaded?.Pair.CertificatePath, problem);
    }

    /// <summary>Brings the certificates read last into service, and keeps what could not be used for the warnings.</summary>
    private void Take(IReadOnlyList<string> problems)
    {
        _problems = problems;
        try
        {
            Source.Exchange(new CertificateSet([.. _files!.Certificates, .. _acquired]));
        }
        catch (TlsException exception)
        {
            _problems = [.. problems, exception.Message];
        }
    }
}
