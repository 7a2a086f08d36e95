using Microsoft.Extensions.Hosting;
using WunderProxy.Hosting;

namespace WunderProxy.Tests.Hosting;

[Parallelizable]
internal sealed class OpenTelemetryWorkerTests
{
    [TestCase(false)]
    [TestCase(true)]
    public async Task Last_exports_do_not_wait_for_one_another(bool isReversed)
    {
        var hasBegun = new TaskCompletionSource();
        IHostedService[] signals = [new Signal(() => hasBegun.Task), new Signal(() => End(hasBegun))];
        using var worker = new OpenTelemetryWorker(isReversed ? [.. signals.Reverse()] : signals);
        await worker.StartAsync(CancellationToken.None);

        await worker.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.That(hasBegun.Task.IsCompletedSuccessfully, Is.True);
    }

    private static Task End(TaskCompletionSource source)
    {
        source.SetResult();
        return Task.CompletedTask;
    }

    private sealed class Signal(Func<Task> stop) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => stop();
    }
}
