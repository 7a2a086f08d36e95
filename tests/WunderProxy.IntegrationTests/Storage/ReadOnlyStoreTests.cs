using System.Text;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Storage;

/// <summary>A user of the real S3 server who may only read.</summary>
[Parallelizable]
internal sealed class ReadOnlyStoreTests
{
    [Test]
    public async Task Service_is_served_from_a_store_that_may_only_be_read()
    {
        await using var service = await TestService.CreateInAsync(
            await ReadOnlyBucket.CreateAsync(mayList: true), null, "r1", "r2", "r3");
        var first = LaunchConfigText.Of("r1");
        await service.StoreConfigAsync(first);
        await service.Store.PutAsync($"{service.Prefix}/current.json", Encoding.UTF8.GetBytes(first));
        var second = await service.StoreConfigAsync(LaunchConfigText.Of("r2"));

        await service.StartAsync();
        await service.WaitUntilServingAsync("r1");
        await service.LaunchAndSwitchAsync(second);
        await service.WaitUntilServingAsync("r2");
        var deployed = await service.PostAsync("/deploy", LaunchConfigText.Of("r3"));
        var status = await service.StatusAsync();

        Assert.That((deployed.Status, deployed.Json["error"]!.GetValue<string>()), Is.EqualTo((503, "store_denied")));
        Assert.That(status["StoreState"]!.GetValue<string>(), Is.EqualTo("Ok"));
        Assert.That(
            status["Warnings"]!.AsArray().Select(warning => warning!.GetValue<string>()),
            Has.One.StartsWith("the store may only be read"));
        Assert.That((await service.RunningContainersAsync()).Select(c => c["Labels"]!["wunderproxy.revision"]!.GetValue<string>()), Has.None.EqualTo("r3"));
        Assert.That(await service.Store.ListAsync($"{service.Prefix}/events/"), Is.Empty);
    }

    [Test]
    public async Task Absent_object_is_denied_with_the_reason_without_the_right_to_list()
    {
        using var bucket = await ReadOnlyBucket.CreateAsync(mayList: false);
        await bucket.PutAsync("p/current.json", "{}"u8.ToArray());
        using var store = TestS3.Open(TestS3.PoorCeph, bucket.Bucket);

        var there = await store.GetAsync("p/current.json", CancellationToken.None);
        var absent = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync("p/absent.json", CancellationToken.None)))!;
        var history = await new HistoryRepository(store, "p", TimeProvider.System).LoadOrExplainAsync(CancellationToken.None);
        var write = (await Assert.ThrowsAsync<ObjectStoreException>(
            () => store.PutAsync("p/x", new byte[1], PutCondition.IfAbsent, CancellationToken.None)))!;

        Assert.That(there, Is.Not.Null);
        Assert.That((absent.Fault, absent.Message), Is.EqualTo((ObjectStoreFault.Denied, absent.Message)));
        Assert.That(absent.Message, Does.Contain("s3:ListBucket"));
        Assert.That((history.History.Entries.Count, history.Fault?.Message), Is.EqualTo((0, absent.Message.Replace("absent", "history"))));
        Assert.That((write.Fault, write.IsWriteDenied), Is.EqualTo((ObjectStoreFault.Denied, true)));
    }
}
