using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Acme;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;

namespace WunderProxy.Hosting;

/// <summary>
/// Puts the certificates of the state directory to use before the listeners accept, and orders and renews certificates once
/// the proxy can answer challenges.
/// </summary>
internal sealed class AcmeWorker(
    CertificateKeeper keeper, ChallengeAnswers answers, ListenerSet listeners, ILogger<AcmeWorker> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        keeper.Load();
        answers.FindElsewhere = keeper.FindSharedAnswerAsync;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (ChallengePort.WarningOf(listeners.All) is { } warning && keeper.Snapshot().Hosts.Count > 0)
        {
            HostLog.ChallengesMayNotArrive(logger, warning);
        }

        _running = Task.Run(() => keeper.RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
