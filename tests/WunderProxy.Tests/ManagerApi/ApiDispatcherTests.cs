using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.ManagerApi;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>What strangers can do to the threads and to the log.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ApiDispatcherTests
{
    private const int MaxReaders = 4;

    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLogger _logger = new();

    private IReadOnlyList<string> Lines => _logger.MessagesFrom(LogLevel.Trace);

    [Test]
    public async Task Light_calls_never_wait_behind_others()
    {
        var stuck = new TaskCompletionSource<ApiResponse>();
        using var dispatcher = Dispatcher(stuck);
        var waiting = Enumerable.Range(0, 100).Select(_ => Call(dispatcher, "GET", "/slow")).ToList();

        var status = await Call(dispatcher, "GET", "/status");

        Assert.That(status.Status, Is.EqualTo(200));
        Assert.That(waiting.Any(call => call.IsCompleted), Is.False);
        stuck.SetResult(ApiResponse.OfText("done"));
        await Task.WhenAll(waiting);
    }

    [Test]
    public async Task Callers_with_rights_do_not_wait_behind_those_without()
    {
        var stuck = new TaskCompletionSource<ApiResponse>();
        using var dispatcher = Dispatcher(stuck);
        var waiting = Enumerable.Range(0, MaxReaders + 1).Select(_ => Call(dispatcher, "GET", "/slow")).ToList();

        var change = await Call(dispatcher, "POST", "/change", user: "0");

        Assert.That(change.Status, Is.EqualTo(200));
        stuck.SetResult(ApiResponse.OfText("done"));
        await Task.WhenAll(waiting);
    }

    [Test]
    public async Task Call_that_is_one_too_many_is_refused()
    {
        var stuck = new TaskCompletionSource<ApiResponse>();
        using var dispatcher = Dispatcher(stuck);
        var waiting = Enumerable.Range(0, MaxReaders + 128).Select(_ => Call(dispatcher, "GET", "/slow")).ToList();

        var refused = await Call(dispatcher, "GET", "/slow");

        Assert.That(refused.Status, Is.EqualTo(503));
        stuck.SetResult(ApiResponse.OfText("done"));
        await Task.WhenAll(waiting);
    }

    [TestCase("POST", "/change")]
    [TestCase("POST", "/nothing")]
    [TestCase("PUT", "/status")]
    [TestCase("DELETE", "/change")]
    public async Task Refused_calls_are_told_once_and_then_counted(string method, string path)
    {
        using var dispatcher = Dispatcher(new TaskCompletionSource<ApiResponse>());
        var longBy = new string('b', 100_000);
        for (var i = 0; i < 1000; i++)
        {
            await Call(dispatcher, method, path, longBy, user: "65534");
        }

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.That(Lines, Has.Count.EqualTo(2));
        Assert.That(Lines[1], Does.Contain("999 more"));
        Assert.That(Lines, Is.All.Not.Contains("bbb"));
    }

    [Test]
    public async Task Refused_path_is_cut_in_the_log()
    {
        using var dispatcher = Dispatcher(new TaskCompletionSource<ApiResponse>());

        await Call(dispatcher, new string('M', 8000), "/" + new string('p', 8000));

        Assert.That(Lines.Single(), Has.Length.LessThan(1000));
    }

    [Test]
    public async Task Faults_are_told_once_and_then_counted()
    {
        var broken = new TaskCompletionSource<ApiResponse>();
        broken.SetException(new InvalidOperationException("a bug"));
        using var dispatcher = Dispatcher(broken);
        for (var i = 0; i < 100; i++)
        {
            await Call(dispatcher, "GET", "/slow");
        }

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.That(Lines, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Bad_name_of_a_caller_with_rights_changes_nothing()
    {
        var isChanged = new TaskCompletionSource<ApiResponse>();
        using var dispatcher = Dispatcher(isChanged);

        var response = await Call(dispatcher, "POST", "/change", "a\u001bb", user: "0");

        Assert.That(response.Status, Is.EqualTo(400));
    }

    private static Task<ApiResponse> Call(
        ApiDispatcher dispatcher, string method, string path, string by = "", string user = "65534") =>
        dispatcher.DispatchAsync(
            new ApiRequest
            {
                Method = method,
                Path = path,
                Caller = ApiCaller.Parse("127.0.0.1:5", user)!.Value,
                Host = "localhost",
                Query = new Dictionary<string, string>(StringComparer.Ordinal) { ["by"] = by },
            },
            CancellationToken.None);

    private ApiDispatcher Dispatcher(TaskCompletionSource<ApiResponse> slow)
    {
        ApiRoute[] routes =
        [
            new("GET", "/status", RouteAccess.Read, (_, _) => new(ApiResponse.OfText("ok"))),
            new("GET", "/slow", RouteAccess.Read, (_, _) => new(slow.Task)),
            new("POST", "/change", RouteAccess.Change, (_, _) => new(ApiResponse.OfText("changed"))),
        ];
        var access = new AccessRules(ApiToken.From(new ManagerApiOptions()), []);
        return new ApiDispatcher(routes, access, _logger, _clock);
    }
}
