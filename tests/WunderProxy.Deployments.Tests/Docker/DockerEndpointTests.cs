using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[Parallelizable]
internal sealed class DockerEndpointTests
{
    [TestCase("unix:///var/run/docker.sock", "/var/run/docker.sock", "", 0, true)]
    [TestCase("unix:///var/run/docker.sock/", "/var/run/docker.sock", "", 0, true)]
    [TestCase(" unix:///var/run/docker.sock\n", "/var/run/docker.sock", "", 0, true)]
    [TestCase("tcp://127.0.0.1:4243", null, "127.0.0.1", 4243, true)]
    [TestCase("tcp://127.0.0.1:4243/", null, "127.0.0.1", 4243, true)]
    [TestCase("tcp://127.0.0.1/", null, "127.0.0.1", 2375, true)]
    [TestCase("tcp://localhost", null, "localhost", 2375, true)]
    [TestCase("tcp://:4243", null, "localhost", 4243, true)]
    [TestCase("tcp://engine.example:80", null, "engine.example", 80, false)]
    [TestCase("http://engine.example", null, "engine.example", 2375, false)]
    [TestCase("http://engine.example:80/", null, "engine.example", 80, false)]
    [TestCase("tcp://[::1]:4243", null, "::1", 4243, true)]
    [TestCase("tcp://[::1]", null, "::1", 2375, true)]
    [TestCase("tcp://[2001:db8::1]:80/", null, "2001:db8::1", 80, false)]
    public void Address_is_read(string url, string? socket, string host, int port, bool isLocal)
    {
        var endpoint = DockerEndpoint.Parse(url);

        Assert.That(
            (endpoint.SocketPath, endpoint.Host, endpoint.Port, endpoint.IsLocal, endpoint.IsTls),
            Is.EqualTo((socket, host, port, isLocal, false)));
    }

    [TestCase("tcp://[::1]:4243", "http://[::1]:4243/")]
    [TestCase("tcp://[::1]", "http://[::1]:2375/")]
    [TestCase("tcp://10.0.0.1:80", "http://10.0.0.1/")]
    [TestCase("https://engine.example", "https://engine.example:2376/")]
    [TestCase("https://engine.example:443", "https://engine.example/")]
    public void Calls_go_to_the_port_of_the_address(string url, string address) =>
        Assert.That(DockerEndpoint.Parse(url).BaseAddress, Is.EqualTo(new Uri(address)));

    [TestCase("")]
    [TestCase("unix://")]
    [TestCase("unix:///")]
    [TestCase("ssh://host")]
    [TestCase("npipe:////./pipe/docker_engine")]
    [TestCase("localhost:2375")]
    [TestCase("tcp://")]
    [TestCase("tcp://host:")]
    [TestCase("tcp://host:0")]
    [TestCase("tcp://host:65536")]
    [TestCase("tcp://host:http")]
    [TestCase("tcp://host:2375/prefix")]
    [TestCase("tcp://user@host:2375")]
    [TestCase("tcp://host:2375?x=1")]
    [TestCase("tcp://::1:2375")]
    [TestCase("tcp://[::1")]
    [TestCase("tcp://[host]:2375")]
    [TestCase("tcp://a b:2375")]
    public void Bad_address_is_refused_by_name(string url) =>
        Assert.That(() => DockerEndpoint.Parse(url), Throws.TypeOf<FormatException>().With.Message.Contains($"'{url}'"));

    [Test]
    public void Socket_path_that_no_socket_can_have_is_refused() => Assert.That(
        () => DockerEndpoint.Parse($"unix:///{new string('x', 107)}"), Throws.TypeOf<FormatException>().With.Message.Contains("107"));

    [Test]
    public void Option_wins_over_the_environment_and_the_environment_over_the_default()
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOCKER_HOST"] = "tcp://10.0.0.1:1" };

