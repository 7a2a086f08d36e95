namespace WunderProxy.IntegrationTests.Differential;

/// <summary>The same request bytes through nginx, HAProxy and WunderProxy.</summary>
internal sealed class RequestTests
{
    private Rivals? _rivals;

    [OneTimeSetUp]
    public async Task StartAsync() => _rivals = await Rivals.StartAsync();

    [OneTimeTearDown]
    public void Stop() => _rivals?.Dispose();

    [TestCaseSource(typeof(RequestRows), nameof(RequestRows.All))]
    public async Task Request_is_taken_as_the_table_says(RequestRow row)
    {
        var outcomes = await _rivals!.CompareAsync(proxy => proxy.RequestOutcomeAsync(row.Request));

        outcomes.AssertAgreement(row.Agreement);
        var isRefused = outcomes.Ours.EndsWith(Outcome.Refused, StringComparison.Ordinal);
        Assert.That(isRefused, Is.Not.EqualTo(row.IsForwarded), outcomes.ToString());
    }

    [Test]
    public void Rows_on_which_not_all_agree_say_why() =>
        Assert.That(RequestRows.All.Where(row => row.Agreement != Agreement.All && row.Why.Length == 0), Is.Empty);
}
