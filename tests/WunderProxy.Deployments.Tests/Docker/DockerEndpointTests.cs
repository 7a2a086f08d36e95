using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[Parallelizable]
internal sealed class DockerEndpointTests
{
    [TestCase("unix:///var/run/docker.sock", "/var/run/docker.sock", "", 0, true)]
    [TestCase("tcp://127.0.0.1:4243", null, "127.0.0.1", 4243, true)]
    [TestCase("tcp://localhost", null, "localhost", 2375, true)]
    [TestCase("tcp://engine.example:80", null, "engine.example", 80, false)]
    public void Address_is_read(string url, string? socket, string host, int port, bool isLocal)
    {
        var endpoint = DockerEndpoint.Parse(url);

        Assert.That(
            (endpoint.SocketPath, endpoint.Host, endpoint.Port, endpoint.IsLocal, endpoint.IsTls),
            Is.EqualTo((socket, host, port, isLocal, false)));
    }

    [TestCase("")]
    [TestCase("unix://")]
    [TestCase("ssh://host")]
    [TestCase("localhost:2375")]
    public void Bad_address_is_refused_by_name(string url) =>
        Assert.That(() => DockerEndpoint.Parse(url), Throws.TypeOf<FormatException>().With.Message.Contains($"'{url}'"));

    [Test]
    public void Option_wins_over_the_environment_and_the_environment_over_the_default()
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOCKER_HOST"] = "tcp://10.0.0.1:1" };

        Assert.That(DockerEndpoint.FromEnvironment("tcp://10.0.0.2:2", variables.GetValueOrDefault).Url, Is.EqualTo("tcp://10.0.0.2:2"));
        Assert.That(DockerEndpoint.FromEnvironment(null, variables.GetValueOrDefault).Url, Is.EqualTo("tcp://10.0.0.1:1"));
        Assert.That(DockerEndpoint.FromEnvironment("", _ => null).Url, Is.EqualTo(DockerEndpoint.DefaultUrl));
    }

    [Test]
    public void Tls_has_its_own_default_port()
    {
        var endpoint = DockerEndpoint.FromEnvironment("tcp://10.0.0.1", name => name == "DOCKER_TLS_VERIFY" ? "1" : null);

        Assert.That((endpoint.IsTls, endpoint.Port), Is.EqualTo((true, 2376)));
    }
}
