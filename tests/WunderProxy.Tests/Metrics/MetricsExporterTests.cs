using System.Threading.Channels;
using WunderProxy.Configuration;
using WunderProxy.Metrics;
using WunderProxy.Metrics.Otlp;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Otlp;

namespace WunderProxy.Tests.Metrics;

/// <summary>When metrics are sent, and what follows when the receiver does not take them.</summary>
[Parallelizable]
internal sealed class MetricsExporterTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Message_is_sent_as_the_operator_said()
    {
        await using var receiver = new OtlpReceiver();
        using var fixture = new Fixture(new OtlpOptions(new Uri(receiver.Address, "v1/metrics"))
        {
            UsesGzip = true,
            Headers = [new("api-key", "s3cret")],
        });

        var outcome = await fixture.Exporter.ExportAsync(default);

        var call = receiver.Calls.Single();
        Assert.Multiple(() =>
        {
            Assert.That(outcome, Is.EqualTo(OtlpOutcome.Delivered));
            Assert.That((call.Path, call.ContentType, call.Encoding), Is.EqualTo(("/v1/metrics", "application/x-protobuf", "gzip")));
            Assert.That(call.Headers["api-key"], Is.EqualTo("s3cret"));
            Assert.That(receiver.Metrics["wunderproxy.requests"].Sum.DataPoints.Single().AsDouble, Is.EqualTo(1));
        });
    }

    [TestCase(429, true)]
    [TestCase(502, true)]
    [TestCase(503, true)]
    [TestCase(504, true)]
    [TestCase(400, false)]
    [TestCase(401, false)]
    [TestCase(500, false)]
    [TestCase(302, false)]
    public async Task Status_says_whether_it_is_worth_another_try(int status, bool mayRetry)
    {
        await using var receiver = new OtlpReceiver(new OtlpAnswer(status));
        using var fixture = new Fixture(new OtlpOptions(new Uri(receiver.Address, "v1/metrics")));

        var outcome = await fixture.Exporter.ExportAsync(default);

        Assert.That(outcome.MayRetry, Is.EqualTo(mayRetry));
        Assert.That(outcome.Problem, Does.Contain($"{status}"));
    }

    [Test]
    public async Task Receiver_that_is_away_is_an_outcome()
    {
        using var fixture = new Fixture(new OtlpOptions(new Uri($"http://127.0.0.1:{FreePort.Next()}/v1/metrics")));

        var outcome = await fixture.Exporter.ExportAsync(default);

        Assert.That(outcome.MayRetry, Is.True);
        Assert.That(outcome.Problem, Is.Not.Empty);
    }

    [Test]
    public async Task Exports_follow_the_interval_and_each_one_says_all()
    {
        await using var receiver = new OtlpReceiver();
        using var fixture = new Fixture(new OtlpOptions(new Uri(receiver.Address, "v1/metrics")));
        using var running = fixture.Run();

        for (var round = 1; round <= 3; round++)
        {
            await fixture.Clock.PassAsync(Interval);
            Assert.That(await fixture.NextAsync(), Is.EqualTo(OtlpOutcome.Delivered));
            Assert.That(receiver.Metrics["wunderproxy.requests"].Sum.DataPoints.Single().AsDouble, Is.EqualTo(round));
        }
    }

    [Test]
    public async Task Failures_are_tried_again_soon_and_ever_later_and_not_before_the_receiver_says()
    {
        await using var receiver = new OtlpReceiver(
            new OtlpAnswer(503), new OtlpAnswer(429), new OtlpAnswer(503, "30"), new OtlpAnswer(200));
        using var fixture = new Fixture(new OtlpOptions(new Uri(receiver.Address, "v1/metrics")));
        using var running = fixture.Run();
        var pauses = new List<double>();

        for (var round = 0; round < 5; round++)
        {
            pauses.Add(await fixture.Clock.PassNextAsync());
            await fixture.NextAsync();
        }

        Assert.Multiple(() =>
        {
            Assert.That(pauses[0], Is.EqualTo(60));
            Assert.That(pauses[1], Is.InRange(1, 1.5));
            Assert.That(pauses[2], Is.InRange(2, 3));
            Assert.That(pauses[3], Is.EqualTo(30));
            Assert.That(pauses[4], Is.EqualTo(60));
        });
    }

    /// <summary>A clock whose next pause the test learns and passes.</summary>
    private sealed class PausingClock : TimeProvider
    {
        private readonly Channel<(TimerCallback Callback, object? State, TimeSpan Due)> _timers =
            Channel.CreateUnbounded<(TimerCallback Callback, object? State, TimeSpan Due)>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == new OtlpOptions(new Uri("http://a")).Timeout)
            {
                // The limit of one request, which never passes here.
                return new NoTimer();
            }

            _timers.Writer.TryWrite((callback, state, dueTime));
            return new NoTimer();
        }

        public async Task<double> PassNextAsync()
        {
            var (callback, state, due) = await _timers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            callback(state);
            return due.TotalSeconds;
        }

        public async Task PassAsync(TimeSpan expected) => Assert.That(await PassNextAsync(), Is.EqualTo(expected.TotalSeconds));

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class Fixture : IDisposable
    {
        private readonly OtlpClient _client;
        private readonly Channel<OtlpOutcome> _outcomes =
            Channel.CreateUnbounded<OtlpOutcome>();

        private int _requests;

        public Fixture(OtlpOptions options)
        {
            _client = new OtlpClient(options, Clock, OtlpHttp.CreateHandler(options));
            Exporter = new MetricsExporter(
                _client,
                () => [MetricFamily.Counter("wunderproxy_requests_total", "Requests.").Add(++_requests)],
                new MetricsSource([], "1", DateTimeOffset.UnixEpoch),
                Interval,
                Clock,
                outcome => _outcomes.Writer.TryWrite(outcome));
        }

        public PausingClock Clock { get; } = new();

        public MetricsExporter Exporter { get; }

        public CancellationTokenSource Run()
        {
            var source = new CancellationTokenSource();
            _ = Exporter.RunAsync(source.Token);
            return source;
        }

        public async Task<OtlpOutcome> NextAsync() => await _outcomes.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        public void Dispose() => _client.Dispose();
    }
}
