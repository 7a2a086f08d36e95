using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Hosting;

/// <summary>
/// Handles signals: the first SIGTERM or SIGINT ends the process in order, the second one at once; SIGHUP reads tokens
/// and the peer key again.
/// </summary>
internal sealed class SignalLifetime(
    IHostApplicationLifetime application,
    ReloadActions reload,
    LineLoggerProvider log,
    TimeProvider clock,
    ILogger<SignalLifetime> logger)
    : IHostLifetime, IDisposable
{
    // The base that shells add to a signal's number.
    private const int SignalExitBase = 128;

    // timeout(1) and some supervisors signal both the process and its group, which is one request sent twice.
    private static readonly TimeSpan SameWish = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Longest time that a start may go on after a signal, for example because a disk does not answer; then the process
    /// ends.
    /// </summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _gate = new();
    private long? _firstAt;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnEnd(context, 15)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnEnd(context, 2)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnEnd(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        lock (_gate)
        {
            if (_firstAt is null)
            {
                _firstAt = clock.GetTimestamp();
                HostLog.Signal(logger, context.Signal);
                application.StopApplication();
                _ = EndUnlessStartedAsync(number);
                return;
            }

            if (clock.GetElapsedTime(_firstAt.Value) < SameWish)
            {
                return;
            }
        }

        HostLog.SecondSignal(logger);
        End(number);
    }

    private async Task EndUnlessStartedAsync(int number)
    {
        await Task.Delay(StartPatience, clock);
        if (!application.ApplicationStarted.IsCancellationRequested && !application.ApplicationStopped.IsCancellationRequested)
        {
            HostLog.StartHangs(logger);
            End(number);
        }
    }

    private void End(int number)
    {
        log.Dispose();
        Environment.Exit(SignalExitBase + number);
    }

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        reload.Run(logger);
    }
}
