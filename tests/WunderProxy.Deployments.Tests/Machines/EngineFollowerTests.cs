using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Machines;

/// <summary>The engine's event stream breaks, is refused, goes silent; the engine goes away and comes back.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class EngineFollowerTests : IDisposable
{
    private const string Die = """{"Type":"container","Action":"die","Actor":{"ID":"a"},"timeNano":1767225600000000042}""";

    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLogger _log = new();
    private readonly ConcurrentQueue<EngineEvent> _handled = [];
    private readonly ConcurrentQueue<DateTimeOffset> _pings = [];
    private readonly ConcurrentQueue<string> _streams = [];
    private readonly SemaphoreSlim _opened = new(0);
    private readonly ScriptedEngine _engine = new();
    private readonly DockerEngineClient _client;
    private readonly NoticeBoard _notices;
    private readonly Circuit _circuit;
    private volatile bool _isAway;
    private int _reconciled;

    public EngineFollowerTests()
    {
        // The clock is the follower's: the engine answers at once, and the limits of its calls have a test of their own.
        _client = _engine.CreateClient();
        _notices = new NoticeBoard(_log);
        _circuit = new Circuit(_clock, state => DeploymentLog.EngineStateChanged(_log, state));
        _client.Heard = _circuit.Hear;
        _engine.On(HttpMethod.Get, "/_ping", _ =>
        {
            _pings.Enqueue(_clock.GetUtcNow());
            return _isAway ? throw new HttpRequestException("refused") : ScriptedEngine.Answer(HttpStatusCode.OK, "OK"u8.ToArray());
        });
    }

    public void Dispose()
    {
        _client.Dispose();
        _engine.Dispose();
        _opened.Dispose();
    }

    [Test]
    public async Task Stream_that_breaks_is_opened_again_behind_the_last_event()
    {
        OnEvents(() => ScriptedEngine.Answer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(Die)));

        var following = Follow();
        await _clock.AdvanceUntilAsync(1, "two streams", () => _streams.Count >= 2);
        await following.DisposeAsync();

        Assert.That(_handled.Select(happened => happened.Action), Is.Not.Empty.And.All.EqualTo("die"));
        Assert.That(_streams.First(), Contains.Substring("?since=1767225600.000000000&"));
        Assert.That(_streams.ElementAt(1), Contains.Substring("?since=1767225600.000000043&"));
        Assert.That(_reconciled, Is.GreaterThanOrEqualTo(2), "what happened in between is looked up");
    }

    [Test]
    public async Task Engine_that_is_away_is_tried_again_with_growing_pauses_and_named_once()
    {
        _isAway = true;
        OnEvents(Silent);

        var following = Follow();
        await _clock.AdvanceUntilAsync(1, "nine tries", () => _pings.Count >= 9);
        await _clock.AdvanceUntilAsync(1, "the pause", () => _circuit.ToView().NextTry is not null);
        var (away, view) = (_circuit.Fault, _circuit.ToView());
        _isAway = false;
        await _clock.AdvanceUntilAsync(1, "the stream", _opened.WaitAsync());
        var back = (_circuit.Fault, _circuit.ToView().State);
        await following.DisposeAsync();

        var tries = _pings.ToArray();
        var pauses = tries.Skip(1).Zip(tries, (later, earlier) => (later - earlier).TotalSeconds).ToArray();

        // The clock may be at the end of its step when the loop tries; BackoffTests have the upper ends.
        Assert.That(pauses[0], Is.GreaterThanOrEqualTo(1));
        Assert.That(pauses[2], Is.GreaterThanOrEqualTo(4));
        Assert.That(pauses[^1], Is.GreaterThanOrEqualTo(30));
        Assert.That(away, Does.Contain("does not answer: refused"));
        Assert.That(view.State, Is.EqualTo("open"));
        Assert.That(view.NextTry - _clock.GetUtcNow(), Is.LessThanOrEqualTo(TimeSpan.FromSeconds(60)));
        Assert.That(back, Is.EqualTo(("Ok", "closed")));
        Assert.That(
            _log.MessagesFrom(LogLevel.Information, "Docker engine"),
            Has.Count.EqualTo(2),
            "the fault once, the return once");
    }

    [Test]
    public async Task Somebody_elses_call_that_is_answered_ends_the_pause()
    {
        _isAway = true;
        OnEvents(Silent);
        _engine.On(HttpMethod.Get, "/containers/json", HttpStatusCode.OK, "[]");

        var following = Follow();
        await _clock.AdvanceUntilAsync(1, "eight tries", () => _pings.Count >= 8);
        await _clock.AdvanceUntilAsync(1, "the pause", () => _circuit.ToView().NextTry is not null);
        _isAway = false;
        await _client.ListContainersAsync(CancellationToken.None);

        // The clock stands still from here on.
        Assert.That(await _opened.WaitAsync(TimeSpan.FromSeconds(60)), "the stream");
        await following.DisposeAsync();

        Assert.That(_circuit.Fault, Is.EqualTo("Ok"));
    }

    [Test]
    public async Task Events_that_are_refused_warn_and_are_not_asked_for_in_a_busy_loop()
    {
        OnEvents(() => ScriptedEngine.Answer(HttpStatusCode.Forbidden, """{"message":"not by this socket"}"""u8.ToArray()));

        var following = Follow();
        var began = _clock.GetUtcNow();
        await _clock.AdvanceUntilAsync(1, "five minutes", () => _clock.GetUtcNow() - began > TimeSpan.FromMinutes(5));
        await following.DisposeAsync();

        Assert.That(_streams, Has.Count.InRange(2, 20));
        Assert.That(NoticeBoard.Collect(_notices).Single().Message, Does.Contain("not by this socket"));
        Assert.That(_circuit.Fault, Is.EqualTo("Ok"), "it answers");
        Assert.That(_log.MessagesFrom(LogLevel.Information), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Silent_stream_is_given_up_when_another_call_finds_the_engine_away()
    {
        OnEvents(Silent);

        var following = Follow();
        await _clock.AdvanceUntilAsync(1, "the stream", _opened.WaitAsync());
        _circuit.Open("does not answer: time-out");
        await _clock.AdvanceUntilAsync(1, "another stream", _opened.WaitAsync());
        await following.DisposeAsync();

        Assert.That(_circuit.Fault, Is.EqualTo("Ok"));
    }

    [Test]
    public async Task Listener_that_joins_is_reconciled_at_once_and_one_that_left_hears_no_more()
    {
        OnEvents(Silent);
        await using var follower = new EngineFollower(_client, _circuit, _notices, _clock, _log);
        var (first, second) = (new CountingListener(), new CountingListener());

        var staying = follower.Listen(first);
        await first.Reconciled.WaitAsync();
        await staying.DisposeAsync();
        await using var late = follower.Listen(second);

        // The clock stands still: no pause lies in between.
        Assert.That(await second.Reconciled.WaitAsync(TimeSpan.FromSeconds(60)), "the late one");
        Assert.That(first.Reconciled.CurrentCount, Is.Zero);
    }

    [Test]
    public async Task Leaving_waits_for_the_call_under_way()
    {
        OnEvents(Silent);
        await using var follower = new EngineFollower(_client, _circuit, _notices, _clock, _log);
        var goOn = new TaskCompletionSource();
        var listener = new CountingListener { Until = goOn.Task };

        var handle = follower.Listen(listener);
        await listener.Reconciled.WaitAsync();
        var leaving = handle.DisposeAsync().AsTask();
        var wasDone = leaving.IsCompleted;
        goOn.SetResult();
        await leaving;

        Assert.That(wasDone, Is.False);
    }

    private static HttpResponseMessage Silent() =>
        new(HttpStatusCode.OK) { Content = new StreamContent(new Pipe().Reader.AsStream()) };

    private void OnEvents(Func<HttpResponseMessage> answer) => _engine.On(HttpMethod.Get, "/events", request =>
    {
        _streams.Enqueue(request.RequestUri!.Query);
        _opened.Release();
        return answer();
    });

    private EngineFollower Follow()
    {
        var follower = new EngineFollower(_client, _circuit, _notices, _clock, _log);
        follower.Listen(new Listener(this));
        return follower;
    }

    private sealed class Listener(EngineFollowerTests test) : IEngineListener
    {
        public Task ReconcileAsync(CancellationToken cancellationToken) =>
            Task.FromResult(Interlocked.Increment(ref test._reconciled));

        public Task HandleAsync(EngineEvent happened, CancellationToken cancellationToken)
        {
            test._handled.Enqueue(happened);
            return Task.CompletedTask;
        }
    }

    private sealed class CountingListener : IEngineListener
    {
        public SemaphoreSlim Reconciled { get; } = new(0);

        public Task Until { get; init; } = Task.CompletedTask;

        public Task ReconcileAsync(CancellationToken cancellationToken)
        {
            Reconciled.Release();
            return Until;
        }

        public Task HandleAsync(EngineEvent happened, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
