using WunderProxy.Deployments.Docker;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Docker;

/// <summary>An engine that takes calls and never answers.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class CallLimitTests
{
    [TestCaseSource(nameof(Names))]
    public void Call_ends_at_the_limit(string name)
    {
        var clock = new ManualTimeProvider();
        using var engine = new MuteEngine();
        using var client = new DockerEngineClient(engine, DockerEndpoint.Parse("unix:///nowhere.sock"), clock);
        var heard = new List<string?>();
        client.Heard = heard.Add;

        var call = EngineCalls.All[name](client);
        clock.Advance(TimeSpan.FromSeconds(29));
        var before = call.IsCompleted;
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(before, Is.False);
        Assert.That(
            async () => await call.WaitAsync(TimeSpan.FromSeconds(30)),
            Throws.InstanceOf<EngineUnavailableException>().With.Message.Contains("time-out"));
        Assert.That(heard, Has.Some.Contains("time-out"));
    }

    [Test]
    public async Task Stop_may_take_as_long_as_the_container_may()
    {
        var clock = new ManualTimeProvider();
        using var engine = new MuteEngine { AnswersVersion = true };
        using var client = new DockerEngineClient(engine, DockerEndpoint.Parse("unix:///nowhere.sock"), clock);

        var call = client.StopContainerAsync("a", TimeSpan.FromMinutes(2), CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(149));
        var before = call.IsCompleted;
        clock.Advance(TimeSpan.FromSeconds(1));
        await call.WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Assert.That((before, call.IsFaulted), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Events_have_no_limit()
    {
        var clock = new ManualTimeProvider();
        using var engine = new MuteEngine { AnswersVersion = true };
        using var client = new DockerEngineClient(engine, DockerEndpoint.Parse("unix:///nowhere.sock"), clock);
        using var leaving = new CancellationTokenSource();

        var following = client.FollowEventsAsync(0, leaving.Token).GetAsyncEnumerator(leaving.Token);
        var next = following.MoveNextAsync().AsTask();
        clock.Advance(TimeSpan.FromDays(1));
        var isOver = next.IsCompleted;
        await leaving.CancelAsync();
        await ((Task)next).WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Assert.That(isOver, Is.False);
    }

    /// <summary>The negotiation before a wait has the limit, too; the others without one end earlier or not at all.</summary>
    private static IEnumerable<string> Names() => [.. EngineCalls.Limited.Keys, "wait", "events"];

    private sealed class MuteEngine : HttpMessageHandler
    {
        public bool AnswersVersion { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!AnswersVersion || request.RequestUri!.AbsolutePath != "/version")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return ScriptedEngine.Answer(
                System.Net.HttpStatusCode.OK, """{"ApiVersion":"1.41","MinAPIVersion":"1.12"}"""u8.ToArray());
        }
    }
}
