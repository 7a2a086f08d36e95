using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Storage;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Storage;

[TestFixture]
internal sealed class CephObjectStoreTests : ObjectStoreContract
{
    [Test]
    public async Task Missing_bucket_is_named()
    {
        using var store = TestS3.Open(TestS3.Ceph, "no-such-bucket");

        await AssertFaultAsync(store, ObjectStoreFault.NoSuchBucket, "S3 bucket no-such-bucket");
    }

    [Test]
    public async Task User_without_rights_is_denied()
    {
        using var store = TestS3.Open(TestS3.PoorCeph, TestEnvironment.S3Bucket);

        await AssertFaultAsync(store, ObjectStoreFault.Denied, "AccessDenied");
    }

    [Test]
    public async Task Wrong_secret_is_denied()
    {
        using var store = TestS3.Open(TestS3.Ceph with { SecretKey = "wrong" }, TestEnvironment.S3Bucket);

        await AssertFaultAsync(store, ObjectStoreFault.Denied, "SignatureDoesNotMatch");
    }

    [Test]
    public async Task Unknown_key_is_denied()
    {
        using var store = TestS3.Open(TestS3.Ceph with { AccessKey = "NOBODY" }, TestEnvironment.S3Bucket);

        await AssertFaultAsync(store, ObjectStoreFault.Denied, "InvalidAccessKeyId");
    }

    [Test]
    public async Task Server_that_is_not_there_is_unavailable()
    {
        var nobody = TestS3.Ceph with { Url = $"http://127.0.0.1:{FreePort.Next()}" };
        using var store = TestS3.Open(nobody, TestEnvironment.S3Bucket);

        await AssertFaultAsync(store, ObjectStoreFault.Unavailable, "cannot be reached");
    }

    [Test]
    [NonParallelizable]
    public async Task Environment_of_the_sdk_names_server_and_credentials()
    {
        var variables = TestEnvironment.S3Variables;
        var before = variables.Keys.Select(name => (name, Environment.GetEnvironmentVariable(name))).ToArray();
        try
        {
            foreach (var (name, value) in variables)
            {
                Environment.SetEnvironmentVariable(name, value);
            }

            using var store = ObjectStores.Open(TestEnvironment.S3Bucket, TimeProvider.System);

            Assert.That(await store.GetAsync("nothing/here.json", CancellationToken.None), Is.Null);
        }
        finally
        {
            foreach (var (name, value) in before)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }

    [Test]
    public async Task List_goes_on_past_one_page()
    {
        var prefix = $"pages-{Guid.NewGuid():n}/";
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForAsync(0, 1010, options, async (i, cancellationToken) =>
            await Store.PutAsync($"{prefix}{i:d4}", new byte[1], PutCondition.None, cancellationToken));

        var keys = await Store.ListAsync(prefix, CancellationToken.None);
        await Parallel.ForEachAsync(keys, options, async (key, cancellationToken) =>
            await Store.DeleteAsync(key, cancellationToken));

        Assert.That(keys, Is.EqualTo(Enumerable.Range(0, 1010).Select(i => $"{prefix}{i:d4}")));
    }

    protected override IObjectStore Open() => TestS3.Open(TestS3.Ceph, TestEnvironment.S3Bucket);

    private static async Task AssertFaultAsync(S3ObjectStore store, ObjectStoreFault fault, string part)
    {
        Func<Task>[] calls =
        [
            () => store.GetAsync("x/y", CancellationToken.None),
            () => store.PutAsync("x/y", new byte[1], PutCondition.None, CancellationToken.None),
            () => store.PutAsync("x/y", new byte[1], PutCondition.IfAbsent, CancellationToken.None),
            () => store.ListAsync("x/", CancellationToken.None),
        ];
        using (Assert.EnterMultipleScope())
        {
            foreach (var call in calls)
            {
                var thrown = await Assert.CatchAsync<ObjectStoreException>(call);
                Assert.That(thrown?.Fault, Is.EqualTo(fault), thrown?.Message);
                Assert.That(thrown?.Message, Does.Contain(part).And.Not.Contain("\n"));
            }
        }
    }
}
