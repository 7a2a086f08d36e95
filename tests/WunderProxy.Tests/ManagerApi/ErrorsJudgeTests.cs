using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi.Explanations;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>Which cause the errors of the last ten minutes are laid to.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ErrorsJudgeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [TestCase("application_error", "application", "application_errors")]
    [TestCase("no_upstream", "proxy", "nothing_in_service")]
    [TestCase("paused", "proxy", "pause_too_long")]
    [TestCase("connect_refused", "application", "not_reachable")]
    [TestCase("connect_timeout", "application", "not_reachable")]
    [TestCase("response_timeout", "application", "too_slow")]
    [TestCase("upstream_closed", "application", "broken_answers")]
    [TestCase("bad_response", "application", "broken_answers")]
    [TestCase("drain_deadline", "proxy", "drain_deadline")]
    [TestCase("buffers_full", "proxy", "buffers_full")]
    [TestCase("internal_error", "proxy", "other")]
    [TestCase("client_gone", "client", "clients")]
    public void Most_frequent_cause_decides(string cause, string side, string expected)
    {
        var judged = ErrorsJudge.Judge(Errors(Group(cause, side, 7), Group("client_gone", "client", 900), Group("header_timeout", "client", 1)));

        Assert.That(judged.Code, Is.EqualTo(expected));
        Assert.That(judged.Text, Does.Contain(expected == "clients" ? "908" : "7"));
    }

    [Test]
    public void Without_a_failure_nothing_is_said_to_be_wrong() => Assert.That(ErrorsJudge.Judge(Errors()).Code, Is.EqualTo("none"));

    [Test]
    public void Death_of_the_container_goes_before_what_it_left_behind()
    {
        var judged = ErrorsJudge.Judge(Errors(Group("application_error", "application", 50), Group("connect_refused", "application", 5), Group("no_upstream", "proxy", 4)) with
        {
            Incidents =
            [
                new Incident(Noon, Incident.Died, "r42") { ExitCode = 137 },
                new Incident(Noon.AddSeconds(2), Incident.Back, "r42"),
            ],
        });

        Assert.That(judged.Code, Is.EqualTo("container_died"));
        Assert.That(judged.Text, Does.StartWith("9 exchanges failed").And.Contain("r42").And.Contain("exit code 137 (killed)").And.Contain("12:00:02.000Z"));
    }

    [Test]
    public void Container_that_was_killed_for_memory_needs_more_of_it()
    {
        var judged = ErrorsJudge.Judge(Errors(Group("no_upstream", "proxy", 4)) with
        {
            Incidents = [new Incident(Noon, Incident.Died, "r42")],
            Container = new ContainerReport { IsOutOfMemory = true },
        });

        Assert.That(judged.Text, Does.Contain("not back yet"));
        Assert.That(judged.Advice, Does.Contain("HostConfig.Memory"));
    }

    private static ErrorGroup Group(string cause, string side, long count) =>
        new(cause, side, "connect", 502, "r42", count, Noon, Noon);

    private static ErrorsView Errors(params ErrorGroup[] groups) => new()
    {
        Since = Noon,
        Requests = 1_000,
        ServerErrors = 7,
        GatewayErrors = 7,
        ConnectsFailed = 0,
        Retries = 0,
        Fallbacks = 0,
        Groups = groups,
    };
}
