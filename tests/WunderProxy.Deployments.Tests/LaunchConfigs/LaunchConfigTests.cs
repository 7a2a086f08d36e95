using System.Text;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

[Parallelizable]
internal sealed class LaunchConfigTests
{
    [Test]
    public void Config_of_all_fields_is_read()
    {
        var config = Parse("""
            {"ContainerConfig": {"Image": "shop:r42", "Env": ["A=1", "B="]}, "HostConfig": {"Memory": 1},
             "HealthCheckPath": "/up?deep=1", "Revision": "r42", "ForceReload": true, "ContainerPort": "8080/tcp",
             "ImageBucket": "images"}
            """);

        Assert.Multiple(() =>
        {
            Assert.That(config.Revision, Is.EqualTo("r42"));
            Assert.That(config.HealthCheckPath, Is.EqualTo("/up?deep=1"));
            Assert.That(config.ForceReload, Is.True);
            Assert.That(config.ContainerPort, Is.EqualTo(8080));
            Assert.That(config.ImageBucket, Is.EqualTo("images"));
            Assert.That(config.Image, Is.EqualTo("shop:r42"));
            Assert.That(config.Environment, Is.EqualTo(new[] { "A=1", "B=" }));
            Assert.That(config.CopyHostConfig().ToJsonString(), Is.EqualTo("""{"Memory":1}"""));
        });
    }

    [Test]
    public void Config_of_a_revision_alone_has_the_defaults()
    {
        var config = Parse("""{"Revision":"r1"}""");

        Assert.Multiple(() =>
        {
            Assert.That(config.HealthCheckPath, Is.EqualTo("/"));
            Assert.That(config.ContainerPort, Is.Null);
            Assert.That(config.ForceReload, Is.False);
            Assert.That(config.Environment, Is.Empty);
            Assert.That((config.Image, config.ImageBucket), Is.EqualTo(("", "")));
        });
    }

    [Test]
    public void Names_in_another_case_are_taken_as_the_old_decoder_did() =>
        Assert.That(Parse("""{"revision":"r1","healthcheckpath":"up"}""").HealthCheckPath, Is.EqualTo("/up"));

    [Test]
    public void Nulls_of_the_old_encoder_are_defaults() =>
        Assert.That(
            Parse("""{"ContainerConfig":{"Env":null,"Image":""},"HostConfig":null,"Revision":"r1","HealthCheckPath":""}""")
                .Environment,
            Is.Empty);

    [Test]
    public void Identity_is_of_the_exact_bytes()
    {
        var spaced = Parse("""{ "Revision": "r1" }""");
        var dense = Parse("""{"Revision":"r1"}""");

        Assert.Multiple(() =>
        {
            Assert.That(spaced.Hash, Is.Not.EqualTo(dense.Hash));
            Assert.That(spaced, Is.Not.EqualTo(dense));
            Assert.That(dense, Is.EqualTo(Parse("""{"Revision":"r1"}""")));
            Assert.That(dense.Is(dense.Alias.Value.ToUpperInvariant()), Is.True);
            Assert.That(dense.Is(spaced.Hash.Value), Is.False);
            Assert.That(dense.Is("r1"), Is.False);
        });
    }

    [Test]
    public void Config_keeps_its_bytes_when_the_callers_change()
    {
        var bytes = """{"Revision":"r1"}"""u8.ToArray();
        var config = LaunchConfig.Parse(bytes);
        bytes[13] = (byte)'x';

        Assert.That(config.Hash.Matches(config.Bytes.Span), Is.True);
    }

    [TestCase("{\n  \"Revision\": r1}", "", "bad JSON at line 2, column 15")]
    [TestCase("{\"Revision\":\"r1\"} x", "", "bad JSON at line 1")]
    [TestCase("[]", "", "not a list")]
    [TestCase("null", "", "not null")]
    [TestCase("{}", "Revision", "is missing")]
    [TestCase("{\"Revision\":\"\"}", "Revision", "is missing")]
    [TestCase("{\"Revision\":1}", "Revision", "not a number")]
    [TestCase("{\"Revision\":\"a/b\"}", "Revision", "legal image tag")]
    [TestCase("{\"Revision\":\".a\"}", "Revision", "legal image tag")]
    [TestCase("{\"Revision\":\"a\\n\"}", "Revision", "legal image tag")]
    [TestCase("{\"Revision\":\"r\",\"ContainerConfig\":\"x\"}", "ContainerConfig", "must be an object, not a string")]
    [TestCase("{\"Revision\":\"r\",\"HostConfig\":[]}", "HostConfig", "must be an object, not a list")]
    [TestCase("{\"Revision\":\"r\",\"HealthCheckPath\":7}", "HealthCheckPath", "must be a string")]
    [TestCase("{\"Revision\":\"r\",\"HealthCheckPath\":\"/a b\"}", "HealthCheckPath", "without spaces")]
    [TestCase("{\"Revision\":\"r\",\"HealthCheckPath\":\"/\\r\\nX: y\"}", "HealthCheckPath", "control characters")]
    [TestCase("{\"Revision\":\"r\",\"ForceReload\":\"yes\"}", "ForceReload", "must be true or false")]
    [TestCase("{\"Revision\":\"r\",\"ContainerPort\":\"0\"}", "ContainerPort", "9292/tcp")]
    [TestCase("{\"Revision\":\"r\",\"ContainerPort\":\"53/udp\"}", "ContainerPort", "9292/tcp")]
    [TestCase("{\"Revision\":\"r\",\"ContainerConfig\":{\"Env\":\"A=1\"}}", "ContainerConfig.Env", "must be a list")]
    [TestCase("{\"Revision\":\"r\",\"ContainerConfig\":{\"Env\":[\"A=1\",2]}}", "ContainerConfig.Env[1]", "must be a string")]
    public void Bytes_that_are_no_launch_config_are_refused_by_field(string text, string field, string reason)
    {
        var thrown = Assert.Throws<InvalidLaunchConfigException>(() => Parse(text));

        Assert.Multiple(() =>
        {
            Assert.That(thrown!.Field, Is.EqualTo(field));
            Assert.That(thrown.Reason, Does.Contain(reason));
            Assert.That(thrown.Message, Does.Contain(field).And.Not.Contain("\n"));
        });
    }

    [Test]
    public void Revision_of_128_characters_is_the_longest() =>
        Assert.Multiple(() =>
        {
            Assert.That(Parse($$"""{"Revision":"{{new string('a', 128)}}"}""").Revision, Has.Length.EqualTo(128));
            Assert.That(
                () => Parse($$"""{"Revision":"{{new string('a', 129)}}"}"""),
                Throws.InstanceOf<InvalidLaunchConfigException>());
        });

    private static LaunchConfig Parse(string text) => LaunchConfig.Parse(Encoding.UTF8.GetBytes(text));
}
