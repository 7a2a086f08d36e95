namespace WunderProxy.IntegrationTests.Faults;

/// <summary>A guarded switch to a revision that is clearly worse is undone within its ten seconds; a good one stays.</summary>
/// <remarks>The kinds run at once, each on a service of its own: what takes long is waiting for the guard.</remarks>
[Category("Faults")]
[NonParallelizable]
internal sealed class GuardTests
{
    private readonly Dictionary<string, Task<string>> _campaigns = new(StringComparer.Ordinal);

    private static int Rounds => FaultRounds.Of(ci: 5, full: 50);

    [OneTimeSetUp]
    public void Begin()
    {
        foreach (var kind in new[] { "FAIL_PERCENT=5", "SLOW_MS=1000", "EXIT_AFTER=5", "" })
        {
            _campaigns[kind] = Task.Run(() => RunAsync(kind));
        }
    }

    /// <summary>No campaign goes on when the first that failed is told.</summary>
    [OneTimeTearDown]
    public Task EndAsync() => Task.WhenAll(_campaigns.Values).ContinueWith(_ => { }, TaskScheduler.Default);

    [TestCase("FAIL_PERCENT=5", TestName = "Revision_that_fails_one_request_in_twenty_is_switched_back")]
    [TestCase("SLOW_MS=1000", TestName = "Revision_that_is_five_times_slower_is_switched_back")]
    [TestCase("EXIT_AFTER=5", TestName = "Revision_that_ends_after_five_seconds_is_switched_back")]
    [TestCase("", TestName = "Good_revision_stays")]
    public async Task Guard_judges(string kind) => TestContext.Out.WriteLine(await _campaigns[kind]);

    /// <summary>One service, one deploy after the other; each is a fresh process of its own config.</summary>
    private static async Task<string> RunAsync(string kind)
    {
        // A fifth of the bad revision's time, and more than what a busy machine adds to most requests.
        await using var service = await GuardedService.StartAsync("SLOW_MS=200");
        for (var round = 1; round <= Rounds; round++)
        {
            if (kind.Length == 0)
            {
                await service.DeployGoodAsync(round, "SLOW_MS=200");
            }
            else
            {
                await service.DeployBadAsync(round, kind);
            }
        }

        return $"{Rounds} rounds: {service.Summary}";
    }
}
