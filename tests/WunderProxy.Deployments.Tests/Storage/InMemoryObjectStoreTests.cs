using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

[TestFixture(ConditionSupport.Kept)]
[TestFixture(ConditionSupport.Refused)]
[Parallelizable]
internal sealed class InMemoryObjectStoreTests(ConditionSupport conditions) : ObjectStoreContract
{
    protected override bool KeepsConditions => conditions == ConditionSupport.Kept;

    protected override IObjectStore Open() => new InMemoryObjectStore { Conditions = conditions };

    [Test]
    public async Task Probe_finds_a_store_out_that_ignores_conditions()
    {
        using var store = new InMemoryObjectStore { Conditions = ConditionSupport.Ignored };

        Assert.Multiple(async () =>
        {
            Assert.That(await ConditionalWriteProbe.RunAsync(store, "p", CancellationToken.None), Is.False);
            Assert.That(store.Keys, Is.Empty);
        });
        await Task.CompletedTask;
    }
}
