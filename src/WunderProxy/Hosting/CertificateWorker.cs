using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Certificates;

namespace WunderProxy.Hosting;

/// <summary>Looks every few seconds whether certificate files have changed, and brings new ones into service.</summary>
internal sealed class CertificateWorker(
    IEnumerable<TlsCertificates> owners, TimeProvider clock, ILogger<CertificateWorker> logger)
    : BackgroundService, ICertificateLog
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private readonly TlsCertificates[] _owners = [.. owners];

    /// <inheritdoc/>
    public void Renewed(int count) => HostLog.CertificatesRenewed(logger, count);

    /// <inheritdoc/>
    public void Failed(string message) => HostLog.CertificatesFailed(logger, message);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var owner in _owners)
            {
                Poll(owner);
            }
        }
    }

    private void Poll(TlsCertificates owner)
    {
        try
        {
            owner.Poll(this);
        }
#pragma warning disable CA1031 // A background service that fails ends the host, for which no file of a certificate is a reason.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            HostLog.Uncaught(logger, exception);
        }
    }
}
