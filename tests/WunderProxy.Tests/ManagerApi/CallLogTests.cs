using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Events;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>The audit: a line with stable keys and an event for every changing call.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CallLogTests
{
    private static readonly TrafficTarget InService =
        new(new System.Net.IPEndPoint(1, 1), "c", LaunchConfigHash.Of("r41"u8), "r41");

    [Test]
    public async Task Call_is_logged_with_who_what_from_where_to_where_and_how_it_ended()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.State = new LifecycleSnapshot { Intended = InService };

        await api.CallAsync("POST /switch?by=ada", "00ff");

        Assert.That(api.EndLog(), Does.Match(
            "INFO  Call: caller=unix user=0 token=no agent=\"\" by=ada method=POST path=/switch from=r41 to=r42 "
            + "status=200 code=ok seconds=[0-9.E-]+ outcome=\"switched proxy to port 32768 of container 01234567\""));
    }

    [TestCase("POST /launch", "00ff", "to=r42")]
    [TestCase("POST /deploy", "00ff", "to=r42")]
    [TestCase("POST /rollback", "", "to=r42")]
    [TestCase("POST /pause", "", "to=r41")]
    [TestCase("POST /resume", "", "to=r41")]
    [TestCase("POST /drain", "", "to=r41")]
    [TestCase("POST /undrain", "", "to=r41")]
    [TestCase("POST /drains/00ff/end", "", "to=r41")]
    public async Task Every_changing_call_is_logged(string call, string body, string to)
    {
        await using var api = new ApiFixture();
        api.Lifecycle.State = new LifecycleSnapshot { Intended = InService };

        await api.CallAsync(call, body);

        Assert.That(api.EndLog(), Does.Contain($"method=POST path={call[5..]} from=r41 {to} status=200 code=ok "));
    }

    [Test]
    public async Task Failed_call_has_its_code_and_goes_nowhere()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.State = new LifecycleSnapshot { Intended = InService };
        api.Lifecycle.Failure = new DeploymentException(DeploymentError.NotRunning, "nothing of it runs");

        await api.CallAsync("POST /switch?by=ada", "00ff");

        Assert.That(api.EndLog(), Does.Contain(
            "path=/switch from=r41 to=\"\" status=409 code=not_running ").And.Contain("outcome=\"nothing of it runs\""));
    }

    [Test]
    public async Task Deploy_that_fails_while_its_progress_is_sent_has_its_code()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Steps = [new("checking", "waiting until healthy")];
        api.Lifecycle.Failure = new DeploymentException(DeploymentError.Unhealthy, "its probe fails");

        await api.CallAsync("POST /deploy", "00ff", "application/x-ndjson");

        Assert.That(api.EndLog(), Does.Contain("status=200 code=unhealthy "));
    }

    [Test]
    public async Task Caller_cannot_write_keys_of_its_own_nor_fill_a_line()
    {
        await using var api = new ApiFixture();

        await api.DispatchAsync(RequestOf("/pause", "x\" by=root code=ok\r\n" + new string('a', 10_000)));

        var log = api.EndLog();
        Assert.That(log, Does.Contain("agent=\"x\\\" by=root code=ok\\u000d\\u000a"));
        Assert.That(log, Has.Length.LessThan(1000));
    }

    [Test]
    public async Task Error_that_quotes_at_length_fills_neither_a_line_nor_the_live_stream()
    {
        await using var api = new ApiFixture();
        using var watcher = api.Hub.Subscribe(EventsRoute.Snapshot, new ApiCaller(null, 0), hasRights: true, null);
        api.Lifecycle.Failure = new DeploymentException(DeploymentError.InvalidConfig, new string('x', 2 * EventWatcher.MaxQueuedBytes));

        await api.CallAsync("POST /deploy", "{}");

        var told = await AllAsync(watcher);
        Assert.That(told, Does.Contain("event: call\n").And.Contain("\"Code\":\"invalid_config\""));
        Assert.That(told, Does.Not.Contain(new string('x', AuditText.MaxOutcomeLength + 1)));
        Assert.That(watcher.Cut.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task Body_that_is_no_name_of_anything_goes_no_further()
    {
        await using var api = new ApiFixture();

        var longest = await api.CallAsync("POST /rollback", new string('r', ApiRequest.MaxWordLength));
        var tooLong = await api.CallAsync("POST /rollback", new string('s', ApiRequest.MaxWordLength + 1));

        Assert.That((longest.Status, tooLong.Status), Is.EqualTo((200, 400)));
        Assert.That(api.Lifecycle.Calls, Has.None.Contains("sss"));
    }

    [Test]
    public async Task Token_is_told_as_yes_and_never_quoted()
    {
        await using var api = new ApiFixture(token: "s3cr3t-right");

        await api.CallAsync("POST /pause", authorization: "Bearer s3cr3t-right");
        await api.CallAsync("POST /pause", authorization: "Bearer s3cr3t-wrong");

        var log = api.EndLog();
        Assert.That(log, Does.Contain("token=yes").And.Contain("status=401 code=unauthorized").And.Not.Contain("s3cr3t"));
    }

    [Test]
    public async Task Caller_in_a_loop_of_what_cannot_be_done_gets_a_burst_of_lines_and_then_few()
    {
        var clock = new ManualTimeProvider();
        await using var api = new ApiFixture(clock: clock);
        var logger = new RecordingLogger();
        using var log = new CallLog(logger, clock, api.Hub);
        var busy = new CallEnd(409, new ApiOutcome("deploy aa11 is under way", "busy"), "r41", "", TimeSpan.Zero);
        for (var i = 0; i < 1000; i++)
        {
            log.Changed(RequestOf("/deploy", "curl"), busy);
        }

        log.Changed(RequestOf("/deploy", "curl"), busy with { Status = 200 });

        Assert.That(logger.MessagesFrom(LogLevel.Trace), Has.Count.EqualTo(LineBudget.Burst + 2), "one of the refused, and the change");
        Assert.That(logger.MessagesFrom(LogLevel.Trace)[^1], Does.Contain("status=200"));
    }

    [Test]
    public async Task Call_is_an_event_of_which_strangers_see_codes_and_revisions()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.State = new LifecycleSnapshot { Intended = InService };
        var caller = new ApiCaller(null, 0);
        using var watcher = api.Hub.Subscribe(EventsRoute.Snapshot, caller, hasRights: true, null);
        using var stranger = api.Hub.Subscribe(EventsRoute.Snapshot, caller, hasRights: false, null);

        await api.CallAsync("POST /switch?by=ada", "00ff");
        var (all, told) = (await AllAsync(watcher), await AllAsync(stranger));

        Assert.That(all, Does.Contain("event: call\n").And.Contain("\"By\":\"ada\"").And.Contain("\"Path\":\"/switch\""));
        Assert.That(told, Does.Contain("\"Status\":200,\"Code\":\"ok\",\"FromRevision\":\"r41\",\"Revision\":\"r42\",\"Seconds\":"));
        Assert.That(told, Does.Not.Contain("ada").And.Not.Contain("Path").And.Not.Contain("Caller"));
    }

    private static ApiRequest RequestOf(string path, string agent) => new()
    {
        Method = "POST",
        Path = path,
        Caller = new ApiCaller(null, UserId: 0),
        Host = "localhost",
        Header = name => name == "User-Agent" ? agent : null,
    };

    private static async Task<string> AllAsync(EventWatcher watcher)
    {
        watcher.Complete();
        var text = new StringBuilder();
        await foreach (var block in watcher.ReadAsync(CancellationToken.None))
        {
            text.Append(Encoding.UTF8.GetString(block.Span));
        }

        return text.ToString();
    }
}
