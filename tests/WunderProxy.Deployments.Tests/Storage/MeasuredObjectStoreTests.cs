using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

[Parallelizable(ParallelScope.All)]
internal sealed class MeasuredObjectStoreTests
{
    [Test]
    public async Task Every_call_is_reported_with_its_result_and_passed_on()
    {
        List<StoreCall> calls = [];
        using var inner = new InMemoryObjectStore();
        using var store = new MeasuredObjectStore(inner, new ManualTimeProvider(), calls.Add);
        await store.PutAsync("a", new byte[] { 1 }, PutCondition.None, CancellationToken.None);
        await store.PutAsync("a", new byte[] { 2 }, PutCondition.IfAbsent, CancellationToken.None);
        var found = await store.GetAsync("a", CancellationToken.None);
        var missing = await store.GetAsync("b", CancellationToken.None);
        await using var opened = await store.OpenReadAsync("a", CancellationToken.None);
        var isCopied = await store.CopyAsync("b", "c", CancellationToken.None);
        var keys = await store.ListAsync("", null, CancellationToken.None);
        await store.DeleteAsync("a", CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That((found!.Bytes.Length, missing, opened!.LengthBytes, isCopied, keys.Count), Is.EqualTo((1, (StoredObject?)null, 1L, false, 1)));
            Assert.That(inner.Keys, Is.Empty);
            Assert.That(
                calls.Select(call => $"{call.Operation} {call.Result}"),
                Is.EqualTo(new[] { "put ok", "put conflict", "get ok", "get absent", "open ok", "copy absent", "list ok", "delete ok" }));
        });
    }

    [TestCase(ObjectStoreFault.Denied, "denied")]
    [TestCase(ObjectStoreFault.TimedOut, "timed_out")]
    [TestCase(ObjectStoreFault.Unavailable, "unavailable")]
    [TestCase(ObjectStoreFault.NoSuchBucket, "no_such_bucket")]
    [TestCase(ObjectStoreFault.Refused, "refused")]
    public async Task Failure_is_reported_by_its_fault_with_the_time_it_took_and_thrown(ObjectStoreFault fault, string result)
    {
        List<StoreCall> calls = [];
        var clock = new ManualTimeProvider();
        using var inner = new InMemoryObjectStore
        {
            BeforeCall = (_, _) =>
            {
                clock.Advance(TimeSpan.FromSeconds(3));
                throw new ObjectStoreException(fault, "no");
            },
        };
        using var store = new MeasuredObjectStore(inner, clock, calls.Add);

        var thrown = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync("a", CancellationToken.None)))!;

        Assert.That(thrown.Fault, Is.EqualTo(fault));
        Assert.That(calls, Is.EqualTo(new[] { new StoreCall("get", result, TimeSpan.FromSeconds(3)) }));
    }
}
