namespace WunderProxy.IntegrationTests.Differential;

/// <summary>The same response bytes through nginx, HAProxy and WunderProxy.</summary>
internal sealed class ResponseTests
{
    private Rivals? _rivals;

    [OneTimeSetUp]
    public async Task StartAsync() => _rivals = await Rivals.StartAsync();

    [OneTimeTearDown]
    public void Stop() => _rivals?.Dispose();

    [TestCaseSource(typeof(ResponseRows), nameof(ResponseRows.All))]
    public async Task Response_is_taken_as_the_table_says(ResponseRow row)
    {
        var outcomes = await _rivals!.CompareAsync(
            proxy => proxy.ResponseOutcomeAsync(row.Request, row.Response, row.End));

        outcomes.AssertAgreement(row.Agreement);
        Assert.That(outcomes.Ours == Outcome.Refused, Is.Not.EqualTo(row.IsPassedOn), outcomes.ToString());
    }

    [Test]
    public void Rows_on_which_not_all_agree_say_why() =>
        Assert.That(ResponseRows.All.Where(row => row.Agreement != Agreement.All && row.Why.Length == 0), Is.Empty);
}
