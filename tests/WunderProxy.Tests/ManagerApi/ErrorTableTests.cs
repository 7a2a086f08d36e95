using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>Every code that the API answers stands in its page, with its status, and has a test.</summary>
[Parallelizable]
internal sealed partial class ErrorTableTests
{
    private const string Remote = "192.0.2.1:5";

    [TestCase("POST /switch?guard=soon", "h", "unix", null, 400, "bad_guard")]
    [TestCase("POST /switch?by=\t", "h", "unix", null, 400, "bad_by")]
    [TestCase("GET /events?view=nothing", "h", "unix", null, 400, "bad_view")]
    [TestCase("POST /switch", "h", "unix", "secret", 401, "unauthorized")]
    [TestCase("GET /config/00ff?unmasked=true", "h", "unix", "secret", 401, "unauthorized")]
    [TestCase("POST /switch", "h", Remote, null, 403, "forbidden")]
    [TestCase("POST /switch", "", "127.0.0.1:5", null, 403, "forbidden")]
    [TestCase("POST /switch", "", Remote, "secret", 401, "unauthorized")]
    [TestCase("GET /config/00ff?unmasked=true", "h", Remote, null, 403, "forbidden")]
    [TestCase("GET /explain?what=x", "h", "unix", null, 400, "bad_what")]
    [TestCase("GET /nothing", "h", "unix", null, 404, "unknown_path")]
    [TestCase("GET /switch", "h", "unix", null, 405, "wrong_method")]
    [TestCase("POST /deploy", "h", "unix", null, 408, "body_too_slow")]
    [TestCase("POST /deploy", "h", "unix", null, 413, "body_too_large")]
    [TestCase("POST /deploy", "h", Remote, "secret", 429, "too_many_guesses")]
    [TestCase("GET /history", "h", Remote, null, 503, "overloaded")]
    [TestCase("POST /rollback", "h", "unix", null, 500, "internal")]
    public async Task Error_of_the_api_has_its_status_and_code(
        string call, string host, string caller, string? token, int status, string code)
    {
        await using var api = new ApiFixture(token: token);
        api.Lifecycle.Bug = code == ApiErrorCode.Internal ? new InvalidOperationException("a secret of ours") : null;

        if (code == ApiErrorCode.TooManyGuesses)
        {
            _ = Enumerable.Range(0, 100).Select(_ => api.DispatchAsync(RequestOf(call, host, caller, code))).ToList();
        }

        var response = await api.DispatchAsync(RequestOf(call, host, caller, code));

        var document = JsonNode.Parse(ApiFixture.TextOf(response))!;
        Assert.That((response.Status, document["error"]!.GetValue<string>()), Is.EqualTo((status, code)));
        Assert.That(document["message"]!.GetValue<string>(), Is.Not.Empty.And.Not.Contain("a secret of ours"));
        Assert.That(Documented(), Does.Contain((status, code)));
    }

    [TestCase("busy", "Operation")]
    [TestCase("lease_held", "Holder")]
    public async Task Conflict_names_who_is_in_the_way(string code, string key)
    {
        var since = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
        await using var api = new ApiFixture();
        api.Lifecycle.Failure = code == "busy"
            ? new DeploymentException(
                DeploymentError.Busy,
                "deploy aa11 is under way",
                new DeploymentErrorDetails { Operation = new OperationView("deploy", "aa11", since, "pulling", null) })
            : new DeploymentException(
                DeploymentError.LeaseHeld, "ada deploys", new DeploymentErrorDetails { Holder = "ada on build7" });

        var response = await api.CallAsync("POST /deploy", "00ff", "application/json");

        var details = JsonNode.Parse(ApiFixture.TextOf(response))!["details"]!;
        Assert.That(response.Status, Is.EqualTo(409));
        Assert.That(
            details[key]!.ToJsonString(),
            Does.Contain(code == "busy" ? "\"Kind\":\"deploy\",\"Reference\":\"aa11\",\"Since\":\"2026-11-22T09:00:00" : "ada on build7"));
    }

