using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using WunderProxy.Certificates;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.Hosting;
using WunderProxy.Tests.Certificates;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.Hosting;

internal sealed class CertificateWorkerTests
{
    [Test]
    public async Task Fault_of_one_look_is_logged_and_the_next_look_brings_the_change()
    {
        using var folder = new CertificateFolder();
        folder.Write("a", ["a.test"]);
        var clock = new ManualTimeProvider();
        var files = new CertificateFileOptions { Directory = folder.Path };
        var certificates = new TlsCertificates(CertificateUse.Proxy, files, new TlsPolicy(), TransportKind.Sockets, clock);
        var log = new FailingLog();
        using var worker = new CertificateWorker([certificates], clock, log);
        await worker.StartAsync(CancellationToken.None);
        await clock.WaitForTimerAsync(TimeSpan.FromSeconds(5));

        folder.Write("b", ["b.test"]);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await log.NextAsync(), Does.Contain("the service goes on"));
        folder.Write("c", ["c.test"]);
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.That(await log.NextAsync(), Does.Contain("3 certificates are in service"));
        await worker.StopAsync(CancellationToken.None);
    }

    /// <summary>A log whose first line fails, in place of a fault that nobody thought of.</summary>
    private sealed class FailingLog : ILogger<CertificateWorker>
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private bool _hasFailed;

        public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                throw new InvalidOperationException("this fault is part of the test");
            }

            _lines.Writer.TryWrite(formatter(state, exception));
        }
    }
}
