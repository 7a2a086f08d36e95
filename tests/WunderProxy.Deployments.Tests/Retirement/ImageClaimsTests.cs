using System.Text;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Retirement;

/// <summary>An image that another service's record names is not ours to remove.</summary>
[Parallelizable]
internal sealed class ImageClaimsTests
{
    private const string Repository = "localhost:8080/shop";

    private TemporaryDirectory _root = null!;
    private string _own = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _root = new TemporaryDirectory();
        using var own = LocalState.Open(_root.FullPath, new ServiceName("b", "p", "shop"));
        _own = own.FullPath;
        WriteRecord("p", new LifecycleRecord { Launched = [Container("r1")], Config = Config("r1") });
    }

    [TearDown]
    public void RemoveDirectory() => _root.Dispose();

    [Test]
    public void Own_record_claims_nothing() => Assert.That(IsClaimed("r1"), Is.False);

    [Test]
    public void Service_that_has_it_in_service_claims_it()
    {
        WriteRecord("other", new LifecycleRecord { Config = Config("r1") });

        Assert.That((IsClaimed("r1"), IsClaimed("r2")), Is.EqualTo((true, false)));
    }

    [Test]
    public void Service_that_keeps_it_for_a_rollback_claims_it()
    {
        WriteRecord("other", new LifecycleRecord { Earlier = [Container("r1")] });

        Assert.That((IsClaimed("r1"), IsClaimed("r2")), Is.EqualTo((true, false)));
    }

    [Test]
    public void Service_that_has_launched_it_claims_it()
    {
        WriteRecord("other", new LifecycleRecord { Launched = [Container("r1")] });

        Assert.That((IsClaimed("r1"), IsClaimed("r2")), Is.EqualTo((true, false)));
    }

    [Test]
    public void Config_that_names_the_image_itself_claims_it()
    {
        WriteRecord("other", new LifecycleRecord { Config = Config("x", $"{Repository}:r1") });

        Assert.That((IsClaimed("r1"), IsClaimed("x")), Is.EqualTo((true, false)));
    }

    [Test]
    public void Record_that_cannot_be_read_claims_everything()
    {
        var folder = Directory.CreateDirectory(_root.Under("other-00000000"));
        File.WriteAllText(Path.Combine(folder.FullName, "record.json"), "{");

        Assert.That(IsClaimed("r1"), Is.True);
    }

    private bool IsClaimed(string revision) =>
        new ImageClaims(_own).IsClaimed(Repository, revision, $"{Repository}:{revision}");

    private void WriteRecord(string prefix, LifecycleRecord record)
    {
        using var state = LocalState.Open(_root.FullPath, new ServiceName("b", prefix, "shop"));
        state.WriteDocument("record.json", record, LifecycleJsonContext.Default.LifecycleRecord);
    }

    private static ContainerRecord Container(string revision) => new("c", "h", revision, DateTimeOffset.UnixEpoch);

    private static byte[] Config(string revision, string image = "") => Encoding.UTF8.GetBytes(
        $$"""{"ContainerConfig":{"Image":"{{image}}"},"Revision":"{{revision}}"}""");
}
