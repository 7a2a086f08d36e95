using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Acme;

/// <summary>What is known about one host's certificate. Only the keeper's loop changes it; readers get <see cref="View"/>.</summary>
/// <param name="host">The name that the certificate is for.</param>
/// <param name="directory">URL of the directory of the server that issues the host's certificates.</param>
internal sealed class ManagedHost(string host, string directory)
{
    /// <summary>Failures after which a host is ordered without the other instances.</summary>
    private const int MaxFailuresTogether = 3;

    private volatile OrderedCertificateView _view = new(host, null, null, 0, null);

    /// <summary>The name that the certificate is for.</summary>
    public string Name => host;

    /// <summary>The certificate in use; null if there is none.</summary>
    public IssuedCertificate? Certificate { get; private set; }

    /// <summary>A number from 0 to 1, by which the renewals of a fleet are spread; the same for one certificate.</summary>
    public double Chance { get; private set; } = Random.Shared.NextDouble();

    /// <summary>When the certificate is renewed.</summary>
    public DateTimeOffset RenewAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>When the host is looked at again.</summary>
    public DateTimeOffset NextLook { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Earliest time of the next order, after a failure or by the server's word.</summary>
    public DateTimeOffset NextOrder { get; set; } = DateTimeOffset.MinValue;

    /// <summary>When the server is asked again for advice about the renewal.</summary>
    public DateTimeOffset NextAdvice { get; set; } = DateTimeOffset.MinValue;

    /// <summary>When this process ordered the certificate; null if it did not.</summary>
    public DateTimeOffset? OrderedAt { get; set; }

    /// <summary>URL of a page on which the server explains its advice; null for none.</summary>
    public string? AdvicePage { get; set; }

    /// <summary>Whether the certificate lies in the state directory.</summary>
    public bool IsSaved { get; set; } = true;

    /// <summary>Whether the other instances have the certificate.</summary>
    public bool IsShared { get; set; } = true;

    /// <summary>Whether the store has a document for the host that is sealed with another key than ours.</summary>
    public bool HasForeignDocument { get; set; }

    /// <summary>Number of failures since the last success.</summary>
    public int Failures { get; set; }

    /// <summary>
    /// Whether a restart must keep the pause, since the server was asked for something; where it was not, as while the store
    /// is away, a restart may try at once.
    /// </summary>
    public bool IsPauseKept { get; set; }

    /// <summary>Whether so many tries failed that the host is ordered without what instances share.</summary>
    public bool MayOrderAlone => Failures >= MaxFailuresTogether;

    /// <summary>Why the last order failed; null if it did not.</summary>
    public string? LastError { get; set; }

    /// <summary>Why the last order failed, without words of others; null if it did not.</summary>
    public string? PublicError { get; set; }

    /// <summary>The state for readers on other threads.</summary>
    public OrderedCertificateView View => _view;

    /// <summary>Whether a certificate was issued by the server that issues this host's certificates.</summary>
    public bool IsOfServer(IssuedCertificate certificate) => certificate.Directory == directory;

    /// <summary>Whether the host needs a new certificate.</summary>
    public bool IsDue(DateTimeOffset now) => Certificate is not { } certificate || !IsOfServer(certificate) || now >= RenewAt;

    /// <summary>Whether the host needs a new certificate, which must not be ordered yet.</summary>
    public bool MustWait(DateTimeOffset now) => now < NextOrder && IsDue(now);

    /// <summary>Returns the pause before the next order, after a number of failures.</summary>
    /// <param name="failures">Number of failures since the last success, from 1.</param>
    /// <param name="retryAfter">How long the server asks to be left alone; null if it does not say.</param>
    /// <param name="now">The present time.</param>
    public TimeSpan PauseAfter(int failures, TimeSpan? retryAfter, DateTimeOffset now)
    {
        var longest = Certificate is { } certificate
            ? RenewalTimes.LongestFailurePause(certificate.NotBefore, certificate.NotAfter, now)
            : TimeSpan.MaxValue;
        return RenewalTimes.AfterFailure(failures, retryAfter, Random.Shared.NextDouble(), longest);
    }

    /// <summary>Uses a certificate, whose renewal is then due after its life.</summary>
    public void Take(IssuedCertificate certificate)
    {
        Certificate = certificate;
        OrderedAt = null;
        Chance = Random.Shared.NextDouble();
        RenewAt = RenewalTimes.ByLife(certificate.NotBefore, certificate.NotAfter, Chance);
        NextAdvice = DateTimeOffset.MinValue;
    }

    /// <summary>Forgets the failures, after a look at which everything was well.</summary>
    public void Succeed() =>
        (Failures, LastError, PublicError, NextOrder, IsPauseKept) = (0, null, null, DateTimeOffset.MinValue, false);

    /// <summary>Moves all pauses, which were reckoned by a clock that has been set back.</summary>
    public void SetBack(TimeSpan difference) =>
        (NextLook, NextOrder, NextAdvice) =
            (Earlier(NextLook, difference), Earlier(NextOrder, difference), Earlier(NextAdvice, difference));

    /// <summary>Returns a time that is earlier by a difference, as far as there are times.</summary>
    public static DateTimeOffset Earlier(DateTimeOffset time, TimeSpan difference) =>
        time - DateTimeOffset.MinValue > difference ? time - difference : DateTimeOffset.MinValue;

    /// <summary>Makes the present state visible to readers.</summary>
    public void Publish()
    {
        var due = Certificate is null || NextLook > RenewAt ? NextLook : RenewAt;
        _view = new OrderedCertificateView(host, Certificate?.NotAfter, due > NextOrder ? due : NextOrder, Failures, LastError)
        {
            PublicError = PublicError,
        };
    }
}
