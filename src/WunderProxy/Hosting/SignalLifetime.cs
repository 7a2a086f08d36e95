using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Hosting;

/// <summary>
/// Signals: the first SIGTERM or SIGINT ends the process in order, a second one at once, SIGHUP reads tokens again.
/// </summary>
internal sealed class SignalLifetime(
    IHostApplicationLifetime application, ReloadActions reload, ILogger<SignalLifetime> logger)
    : IHostLifetime, IDisposable
{
    // As a shell reports a process that a signal ended.
    private const int SignalExitBase = 128;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _received;

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
        if (Interlocked.Increment(ref _received) > 1)
        {
            HostLog.SecondSignal(logger);
            Environment.Exit(SignalExitBase + number);
        }

        HostLog.Signal(logger, context.Signal);
        application.StopApplication();
    }

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        reload.Run(logger);
    }
}
