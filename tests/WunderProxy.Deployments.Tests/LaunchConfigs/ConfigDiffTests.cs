using System.Text;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

/// <summary>What is told of two launch configs, and what is not.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ConfigDiffTests
{
    [Test]
    public void Same_launch_config_in_another_form_does_not_differ() => Assert.That(
        Diff(
            """{"Revision":"r1","HostConfig":{"Memory":0},"ContainerConfig":{"Env":["A=1","B=2"],"Labels":{}}}""",
            """{"containerconfig":{"env":["B=2","A=1"]},"revision":"r1"}"""),
        Is.Empty);

    [Test]
    public void Variables_are_told_by_name_and_never_by_value()
    {
        var changes = Diff(
            """{"Revision":"r1","ContainerConfig":{"Env":["A=old-value","B=2","C=same"]}}""",
            """{"Revision":"r1","ContainerConfig":{"Env":["A=new-value","D=4","C=same"]}}""");

        Assert.That(changes, Is.EqualTo(new[]
        {
            new ConfigChange("environment", "ContainerConfig.Env.A", "changed", null, null),
            new ConfigChange("environment", "ContainerConfig.Env.B", "removed", null, null),
            new ConfigChange("environment", "ContainerConfig.Env.D", "added", null, null),
        }));
    }

    [TestCase("HostConfig", "Memory", "1", "2", "limits")]
    [TestCase("HostConfig", "NanoCpus", "1", "2", "limits")]
    [TestCase("HostConfig", "Binds", "[\"a:/a\"]", "[\"b:/a\"]", "volumes")]
    [TestCase("HostConfig", "NetworkMode", "\"a\"", "\"b\"", "network")]
    [TestCase("ContainerConfig", "Image", "\"a\"", "\"b\"", "image")]
    [TestCase("ContainerConfig", "Cmd", "[\"a\"]", "[\"a\",\"b\"]", "command")]
    [TestCase("ContainerConfig", "User", "\"a\"", "\"b\"", "user")]
    [TestCase("ContainerConfig", "Unknown", "7", "8", "other")]
    public void Field_is_told_with_its_part_and_values(string parent, string field, string before, string after, string part)
    {
        var change = Diff(
            $$$"""{"Revision":"r1","{{{parent}}}":{"{{{field}}}":{{{before}}}}}""",
            $$$"""{"Revision":"r1","{{{parent}}}":{"{{{field}}}":{{{after}}}}}""").Single();

        Assert.That(change, Is.EqualTo(new ConfigChange(part, $"{parent}.{field}", "changed", before, after)));
    }

    [Test]
    public void Secret_in_a_command_is_masked() => Assert.That(
        Diff(
            """{"Revision":"r1","ContainerConfig":{"Env":["API_TOKEN=hunter2hunter2"],"Cmd":["a"]}}""",
            """{"Revision":"r1","ContainerConfig":{"Env":["API_TOKEN=hunter2hunter2"],"Cmd":["a","hunter2hunter2"]}}""").Single().After,
        Is.EqualTo("""["a","***"]"""));

    [Test]
    public void Stranger_sees_harmless_texts_and_numbers_alone()
    {
        var changes = ConfigDiff.Of(
            Config("""{"Revision":"r1","HealthCheckPath":"/a","HostConfig":{"Memory":1}}"""),
            Config("""{"Revision":"r2","HealthCheckPath":"/b","HostConfig":{"Memory":2}}"""),
            showsTexts: false);

        Assert.That(changes.Select(change => (change.Path, change.After)), Is.EqualTo(new[]
        {
            ("HealthCheckPath", (string?)null), ("Revision", "\"r2\""), ("HostConfig.Memory", "2"),
        }));
    }

    [Test]
    public void Output_is_bounded()
    {
        var labels = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"l{i}\":\"{new string('x', 500)}\""));

        var changes = Diff("""{"Revision":"r1"}""", $$$"""{"Revision":"r1","ContainerConfig":{"Labels":{ {{{labels}}} } } }""");

        Assert.That(changes, Has.Count.EqualTo(ConfigDiff.MaxChanges));
        Assert.That(changes.Max(change => change.After!.Length), Is.LessThan(210));
    }

    private static IReadOnlyList<ConfigChange> Diff(string before, string after) => ConfigDiff.Of(Config(before), Config(after), showsTexts: true);

    private static LaunchConfig Config(string json) => LaunchConfig.Parse(Encoding.UTF8.GetBytes(json));
}