        Assert.That(DockerEndpoint.FromEnvironment("tcp://10.0.0.2:2", variables.GetValueOrDefault).Url, Is.EqualTo("tcp://10.0.0.2:2"));
        Assert.That(DockerEndpoint.FromEnvironment(null, variables.GetValueOrDefault).Url, Is.EqualTo("tcp://10.0.0.1:1"));
        Assert.That(DockerEndpoint.FromEnvironment("", _ => null).Url, Is.EqualTo(DockerEndpoint.DefaultUrl));
    }

    [Test]
    public void Context_that_the_environment_names_is_read_and_comes_last()
    {
        using var folder = new TemporaryDirectory();
        WriteContext(folder, "far", """{"Name":"far","Endpoints":{"docker":{"Host":"tcp://10.0.0.3:3","SkipTLSVerify":false}}}""");
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["DOCKER_CONFIG"] = folder.FullPath,
            ["DOCKER_CONTEXT"] = "far",
        };

        var named = DockerEndpoint.FromEnvironment(null, variables.GetValueOrDefault).Url;
        var option = DockerEndpoint.FromEnvironment("tcp://10.0.0.2:2", variables.GetValueOrDefault).Url;
        variables["DOCKER_HOST"] = "tcp://10.0.0.1:1";
        var host = DockerEndpoint.FromEnvironment(null, variables.GetValueOrDefault).Url;

        Assert.That((named, option, host), Is.EqualTo(("tcp://10.0.0.3:3", "tcp://10.0.0.2:2", "tcp://10.0.0.1:1")));
    }

    [TestCase("none", "cannot be read")]
    [TestCase("broken", "cannot be read")]
    [TestCase("number", "cannot be read")]
    [TestCase("list", "cannot be read")]
    [TestCase("folder", "cannot be read")]
    [TestCase("empty", "names no engine")]
    [TestCase("null", "names no engine")]
    [TestCase("kubernetes", "names no engine")]
    [TestCase("remote", "ssh://host")]
    [TestCase("unchecked", "skips the check of certificates")]
    public void Context_that_cannot_be_used_is_named(string name, string words)
    {
        using var folder = new TemporaryDirectory();
        WriteContext(folder, "broken", "{");
        WriteContext(folder, "number", """{"Endpoints":{"docker":{"Host":7}}}""");
        WriteContext(folder, "list", """{"Endpoints":[]}""");
        WriteContext(folder, "folder", null);
        WriteContext(folder, "empty", "{}");
        WriteContext(folder, "null", "null");
        WriteContext(folder, "kubernetes", """{"Endpoints":{"docker":null,"kubernetes":{"Host":"https://host"}}}""");
        WriteContext(folder, "unchecked", """{"Endpoints":{"docker":{"Host":"tcp://host:1","SkipTLSVerify":true}}}""");
        WriteContext(folder, "remote", """{"Endpoints":{"docker":{"Host":"ssh://host"}}}""");

        Assert.That(
            () => DockerEndpoint.FromEnvironment(null, variable => variable switch
            {
                "DOCKER_CONFIG" => folder.FullPath,
                "DOCKER_CONTEXT" => name,
                _ => null,
            }),
            Throws.TypeOf<FormatException>().With.Message.Contains($"'{name}'").And.Message.Contains(words));
    }

    [Test]
    public void Default_context_is_none() => Assert.That(
        DockerEndpoint.FromEnvironment(null, name => name == "DOCKER_CONTEXT" ? "default" : null).Url,
        Is.EqualTo(DockerEndpoint.DefaultUrl));

    [Test]
    public void Current_context_of_the_docker_client_does_not_count()
    {
        using var folder = new TemporaryDirectory();
        WriteContext(folder, "far", """{"Name":"far","Endpoints":{"docker":{"Host":"tcp://10.0.0.3:3"}}}""");
        File.WriteAllText(Path.Combine(folder.FullPath, "config.json"), """{"currentContext":"far"}""");

        var endpoint = DockerEndpoint.FromEnvironment(null, name => name == "DOCKER_CONFIG" ? folder.FullPath : null);

        Assert.That(endpoint.Url, Is.EqualTo(DockerEndpoint.DefaultUrl));
    }

    [Test]
    public void Certificates_that_are_missing_are_named_before_the_first_call()
    {
        var endpoint = DockerEndpoint.Parse("tcp://10.0.0.1", "/nowhere");

        Assert.That(endpoint.CheckCertificates, Throws.TypeOf<FormatException>().With.Message.Contains("ca.pem").And.Message.Contains("/nowhere"));
        Assert.That(DockerEndpoint.Parse("https://10.0.0.1").CheckCertificates, Throws.Nothing);
    }

    [Test]
    public void Authority_s_certificate_may_stand_alone_but_a_client_s_needs_its_key()
    {
        using var folder = new TemporaryDirectory();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddDays(1));
        var endpoint = DockerEndpoint.Parse("tcp://10.0.0.1", folder.FullPath);

        File.WriteAllText(Path.Combine(folder.FullPath, "ca.pem"), certificate.ExportCertificatePem());
        Assert.That(endpoint.CheckCertificates, Throws.Nothing);
        File.WriteAllText(Path.Combine(folder.FullPath, "cert.pem"), certificate.ExportCertificatePem());
        Assert.That(endpoint.CheckCertificates, Throws.TypeOf<FormatException>().With.Message.Contains("key.pem"));
    }

    [TestCase("tcp://10.0.0.1")]
    [TestCase("http://10.0.0.1/")]
    [TestCase("https://10.0.0.1")]
    public void Tls_has_its_own_default_port(string url)
    {
        var endpoint = DockerEndpoint.FromEnvironment(url, name => name == "DOCKER_TLS_VERIFY" ? "1" : null);

        Assert.That((endpoint.IsTls, endpoint.Port), Is.EqualTo((true, 2376)));
    }

    [Test]
    public async Task Missing_socket_is_called_missing()
    {
        using var folder = new TemporaryDirectory();

        Assert.That(await AskAsync(Path.Combine(folder.FullPath, "none.sock")), Does.Contain("none.sock is missing"));
        Assert.That(await AskAsync(Path.Combine(folder.FullPath, "no", "folder.sock")), Does.Contain("folder.sock is missing"));
        Assert.That(await AskAsync(folder.FullPath), Does.Contain("is a folder"));
    }

    [Test]
    public async Task Socket_without_a_listener_is_told_from_a_missing_one()
    {
        using var folder = new TemporaryDirectory();
        var path = Path.Combine(folder.FullPath, "left.sock");
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(path));
        }

        File.WriteAllText(path, "");

        Assert.That(await AskAsync(path), Does.Contain("nothing listens at").And.Contain("left.sock"));
    }

    [Test]
    public void Missing_permission_is_called_so() => Assert.That(
        UnixSocketFault.Explain("/var/run/docker.sock", new SocketException((int)SocketError.AccessDenied)),
        Does.StartWith("no permission for /var/run/docker.sock"));

    private static void WriteContext(TemporaryDirectory folder, string name, string? text)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var path = Directory.CreateDirectory(Path.Combine(folder.FullPath, "contexts", "meta", id));
        var file = Path.Combine(path.FullName, "meta.json");
        if (text is null)
        {
            Directory.CreateDirectory(file);
            return;
        }

        File.WriteAllText(file, text);
    }

    private static async Task<string> AskAsync(string path)
    {
        using var client = new DockerEngineClient(DockerEndpoint.Parse($"unix://{path}"), TimeProvider.System);
        return (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None)))!.Message;
    }
}
