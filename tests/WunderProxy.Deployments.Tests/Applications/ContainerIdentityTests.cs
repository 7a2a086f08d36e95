using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.Applications;

/// <summary>Which labels and names agree as they do on containers that we make.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerIdentityTests
{
    private static readonly LaunchConfigHash Hash = LaunchConfigHash.Parse(new string('a', 64));

    private readonly ContainerIdentity _identity = new("shop", "bucket/apps/shop");

    [Test]
    public void Name_made_from_the_labels_is_recognized() =>
        Assert.That(_identity.IsNamedAsLabelled(Labels(), ContainerName.Create("shop", "r1", Hash)), Is.True);

    [TestCase("debug")]
    [TestCase("shop-r1-aaaaaaaa")]
    [TestCase("shop-r1-aaaaaaaa-")]
    [TestCase("shop-r1-aaaaaaaa-12345")]
    [TestCase("shop-r1-aaaaaaaa-12g4")]
    [TestCase("shop-r1-aaaaaaaa-12A4")]
    [TestCase("shop-r2-aaaaaaaa-1234")]
    [TestCase("shop-r1-bbbbbbbb-1234")]
    [TestCase("shop2-r1-aaaaaaaa-1234")]
    [TestCase("xshop-r1-aaaaaaaa-1234")]
    [TestCase("")]
    public void Any_other_name_proves_nothing(string name) => Assert.That(_identity.IsNamedAsLabelled(Labels(), name), Is.False);

    [TestCase("wunderproxy.app", "shop2")]
    [TestCase("wunderproxy.app", "SHOP")]
    [TestCase("wunderproxy.prefix", "bucket/apps/shop/")]
    [TestCase("wunderproxy.prefix", "other/apps/shop")]
    [TestCase("wunderproxy.app", null)]
    [TestCase("wunderproxy.prefix", null)]
    public void Labels_of_another_service_claim_nothing_here(string label, string? value) =>
        Assert.That(_identity.IsClaimed(Labels((label, value))), Is.False);

    [TestCase("wunderproxy.hash", null)]
    [TestCase("wunderproxy.hash", "")]
    [TestCase("wunderproxy.hash", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("wunderproxy.hash", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("wunderproxy.hash", "../../../etc/passwd")]
    [TestCase("wunderproxy.revision", null)]
    [TestCase("wunderproxy.revision", "")]
    [TestCase("wunderproxy.revision", "r 1")]
    [TestCase("wunderproxy.cfg", null)]
    [TestCase("wunderproxy.port", "99999")]
    [TestCase("wunderproxy.port", "0")]
    [TestCase("wunderproxy.port", "-1")]
    [TestCase("wunderproxy.port", "http")]
    [TestCase("wunderproxy.port", "")]
    [TestCase("wunderproxy.port", "080")]
    [TestCase("wunderproxy.port", " 80")]
    [TestCase("wunderproxy.port", "80/tcp")]
    [TestCase("wunderproxy.port", "99999999999999999999999999")]
    [TestCase("wunderproxy.health", "")]
    [TestCase("wunderproxy.health", "up")]
    [TestCase("wunderproxy.health", "@evil.example/")]
    [TestCase("wunderproxy.health", "/a b")]
    [TestCase("wunderproxy.health", "/a\r\nX: y")]
    [TestCase("wunderproxy.md5", "1234")]
    public void Value_that_we_would_not_have_written_proves_nothing(string label, string? value)
    {
        Assert.That(ContainerClaim.Read(Labels((label, value))), Is.Null);
        Assert.That(_identity.IsClaimed(Labels((label, value))), Is.True);
        Assert.That(_identity.IsNamedAsLabelled(Labels((label, value)), ContainerName.Create("shop", "r1", Hash)), Is.False);
    }

    [Test]
    public void Labels_of_the_image_are_not_the_containers_own()
    {
        Assert.That(ContainerIdentity.IsInherited(Labels(), Labels()), Is.True);
        Assert.That(ContainerIdentity.IsInherited(Labels(), Labels(("wunderproxy.cfg", "other"))), Is.True);
        Assert.That(ContainerIdentity.IsInherited(Labels(), Labels(("wunderproxy.hash", new string('b', 64)))), Is.False);
        Assert.That(ContainerIdentity.IsInherited(Labels(), Labels(("wunderproxy.hash", null))), Is.False);
        Assert.That(ContainerIdentity.IsInherited(Labels(), null), Is.False);
    }

    [Test]
    public void Links_of_other_containers_are_not_the_name()
    {
        var linked = new ContainerSummary { Id = "c1", Names = ["/web/db", "/db"] };

        Assert.That(ContainerIdentity.NameOf(linked), Is.EqualTo("db"));
        Assert.That(ContainerIdentity.NameOf(new ContainerSummary { Id = "c1" }), Is.EqualTo("c1"));
    }

    [TestCase("shop", "shop-r1-aaaaaaaa-")]
    [TestCase("Shop", "Shop-r1-aaaaaaaa-")]
    [TestCase("team/shop", "team-shop-r1-aaaaaaaa-")]
    [TestCase("-shop", "app-shop-r1-aaaaaaaa-")]
    [TestCase("_shop", "app_shop-r1-aaaaaaaa-")]
    [TestCase(".", "app.-r1-aaaaaaaa-")]
    [TestCase("büro", "b-ro-r1-aaaaaaaa-")]
    [TestCase("übung", "app-bung-r1-aaaaaaaa-")]
    public void Name_is_one_that_the_engine_takes(string app, string start)
    {
        var name = ContainerName.Create(app, "r1", Hash);

        Assert.That(name, Does.StartWith(start).And.Match("^[a-zA-Z0-9][a-zA-Z0-9_.-]+$"));
        Assert.That(ContainerName.IsMadeFrom(name, app, "r1", Hash), Is.True);
    }

    private static Dictionary<string, string> Labels(params (string Label, string? Value)[] changes)
    {
        var labels = new ContainerLabels("shop", "bucket/apps/shop", Hash, "r1", "").ToPairs()
            .Append(new("wunderproxy.port", "9292"))
            .Append(new("wunderproxy.health", "/up"))
            .Append(new("wunderproxy.md5", new string('c', 32)))
            .ToDictionary(StringComparer.Ordinal);
        foreach (var (label, value) in changes)
        {
            labels.Remove(label);
            if (value is not null)
            {
                labels[label] = value;
            }
        }

        return labels;
    }
}