    [TestCase(DeploymentError.EngineUnavailable, true)]
    [TestCase(DeploymentError.StoreUnavailable, true)]
    [TestCase(DeploymentError.StoreDenied, false)]
    public async Task What_may_pass_says_when_to_try_again(DeploymentError error, bool isTold)
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Failure = new DeploymentException(error, "away");

        var response = await api.CallAsync("POST /deploy", "00ff");

        Assert.That(response.Headers.Any(header => header.Key == "Retry-After"), Is.EqualTo(isTold));
    }

    [Test]
    public void Every_code_of_the_api_is_in_the_table_above()
    {
        var tested = typeof(ErrorTableTests)
            .GetMethod(nameof(Error_of_the_api_has_its_status_and_code))!
            .GetCustomAttributes<TestCaseAttribute>()
            .Select(row => (string)row.Arguments[5]!);

        Assert.That(tested.Distinct(StringComparer.Ordinal), Is.EquivalentTo(Constants(typeof(ApiErrorCode))));
    }

    [Test]
    public void Page_has_every_code_with_its_status_and_no_other()
    {
        var domain = Enum.GetValues<DeploymentError>()
            .Select(error => ApiException.From(new DeploymentException(error, "why")))
            .Select(error => (error.Status, error.Code));
        var own = typeof(ErrorTableTests)
            .GetMethod(nameof(Error_of_the_api_has_its_status_and_code))!
            .GetCustomAttributes<TestCaseAttribute>()
            .Select(row => ((int)row.Arguments[4]!, (string)row.Arguments[5]!));

        Assert.That(Documented(), Is.EquivalentTo(domain.Concat(own).Distinct()));
    }

    [Test]
    public void Page_has_every_reason_of_a_failed_launch_and_no_other()
    {
        var documented = ReasonRow().Matches(Page()).Select(row => row.Groups["code"].Value);

        Assert.That(documented, Is.EquivalentTo(Constants(typeof(LaunchFailure)).Append("status_NNN")));
    }

    private static ApiRequest RequestOf(string call, string host, string caller, string code)
    {
        var (method, target) = (call.Split(' ')[0], call.Split(' ')[1]);
        var query = target.Split('?').Skip(1).Select(pair => pair.Split('='));
        return new ApiRequest
        {
            Method = method,
            Path = target.Split('?')[0],
            Query = query.ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
            Caller = ApiCaller.Parse(caller, user: "0")!.Value,
            Host = host,
            Header = name => name == "Accept" ? "application/json"
                : name == "Authorization" && code == ApiErrorCode.TooManyGuesses ? "Bearer guess"
                : null,
            IsCrowded = code == ApiErrorCode.Overloaded,
            Body = code == ApiErrorCode.BodyTooSlow ? new StuckBody() : Stream.Null,
            Clock = code == ApiErrorCode.BodyTooSlow ? new ElapsedClock() : TimeProvider.System,
            ContentLength = code == ApiErrorCode.BodyTooLarge ? ApiRequest.MaxBodyBytes + 1 : -1,
        };
    }

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    private static List<(int Status, string Code)> Documented() =>
        [.. ErrorRow().Matches(Page()).Select(row => (int.Parse(row.Groups["status"].Value), row.Groups["code"].Value))];

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WunderProxy.sln")))
        {
            folder = folder.Parent ?? throw new AssertionException("the tests run outside of the repository");
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "manager-api.md"));
    }

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| `(?<code>\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ErrorRow();

    // Lines of a table with one code and one sentence, between the heading and the next section.
    [GeneratedRegex(
        @"(?<=\| `error` \| why \|\n\|---\|---\|\n(\| `\w+` \| .*\n)*)\| `(?<code>\w+)` \| ",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReasonRow();

    /// <summary>A clock by which every time limit is over at once.</summary>
    private sealed class ElapsedClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency * 3600);
    }

    private sealed class StuckBody : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
